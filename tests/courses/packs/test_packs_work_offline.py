"""The offline pages, the EPUB and the PDF of a pack."""

import base64
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
from django.core.files.images import ImageFile
from PIL import Image
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from courses.models import Handout
from courses.packs import build
from hub.models import ChainLink, HubImage, KnowledgePage, generation
from models_lib.models import ModelPage
from tests.factories import CurriculumPageFactory, ModelPageFactory, document

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
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


def test_every_link_of_the_pages_points_into_the_pack(archive):
    names, looked = set(archive.namelist()), 0
    for name in names:
        if name.endswith(".html"):
            for link in re.findall(r'(?:href|src)="([^"]+)"', archive.read(name).decode()):
                if not link.startswith(("http", "data:image/")):
                    assert unquote(urljoin(name, link)) in names, (name, link)
                    looked += 1
    assert looked > 20


def test_the_pages_load_nothing_from_the_network(archive):
    for name in archive.namelist():
        if name.endswith((".html", ".css", ".js")):
            text = archive.read(name).decode()
            assert "fetch(" not in text and "XMLHttpRequest" not in text
            assert not re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="(?:https?:)?//', text)


def test_taught_models_are_included_unless_private(course, archive, visitor):
    page = archive.read(member(archive, "taught-01.html")).decode()
    assert "ธนาคารปูม้า" in page and "ปูลดลงทุกปี" in page
    taught = KnowledgePage.objects.get(title="ธนาคารปูม้า")
    PageViewRestriction.objects.create(page_id=taught.pk, restriction_type="login")
    content = b"".join(visitor.get(course.url + "pack/").streaming_content)
    assert "ปูลดลงทุกปี".encode() not in content


def test_content_is_escaped_and_free_of_control_characters(archive):
    assert "&amp; &lt;ญาติ&gt;" in archive.read(member(archive, "index.html")).decode()
    assert "\x0b" not in archive.read(member(archive, "index.html")).decode()


def test_the_text_of_the_pdf_can_be_extracted(course, visitor):
    content = b"".join(visitor.get(course.url + "pdf/").streaming_content)
    text = "".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(content))
    for words in (course.title, "ทำน้ำหมัก", "รู้ขั้นตอน", "ปูลดลงทุกปี"):
        assert words in text


def test_the_pack_is_built_once(course, visitor, monkeypatch):
    visitor.get(course.url + "pack/")
    monkeypatch.setattr(build, "_build", lambda *args: pytest.fail("It was built again."))
    monkeypatch.setattr(generation, "_kept", generation._Kept())  # as another process has it
    assert visitor.get(course.url + "pack/").status_code == 200


@pytest.fixture
def illustrated(course):
    """The course and its Model with a picture each, and a private picture in both."""
    def picture(name, colour):
        content = io.BytesIO()
        Image.new("RGB", (1200, 600), colour).save(content, "PNG")
        return HubImage.objects.create(
            title=name, alt_text=f"ภาพ{name}", file=ImageFile(content, name=f"{name}.png"))

    taught = ModelPage.objects.get(title="ธนาคารปูม้า")
    closed = picture("ปิด", "red")
    closed.collection = Collection.get_first_root_node().add_child(name="ปิด")
    closed.save()
    CollectionViewRestriction.objects.create(
        collection=closed.collection, restriction_type="login")
    for page, image in ((course, picture("กระชัง", "teal")), (taught, picture("ถัง", "navy"))):
        page.body = [("picture", {"image": image, "caption": f"คำบรรยาย{image.title}"}),
                     ("heading", "ต่อ"), ("picture", {"image": closed, "caption": "ลับ"})]
        page.save_revision().publish()
    return course


def test_pictures_are_in_pages_epub_and_pdf(illustrated, visitor, tmp_path):
    content = b"".join(visitor.get(illustrated.url + "pack/").streaming_content)
    archive = zipfile.ZipFile(io.BytesIO(content))
    for ending, alt, colour in (("more.html", "ภาพกระชัง", (0, 128, 128)),
                                ("taught-01.html", "ภาพถัง", (0, 0, 128))):
        html = archive.read(member(archive, ending)).decode()
        [(data, shown_alt)] = re.findall(
            r'<img src="data:image/jpeg;base64,(.*?)" alt="(.*?)"', html)
        shown = Image.open(io.BytesIO(base64.b64decode(data)))
        assert shown_alt == alt and shown.size == (800, 400)
        assert all(abs(a - b) < 6 for a, b in zip(shown.getpixel((9, 9)), colour, strict=True))
        assert html.count(f"คำบรรยาย{alt.removeprefix('ภาพ')}") == 1 and "ลับ" not in html
    book = zipfile.ZipFile(io.BytesIO(archive.read(member(archive, ".epub"))))
    assert "data:image/jpeg" in book.read("book/more.xhtml").decode()
    name = member(archive, build.book_name(illustrated, "pdf"))
    printed = pypdfium2.PdfDocument(archive.read(name))
    pictures = [o for page in printed for o in page.get_objects()
                if o.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
    assert len(pictures) == 3, "two and the QR code"


def test_a_picture_without_its_file_is_skipped(illustrated, visitor):
    for image in HubImage.objects.all():
        image.file.storage.delete(image.file.name)
    assert visitor.get(illustrated.url + "pack/").status_code == 200


def test_epubcheck_reports_no_errors_or_warnings(illustrated, visitor, tmp_path):
    if not EPUBCHECK:
        pytest.skip("epubcheck is not on this machine; ./test brings it.")
    path = tmp_path / "book.epub"
    path.write_bytes(b"".join(visitor.get(illustrated.url + "epub/").streaming_content))
    found = subprocess.run(
        [os.environ.get("JAVA", "java"), "-cp", f"{Path(EPUBCHECK)}/*",
         "com.adobe.epubcheck.tool.Checker", str(path)], capture_output=True, text=True,
    )
    assert found.returncode == 0, found.stderr
    assert "ERROR" not in found.stdout + found.stderr
    assert "WARNING" not in found.stdout + found.stderr
