"""A file whose text cannot be read says so to the editor: on the page, the file, a report."""

import pytest
from django.urls import reverse

from search.models import DocumentText
from tests.factories import LessonPageFactory, document

pytestmark = pytest.mark.django_db
GARBLED = "ÈÒÃ»Ù ªØÁª¹"


@pytest.fixture
def page(hub):
    page = LessonPageFactory(title="บทเรียนมีไฟล์")
    broken = document("แบบสแกน", "แบบสแกน.pdf", b"%PDF-1.4\n%%EOF")
    page.attachments.create(document=broken)
    page.save_revision().publish()
    return page


def test_the_page_form_names_the_file_and_the_reason(page, editor, signed_in):
    text = DocumentText.objects.get(document__title="แบบสแกน")
    assert text.status != "read"
    response = signed_in(editor).get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    body = response.content.decode()
    assert "แบบสแกน" in body
    assert text.get_status_display() in body


def test_a_garbled_file_shows_its_sample(page, editor, signed_in):
    DocumentText.objects.update(status="garbled", sample=GARBLED)
    client = signed_in(editor)
    file = page.attachments.get().document
    for address in (
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        reverse("wagtaildocs:edit", args=[file.pk]),
        reverse("search_unreadable_files"),
    ):
        assert GARBLED in client.get(address).content.decode(), address


@pytest.mark.parametrize("language, words", [
    ("th", "ค้นหาข้อความในไฟล์นี้ไม่ได้"), ("en", "Search cannot look into this file"),
])
def test_the_page_of_the_file_warns_above_the_form(page, editor, signed_in, language, words):
    from wagtail.users.models import UserProfile

    UserProfile.objects.update_or_create(user=editor, defaults={"preferred_language": language})
    DocumentText.objects.update(status="garbled", sample=GARBLED)
    file = page.attachments.get().document
    body = signed_in(editor).get(reverse("wagtaildocs:edit", args=[file.pk])).content.decode()
    warning = body[body.index("help-warning"):]
    assert warning.index(words) < warning.index(GARBLED) < warning.index("<form")


def test_the_uploader_sees_when_the_file_was_read(page, editor, signed_in):
    client, file = signed_in(editor), page.attachments.get().document
    address = reverse("search_file_text", args=[file.pk])
    DocumentText.objects.update(status="waiting", sample="")
    waiting = client.get(address)
    assert (waiting.status_code, "help-info" in waiting.content.decode()) == (202, True)
    DocumentText.objects.update(status="garbled", sample=GARBLED)
    told = client.get(address)
    assert told.status_code == 200
    assert GARBLED in told.content.decode()
    DocumentText.objects.update(status="read", sample="")
    assert "help-warning" not in client.get(address).content.decode()


def test_a_partly_read_file_is_reported(page, editor, signed_in):
    DocumentText.objects.update(status="read", sample=GARBLED)
    file = page.attachments.get().document
    told = signed_in(editor).get(reverse("search_file_text", args=[file.pk])).content.decode()
    assert "help-warning" in told
    assert GARBLED in told


def test_other_users_do_not_see_the_text_of_a_file(page, signed_in, django_user_model, client):
    file = page.attachments.get().document
    address = reverse("search_file_text", args=[file.pk])
    outsider = django_user_model.objects.create_user("outsider", password="secret")
    assert client.get(address).status_code == 302
    assert signed_in(outsider).get(address).status_code == 302


def test_a_readable_file_causes_no_warning(hub, editor, signed_in):
    page = LessonPageFactory()
    page.attachments.create(document=document("อ่านได้", "อ่านได้.txt", "ปูม้า".encode() * 20))
    page.save_revision().publish()
    assert DocumentText.objects.get().status == "read"
    client = signed_in(editor)
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert not list(edit.context["messages"])
    assert "อ่านได้" not in client.get(reverse("search_unreadable_files")).content.decode()


def test_the_report_exports_and_is_forbidden_without_permission_to_change_files(
    page, editor, signed_in, django_user_model
):
    report = reverse("search_unreadable_files")
    export = signed_in(editor).get(report + "?export=csv")
    assert "แบบสแกน" in b"".join(export.streaming_content).decode()
    outsider = django_user_model.objects.create_user("outsider", password="secret")
    assert signed_in(outsider).get(report).status_code == 302


def test_a_recording_is_not_expected_to_have_text(hub):
    document("เสียง", "เสียง.mp3", b"ID3\x03\x00")
    assert not DocumentText.objects.exists()


def test_a_file_replaced_by_a_recording_loses_its_text(hub):
    from django.core.files.base import ContentFile

    file = document("แผ่น", "แผ่น.txt", "ปูม้า".encode() * 20)
    assert DocumentText.objects.get().status == "read"
    file.file.save("แผ่น.mp3", ContentFile(b"ID3\x03\x00"))
    assert not DocumentText.objects.exists()
