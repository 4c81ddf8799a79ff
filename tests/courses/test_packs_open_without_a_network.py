"""The offline pages, the EPUB and the PDF of a pack."""

import io
import os
import re
import subprocess
import zipfile
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urljoin

import pypdfium2
import pytest
from wagtail.models import PageViewRestriction

from courses.models import Handout
from courses.packs import made
from hub import navigation
from hub.models import ChainLink, KnowledgePage
from tests.factories import CurriculumPageFactory, ModelPageFactory, document

pytestmark = pytest.mark.django_db
EPUBCHECK = os.environ.get("EPUBCHECK", "")


@pytest.fixture
def course(hub):
    page = CurriculumPageFactory(
        title="หลักสูตรป้าเปี๊ยก & <ญาติ>", audience="ผู้ใหญ่บ้าน\x0bกับกรรมการ",
    )
    page.sessions.create(title="ทำน้ำหมัก", minutes=90, aim="รู้ขั้นตอน\nลงมือทำ")
    page.save_revision().publish()
    taught = ModelPageFactory(title="ธนาคารปูม้า", problem="ปูลดลงทุกปี")
    ChainLink.objects.create(
        page=page, relation="teaches", target=taught, evidence_text="สอน", date=date(2025, 1, 1),
        author="ก",
    )
    Handout.objects.create(page=page, document=document("ใบงาน", "ใบงาน 50%.txt", b"1"))
    return page


@pytest.fixture
def archive(course, visitor):
    content = b"".join(visitor.get(course.url + "pack/").streaming_content)
    return zipfile.ZipFile(io.BytesIO(content))


def member(archive, ending):
    return next(n for n in archive.namelist() if n.endswith(ending))


def test_every_link_of_the_pages_leads_into_the_pack(archive):
    names, looked = set(archive.namelist()), 0
    for name in names:
        if name.endswith(".html"):
            for link in re.findall(r'(?:href|src)="([^"]+)"', archive.read(name).decode()):
                if not link.startswith("http"):
                    assert unquote(urljoin(name, link)) in names, (name, link)
                    looked += 1
    assert looked > 20


def test_the_pages_ask_no_network_for_anything(archive):
    for name in archive.namelist():
        if name.endswith((".html", ".css", ".js")):
            text = archive.read(name).decode()
            assert "fetch(" not in text and "XMLHttpRequest" not in text
            assert not re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="(?:https?:)?//', text)


def test_cited_models_are_there_in_full_but_no_private_one(course, archive, visitor):
    page = archive.read(member(archive, "taught-01.html")).decode()
    assert "ธนาคารปูม้า" in page and "ปูลดลงทุกปี" in page
    taught = KnowledgePage.objects.get(title="ธนาคารปูม้า")
    PageViewRestriction.objects.create(page_id=taught.pk, restriction_type="login")
    content = b"".join(visitor.get(course.url + "pack/").streaming_content)
    assert "ปูลดลงทุกปี".encode() not in content


def test_what_editors_wrote_is_text_in_every_form(archive):
    assert "&amp; &lt;ญาติ&gt;" in archive.read(member(archive, "index.html")).decode()
    assert "\x0b" not in archive.read(member(archive, "index.html")).decode()


def test_the_pdf_reads_back(course, visitor):
    content = b"".join(visitor.get(course.url + "pdf/").streaming_content)
    text = "".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(content))
    for words in (course.title, "ทำน้ำหมัก", "รู้ขั้นตอน", "ปูลดลงทุกปี"):
        assert words in text


def test_the_pack_is_made_once(course, visitor, monkeypatch):
    visitor.get(course.url + "pack/")
    monkeypatch.setattr(made, "_make", lambda *args: pytest.fail("It was made again."))
    monkeypatch.setattr(navigation, "_kept", navigation._Kept())  # as another process has it
    assert visitor.get(course.url + "pack/").status_code == 200


def test_epubcheck_finds_no_fault(course, visitor, tmp_path):
    if not EPUBCHECK:
        pytest.skip("epubcheck is not on this machine; ./test brings it.")
    path = tmp_path / "book.epub"
    path.write_bytes(b"".join(visitor.get(course.url + "epub/").streaming_content))
    found = subprocess.run(
        [os.environ.get("JAVA", "java"), "-cp", f"{Path(EPUBCHECK)}/*",
         "com.adobe.epubcheck.tool.Checker", str(path)], capture_output=True, text=True,
    )
    assert found.returncode == 0, found.stderr
    assert "ERROR" not in found.stdout + found.stderr
    assert "WARNING" not in found.stdout + found.stderr
