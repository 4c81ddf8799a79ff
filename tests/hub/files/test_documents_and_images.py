"""Files go through views that check who may read them, are hashed on save, and keep their names."""

import io
from urllib.parse import quote, unquote

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from wagtail.models import Collection, CollectionViewRestriction

from courses.models import Handout
from hub.models import Attachment, HubDocument, HubImage
from tests.factories import CurriculumPageFactory, LessonPageFactory, document
from tests.hub.files.test_uploads import png_that_claims

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def attached(page, **fields):
    file = document("คู่มือ", "คู่มือป่าชุมชน.txt", **fields)
    Attachment.objects.create(page=page.knowledgepage_ptr, document=file)
    return file


def test_a_file_comes_as_an_attachment_under_its_thai_name(hub, visitor):
    file = attached(LessonPageFactory())
    answer = visitor.get(file.url)
    disposition = answer["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert "คู่มือป่าชุมชน.txt" in unquote(disposition)
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_pdf_opens_in_the_browser(hub, visitor):
    file = document("แผ่นพับ", "แผ่นพับ.pdf", PDF)
    assert visitor.get(file.url)["Content-Disposition"].startswith("inline")


def test_a_file_replaced_through_the_orm_gets_a_new_etag(hub, visitor):
    file = document(content=b"one")
    first = visitor.get(file.url)["ETag"]
    file.file.save("ใหม่.txt", ContentFile(b"two"))
    answer = visitor.get(HubDocument.objects.get(pk=file.pk).url, headers={"If-None-Match": first})
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == b"two"
    assert answer["ETag"] != first


def test_deleting_a_file_works_with_the_background_tasks_of_the_hub(hub, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    from django.test import TestCase

    file = document()
    with TestCase.captureOnCommitCallbacks(execute=True):
        file.delete()
    assert not HubDocument.objects.exists()


def test_a_file_of_unpublished_pages_is_forbidden(hub, visitor):
    page = LessonPageFactory()
    file = attached(page)
    assert visitor.get(file.url).status_code == 200
    page.unpublish()
    assert visitor.get(file.url).status_code == 403
    public = LessonPageFactory()
    Attachment.objects.create(page=public.knowledgepage_ptr, document=file)
    assert visitor.get(file.url).status_code == 200


def test_a_file_in_a_private_collection_needs_a_sign_in(hub, visitor, editor, signed_in):
    private = Collection.get_first_root_node().add_child(name="ห้องใน")
    CollectionViewRestriction.objects.create(collection=private, restriction_type="login")
    file = document(collection=private)
    assert visitor.get(file.url).status_code == 302
    assert signed_in(editor).get(file.url).status_code == 200


def test_a_facilitators_file_is_for_facilitators(hub, visitor, signed_in, django_user_model):
    from django.contrib.auth.models import Group

    file = document("คู่มือวิทยากร")
    page = CurriculumPageFactory()
    Handout.objects.create(page=page, document=file, facilitator_only=True)
    assert visitor.get(file.url).status_code == 403
    member = django_user_model.objects.create_user("f", password="x")
    assert signed_in(member).get(file.url).status_code == 403
    member.groups.add(Group.objects.get(name="Facilitators"))
    assert signed_in(member).get(file.url).status_code == 200


@pytest.fixture
def image(hub):
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(content, "PNG")
    return HubImage.objects.create(
        title="กระชัง", file=ImageFile(content, name="กระชัง.png")
    )


def test_only_renditions_are_served_from_the_media_address(image, visitor):
    rendition = image.get_rendition("width-30")
    assert visitor.get(f"/media/{quote(rendition.file.name)}").status_code == 200
    assert visitor.get(f"/media/{quote(image.file.name)}").status_code == 404
    file = document()
    assert visitor.get(f"/media/{quote(file.file.name)}").status_code == 404
    assert visitor.get("/media/../hub.sqlite3").status_code in (400, 404)


def test_an_image_in_a_private_collection_is_not_served(image, visitor, administrator, signed_in):
    address = f"/media/{quote(image.get_rendition('width-30').file.name)}"
    private = Collection.get_first_root_node().add_child(name="ห้องใน")
    CollectionViewRestriction.objects.create(collection=private, restriction_type="login")
    image.collection = private
    image.save()
    assert visitor.get(address).status_code == 404
    assert signed_in(administrator).get(address).status_code == 200


def bomb() -> bytes:
    import zipfile

    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 200_000_000)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("หน้าเว็บ.pdf", b"<!doctype html><script>alert(1)</script>"),
        ("โปรแกรม.docx", b"MZ\x90\x00" + bytes(600)),
        ("ว่าง.pdf", b""),
        ("ระเบิด.docx", None),
        ("สคริปต์.exe", b"MZ\x90\x00"),
    ],
)
def test_a_hostile_document_is_rejected_with_a_message(
    hub, administrator, signed_in, name, content
):
    upload = SimpleUploadedFile(name, bomb() if content is None else content)
    root = Collection.get_first_root_node()
    answer = signed_in(administrator).post(
        reverse("wagtaildocs:add"),
        {"title": "ไฟล์", "collection": root.pk, "file": upload, "tags": ""},
    )
    assert answer.status_code == 200
    assert "ไฟล์" in answer.content.decode()
    assert not HubDocument.objects.exists()


@pytest.mark.parametrize("kind", ["cut", "huge", "html"])
def test_a_hostile_image_is_rejected_with_a_message(hub, administrator, signed_in, kind):
    noise = io.BytesIO()
    Image.effect_noise((400, 300), 40).save(noise, "PNG")
    content = {"cut": noise.getvalue()[:2000], "huge": png_that_claims(11_000, 11_000),
               "html": b"<!doctype html>"}[kind]
    answer = signed_in(administrator).post(
        reverse("wagtailimages:add"),
        {"title": "ภาพ", "collection": Collection.get_first_root_node().pk, "tags": "",
         "file": SimpleUploadedFile("ภาพ.png", content, "image/png")},
    )
    assert answer.status_code == 200
    assert not HubImage.objects.exists()
