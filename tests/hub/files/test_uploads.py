"""What is uploaded is what its name says, and does no harm when it is opened."""

import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from hub.files import validation
from hub.files.validation import validate_document, validate_image
from tests.ole2 import ole2_file

FILES = Path(__file__).parents[2] / "files"
THAI = "ธนาคารปูม้าชุมชนบ้านหัวเขา"
PAGE = f"<!doctype html><html><head></head><body>{THAI}</body></html>".encode()
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(500)


def packed(members, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def odf(kind, manifest="<manifest/>"):
    return packed({"mimetype": f"application/vnd.oasis.opendocument.{kind}",
                   "META-INF/manifest.xml": manifest, "content.xml": "<x/>"})


def saved(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


GOOD = {
    "pdf": (FILES / "cairo.pdf").read_bytes(),
    "docx": saved(docx.Document()),
    "pptx": saved(pptx.Presentation()),
    "xlsx": saved(openpyxl.Workbook()),
    "doc": (FILES / "crab-bank.doc").read_bytes(),
    "ppt": (FILES / "crab-bank.ppt").read_bytes(),
    "xls": (FILES / "crab-bank.xls").read_bytes(),
    "odt": odf("text"),
    "odp": odf("presentation"),
    "ods": odf("spreadsheet"),
    "epub": packed({"mimetype": "application/epub+zip"}),
    "rtf": rb"{\rtf1\ansi\ansicpg874 text}",
    "txt": THAI.encode("cp874"),
    "csv": f"เดือน,แม่ปู\n{THAI},12".encode(),
    "html": PAGE,
    "htm": PAGE.decode().encode("utf-16"),
    "zip": packed({"คู่มือ.txt": THAI}),
    "mp3": b"ID3\x04" + bytes(100),
    "m4a": b"\0\0\0\x20ftypM4A " + bytes(100),
    "mp4": b"\0\0\0\x20ftypisom" + bytes(100),
}


def upload(content, name="file"):
    return SimpleUploadedFile(name, content)


def refusal(check, content, name) -> str:
    """The code of the error that ``check`` raises; the file must be back at its beginning."""
    file = upload(content, name)
    with pytest.raises(ValidationError) as caught:
        check(file, name)
    assert file.tell() == 0
    (error,) = caught.value.error_dict["file"]
    assert caught.value.message_dict["file"][0]
    return error.code


def test_every_allowed_kind_has_an_example():
    assert set(GOOD) == set(validation.ALLOWED)


@pytest.mark.parametrize("kind", GOOD)
def test_a_file_that_matches_its_extension_is_accepted(kind):
    for name in (f"ธนาคารปู.{kind}", f"A.{kind.upper()}"):
        file = upload(GOOD[kind], name)
        file.seek(3)
        validate_document(file, name)
        assert file.tell() == 0


def passes_for(disguised, kind) -> bool:
    """Whether a good file of one kind may be named as another without harm."""
    if kind == disguised or {kind, disguised} in ({"m4a", "mp4"}, {"html", "htm"}):
        return True
    if kind == "zip":
        return GOOD[disguised].startswith(b"PK")
    # Text of any sort is harmless as a text file: it is shown as text or saved.
    return kind in ("txt", "csv") and disguised in ("txt", "csv", "html", "htm", "rtf")


@pytest.mark.parametrize("kind", GOOD)
def test_no_file_type_is_accepted_as_another(kind):
    for disguised, content in GOOD.items():
        if passes_for(disguised, kind):
            validate_document(upload(content), f"a.{kind}")
        else:
            assert refusal(validate_document, content, f"a.{kind}") == "content", disguised


@pytest.mark.parametrize("kind", [k for k in GOOD if k != "zip"])
@pytest.mark.parametrize("harm", [PROGRAM, b"\x7fELF" + bytes(500), b"MZ%PDF-1.4" + bytes(500)])
def test_a_program_is_not_accepted_as_a_document(kind, harm):
    assert refusal(validate_document, harm, f"a.{kind}") == "content"


@pytest.mark.parametrize("page", [PAGE, b"<html>%PDF-1.4</html>"])
def test_a_web_page_is_not_accepted_as_a_pdf(page):
    assert refusal(validate_document, page, "a.pdf") == "content"


@pytest.mark.parametrize("name", ["a.exe", "a.js", "a.svg", "a.docm", "a.pdf.exe", "a", ".pdf", ""])
def test_other_file_types_are_rejected(name):
    assert refusal(validate_document, GOOD["pdf"], name or "x") == "kind"


@pytest.mark.parametrize("kind", ["docx", "pptx", "xlsx", "odt", "epub", "zip", "doc", "xls"])
@pytest.mark.parametrize("keep", [1, 30, 300, 600])
def test_a_truncated_file_is_rejected(kind, keep):
    if keep < len(GOOD[kind]):
        assert refusal(validate_document, GOOD[kind][:keep], f"a.{kind}") == "content"


def test_an_empty_file_is_rejected():
    assert refusal(validate_document, b"", "a.pdf") == "empty"


def test_a_file_over_the_size_limit_is_rejected(monkeypatch):
    monkeypatch.setattr(validation, "MAX_DOCUMENT_BYTES", 1000)
    assert refusal(validate_document, GOOD["docx"], "a.docx") == "size"


@pytest.mark.parametrize("kind", ["docx", "odt", "epub", "zip"])
def test_195_kb_that_unpack_to_200_mb_are_rejected(kind):
    content = packed({"word/document.xml": bytes(200 * 10**6)})
    assert len(content) < 200_000
    assert refusal(validate_document, content, f"a.{kind}") == "expansion"


def test_a_zip_bomb_with_a_false_header_is_rejected():
    content = bytearray(packed({"word/document.xml": bytes(200 * 10**6)}))
    at = content.rindex(b"PK\x01\x02") + 24
    content[at : at + 4] = (1000).to_bytes(4, "little")
    assert refusal(validate_document, bytes(content), "a.zip") in ("content", "expansion")


def test_a_zip_with_too_many_members_is_rejected(monkeypatch):
    monkeypatch.setattr(validation, "MAX_ZIP_MEMBERS", 10)
    content = packed({f"{n}.txt": "" for n in range(11)})
    assert refusal(validate_document, content, "a.zip") == "expansion"


def test_a_large_ordinary_document_is_accepted():
    content = packed({"[Content_Types].xml": "<x/>", "xl/sheet1.xml": b"<row>12</row>" * 10**6})
    validate_document(upload(content), "a.xlsx")


@pytest.mark.parametrize("kind, content", [
    ("docx", ole2_file("EncryptionInfo", "EncryptedPackage")),
    ("doc", ole2_file("EncryptionInfo", "EncryptedPackage")),
    ("odt", odf("text", "<manifest:encryption-data/>")),
])
def test_an_encrypted_document_is_reported_as_locked(kind, content):
    assert refusal(validate_document, content, f"a.{kind}") == "locked"


def test_an_encrypted_zip_is_reported_as_locked():
    content = bytearray(packed({"a.txt": "x"}))
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    assert refusal(validate_document, bytes(content), "a.zip") == "locked"


@pytest.mark.parametrize("stream, kind", [
    ("WordDocument", "doc"), ("PowerPoint Document", "ppt"), ("Workbook", "xls"), ("Book", "xls"),
])
def test_old_office_files_are_recognised_by_their_streams(stream, kind):
    validate_document(upload(ole2_file(stream)), f"a.{kind}")
    assert refusal(validate_document, ole2_file("MsiTable", stream + "2"), f"a.{kind}") == "content"


def test_a_circular_sector_chain_is_rejected():
    content = bytearray(ole2_file("x"))
    content[512 + 4 : 512 + 8] = struct.pack("<I", 1)  # the directory follows itself
    assert refusal(validate_document, bytes(content), "a.doc") == "content"
    # A table of four thousand million sectors, all of them the first one of the file.
    content[44:48], content[68:76] = b"\xff" * 4, struct.pack("<II", 0, 33_818_640)
    content[512:1024] = bytes(512)
    assert refusal(validate_document, bytes(content), "a.doc") == "content"


def test_embedded_streams_do_not_decide_the_file_type():
    content = ole2_file("WordDocument", inside="Attachment")
    assert refusal(validate_document, content, "a.doc") == "content"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16", "utf-16-le"])
def test_thai_text_is_accepted_in_any_encoding(encoding):
    validate_document(upload((THAI * 50_000).encode(encoding)), "a.txt")


# Images.


def picture(kind="PNG", size=(40, 30), **options):
    file = io.BytesIO()
    Image.effect_noise(size, 50).convert("RGB").save(file, kind, **options)
    return file.getvalue()


PICTURES = {name: picture(kind) for name, kind in validation.IMAGE_FORMATS.items()}


@pytest.mark.parametrize("kind", PICTURES)
def test_an_image_that_matches_its_extension_is_accepted(kind):
    file = upload(PICTURES[kind])
    validate_image(file, f"ป่าชายเลน.{kind.upper()}")
    assert file.tell() == 0


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("disguised", PICTURES)
def test_no_image_type_is_accepted_as_another(kind, disguised):
    if validation.IMAGE_FORMATS[kind] != validation.IMAGE_FORMATS[disguised]:
        assert refusal(validate_image, PICTURES[disguised], f"a.{kind}") == "damaged"


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("share", [0.01, 0.2, 0.6, 0.9])
def test_a_truncated_image_is_rejected(kind, share):
    content = PICTURES[kind][: int(len(PICTURES[kind]) * share) + 1]
    assert refusal(validate_image, content, f"a.{kind}") == "damaged"


def chunk(name, content):
    return (struct.pack(">I", len(content)) + name + content
            + struct.pack(">I", zlib.crc32(name + content)))


def png_that_claims(width, height) -> bytes:
    """A few bytes that say they are a picture of so many pixels."""
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b""))


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("width, height", [(11_000, 11_000), (2**31 - 1,) * 2, (10_001, 1000)])
def test_an_image_with_too_many_pixels_is_rejected_before_decoding(width, height, monkeypatch):
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda image: pytest.fail("decoded"))
    assert refusal(validate_image, png_that_claims(width, height), "a.png") == "pixels"


