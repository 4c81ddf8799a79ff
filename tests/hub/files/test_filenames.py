"""Thai names of files survive the way from the form to the disk and to the visitor."""

import os
import unicodedata

import pytest
from django.conf import settings

if not settings.configured and not os.environ.get("DJANGO_SETTINGS_MODULE"):
    settings.configure(USE_I18N=False)

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from hub.files.names import MAX_BYTES, ThaiNameStorage, image_upload_to, safe_filename


@pytest.mark.parametrize("name", [
    "คู่มือ.pdf", "ป่าชุมชน.docx", "น้ำเค็มรุก.pptx", "กี่ทอผ้าที่บ้านหัวเขา.odt", "ปี๊บ-ตั๋ว-ก็-สิทธิ์.txt",
    "crab-bank_2.tar.gz", "แผน-(ฉบับที่-2).pdf",
])
def test_a_good_name_stays_as_it_is(name):
    assert safe_filename(name) == name


@pytest.mark.parametrize("name, safe", [
    ("คู่มือ ธนาคาร  ปู.PDF", "คู่มือ ธนาคาร ปู.pdf"),
    ("../../etc/passwd", "passwd"),
    ("C:\\งาน\\คู่มือ.doc", "คู่มือ.doc"),
    ('ก<ข>:"|?*ค.pdf', "ก-ข-ค.pdf"),
    ("คู่มือ\u200b\u202e\x00\n.pdf", "คู่มือ.pdf"),
    ("แผน : ปี 2569 ? .pdf", "แผน-ปี 2569.pdf"),
    ("CON.txt", "_CON.txt"),
    ("nul", "_nul"),
    ("lpt1.คู่มือ.pdf", "_lpt1.คู่มือ.pdf"),
    ("concert.pdf", "concert.pdf"),
    (" .. ", "file"),
    ("", "file"),
    ("?.pdf", "file.pdf"),
    ("รายงาน 1.5 ปี", "รายงาน 1.5 ปี"),
    (unicodedata.normalize("NFD", "café.pdf"), "café.pdf"),
])
def test_characters_that_file_systems_reject_are_removed(name, safe):
    assert safe_filename(name) == safe
    assert safe_filename(safe) == safe


@pytest.mark.parametrize("name", ["น้ำ" * 90, "เก" * 90, "กี่" * 90, "a" * 500, "เกาะที่" * 50])
def test_a_long_name_is_cut_between_letters_and_keeps_its_extension(name):
    safe = safe_filename(name + ".docx")
    assert len(safe.encode()) <= MAX_BYTES
    assert safe.endswith(".docx")
    stem = safe.removesuffix(".docx")
    assert name.startswith(stem)
    following = name[len(stem)]
    assert not unicodedata.category(following).startswith("M") and following not in "ะาำ"
    assert stem[-1] not in "เแโใไ"


def test_a_name_on_disk_is_the_one_that_was_uploaded(tmp_path):
    storage = ThaiNameStorage(location=tmp_path)
    upload = SimpleUploadedFile("คู่มือ ป่าชุมชน.pdf", b"x")
    saved = storage.save(storage.generate_filename(f"documents/{upload.name}"), upload)
    assert saved == "documents/คู่มือ ป่าชุมชน.pdf"
    assert os.listdir(tmp_path / "documents") == ["คู่มือ ป่าชุมชน.pdf"]
    assert storage.open(saved).read() == b"x"


def test_names_that_differ_by_a_tone_mark_do_not_collide(tmp_path):
    storage = ThaiNameStorage(location=tmp_path)
    assert storage.save("ป่า.pdf", ContentFile(b"1")) == "ป่า.pdf"
    assert storage.save("ปา.pdf", ContentFile(b"2")) == "ปา.pdf"


def test_a_taken_name_gets_a_suffix_and_still_fits_the_column(tmp_path):
    storage = ThaiNameStorage(location=tmp_path)
    name = "documents/" + safe_filename("รายงานผลธนาคารปูม้า" * 10 + ".pdf")
    first = storage.save(name, ContentFile(b"1"), max_length=100)
    second = storage.save(name, ContentFile(b"2"), max_length=100)
    assert first != second
    assert max(len(first), len(second)) <= 100
    assert second.endswith(".pdf")


def test_path_traversal_is_rejected(tmp_path):
    with pytest.raises(SuspiciousFileOperation):
        ThaiNameStorage(location=tmp_path).generate_filename("../คู่มือ.pdf")


def test_an_image_keeps_its_thai_name():
    assert image_upload_to(None, "ป่าชายเลน.JPG") == "original_images/ป่าชายเลน.jpg"
