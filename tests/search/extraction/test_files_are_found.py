"""The text of attached files is found, with the page or slide."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from hub.models import Attachment, HubDocument
from search.models import DocumentText
from search.query.find import find
from tests.factories import LessonPageFactory, document

pytestmark = pytest.mark.django_db
FILES = Path(__file__).resolve().parents[2] / "files"


def attach(name, page=None, title="ไฟล์"):
    page = page or LessonPageFactory(title="หน้าที่มีไฟล์")
    file = document(title, name, (FILES / name).read_bytes())
    Attachment.objects.create(page=page.knowledgepage_ptr, document=file)
    page.save_revision().publish()
    return page, file


def files_found(text):
    return [file for result in find(text).results for file in result.files]


@pytest.mark.parametrize("name", ["chromium.pdf", "crab-bank.ppt", "crab-bank.doc"])
def test_a_word_only_in_the_file_finds_the_file(hub, name):
    page, file = attach(name)
    text = DocumentText.objects.get(document=file)
    assert text.status == "read"
    _number, kind, words = text.parts[-1]
    phrase = " ".join(words.split())[:12].strip()
    results = files_found(phrase)
    assert [r.document.pk for r in results] == [file.pk]
    assert results[0].page.pk == page.pk
    if kind in ("page", "slide"):
        anchors = {p.anchor for r in results for p in r.passages}
        assert any(a.startswith(f"{kind}=") for a in anchors)


def test_the_result_shows_the_place_in_the_file(hub, visitor):
    page, file = attach("chromium.pdf")
    words = DocumentText.objects.get(document=file).parts[0][2]
    body = visitor.get("/search/", {"q": " ".join(words.split())[:12]}).content.decode()
    assert f"{file.url}#page=1" in body
    assert "หน้า 1" in body
    assert page.url in body


def test_a_replaced_file_is_read_again(hub):
    page = LessonPageFactory(title="หน้า")
    file = document("ไฟล์", "ก.txt", ("ปลากระบอกตากแห้ง " * 10).encode())
    Attachment.objects.create(page=page.knowledgepage_ptr, document=file)
    page.save_revision().publish()
    assert find("ปลากระบอก").total == 1
    file.file.save("ข.txt", ContentFile(("ปลาดุกร้าทะเลน้อย " * 10).encode()))
    assert find('"ปลากระบอก"').total == 0
    assert find("ปลาดุกร้า").total == 1


def test_a_deleted_file_is_not_found(hub):
    _page, file = attach("crab-bank.ppt")
    phrase = " ".join(DocumentText.objects.get().parts[0][2].split())[:12]
    assert files_found(phrase)
    HubDocument.objects.get(pk=file.pk).delete()
    assert not files_found(phrase)


def test_a_file_on_an_open_and_a_private_page_is_found_on_the_open_one(hub):
    from wagtail.models import PageViewRestriction

    page, file = attach("crab-bank.ppt")
    private = LessonPageFactory(title="หน้าลับ")
    Attachment.objects.create(page=private.knowledgepage_ptr, document=file)
    private.save_revision().publish()
    PageViewRestriction.objects.create(page_id=private.pk, restriction_type="login")
    phrase = " ".join(DocumentText.objects.get().parts[0][2].split())[:12]
    assert [r.page.pk for r in files_found(phrase)] == [page.pk]


def test_a_page_is_listed_once_with_its_files_under_it(hub, visitor):
    page = LessonPageFactory(title="เรื่องปลากระบอก", event="ตากปลากระบอก")
    for name in ("ก.txt", "ข.txt"):
        file = document(f"ไฟล์ {name}", name, ("วิธีตากปลากระบอก " * 10).encode())
        Attachment.objects.create(page=page.knowledgepage_ptr, document=file)
    page.save_revision().publish()
    (result,) = find("ปลากระบอก").results
    assert result.page.pk == page.pk and result.passages
    assert {file.document.title for file in result.files} == {"ไฟล์ ก.txt", "ไฟล์ ข.txt"}
    body = visitor.get("/search/?q=ปลากระบอก").content.decode()
    assert body.count('<li class="result">') == 1 and "ข.txt" in body