def test_an_image_of_ten_megapixels_is_accepted():
    file = io.BytesIO()
    Image.new("L", (4000, 2500)).save(file, "PNG")
    validate_image(upload(file.getvalue()), "a.png")


@pytest.mark.parametrize("content", [PAGE, PROGRAM, b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_a_file_that_is_not_an_image_is_rejected(content):
    assert refusal(validate_image, content, "a.png") == "damaged"


@pytest.mark.parametrize("name", ["a.svg", "a.tiff", "a.bmp", "a.heic", "a"])
def test_other_image_types_are_rejected(name):
    assert refusal(validate_image, PICTURES["png"], name) == "kind"


def test_an_empty_or_too_large_image_is_rejected(monkeypatch):
    assert refusal(validate_image, b"", "a.png") == "empty"
    monkeypatch.setattr(validation, "MAX_IMAGE_BYTES", 10)
    assert refusal(validate_image, PICTURES["png"], "a.png") == "size"


@pytest.mark.skipif(not os.environ.get("DJANGO_SETTINGS_MODULE"), reason="needs the project")
@pytest.mark.django_db
@pytest.mark.parametrize("content, name", [
    (PICTURES["png"][:500], "cut.png"), (PICTURES["jpg"][:500], "cut.jpg"), (PAGE, "page.png"),
])
def test_the_image_form_rejects_a_file_before_wagtail_decodes_it(
    content, name, settings, admin_user
):
    from wagtail.images.forms import get_image_form

    from hub.models import HubImage

    settings.WAGTAILIMAGES_IMAGE_FORM_BASE = "hub.files.image_form.HubImageForm"
    form = get_image_form(HubImage)(
        {"title": "ปู"}, {"file": upload(content, name)}, user=admin_user
    )
    assert form.errors.get_json_data()["file"][0]["code"] == "damaged"
