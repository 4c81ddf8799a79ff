"""Validation of uploads by the content of a file, not by its name.

``validate_document`` and ``validate_image`` raise ``ValidationError`` on the field ``file`` with
a message for the editor, and leave the file at its beginning. They take any seekable binary file;
its size is measured, not asked.
"""

import codecs
import os
import zipfile
import zlib

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image

from hub.files import ole2
from hub.files.text_encoding import encoding_of

MEGABYTE = 1024**2
MAX_DOCUMENT_BYTES = 100 * MEGABYTE
MAX_IMAGE_BYTES = 20 * MEGABYTE
MAX_IMAGE_PIXELS = 10_000_000
MAX_EXPANDED_BYTES = 500 * MEGABYTE
MAX_RATIO = 100  # a zip may expand this often, or to FREE_EXPANDED_BYTES if that is more
FREE_EXPANDED_BYTES = 20 * MEGABYTE
MAX_ZIP_MEMBERS = 20_000
READ_BYTES = MEGABYTE

OLE2_STREAMS = {
    "doc": {"WordDocument"}, "ppt": {"PowerPoint Document"}, "xls": {"Workbook", "Book"},
}
OOXML_FOLDERS = {"docx": "word/", "pptx": "ppt/", "xlsx": "xl/"}
ODF_TYPES = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "odp": b"application/vnd.oasis.opendocument.presentation",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
    "epub": b"application/epub+zip",
}
TEXTS = ("txt", "csv")
PAGES = ("html", "htm")  # served to be saved, never shown in the site's own name
SOUND_AND_FILM = ("mp3", "m4a", "mp4")
ALLOWED = (
    "pdf", *OOXML_FOLDERS, *OLE2_STREAMS, *ODF_TYPES, "rtf", *TEXTS, *PAGES, "zip",
    *SOUND_AND_FILM,
)
IMAGE_FORMATS = {
    "jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF", "avif": "AVIF",
}
MP3_FRAMES = (b"\xe2", b"\xe3", b"\xf2", b"\xf3", b"\xfa", b"\xfb")
PROGRAMS = (b"MZ", b"\x7fELF", b"%PDF-", b"PK\x03\x04")  # and others that are no text


def validate_document(file, filename: str) -> None:
    """Check a document: an allowed kind, not too big, and what its name says it is."""
    extension = _extension(filename)
    if extension not in ALLOWED:
        raise _refusal(
            _("Files of the kind “%(kind)s” are not taken. Take one of: %(kinds)s."),
            "kind", kind=extension or "?", kinds=", ".join(ALLOWED),
        )
    _check_size(file, MAX_DOCUMENT_BYTES)
    try:
        fits = _content_is(file, extension)
    finally:
        file.seek(0)
    if not fits:
        raise _refusal(
            _("The content of the file is not what its name says (.%(kind)s), or the file is "
              "damaged. Save it again in the program it comes from."),
            "content", kind=extension,
        )


def validate_image(file, filename: str, max_pixels=MAX_IMAGE_PIXELS) -> None:
    """Check an image: its kind, at most ``max_pixels`` (known before decoding), and whole."""
    extension = _extension(filename)
    if extension not in IMAGE_FORMATS:
        raise _refusal(
            _("Pictures of the kind “%(kind)s” are not taken. Take one of: %(kinds)s."),
            "kind", kind=extension or "?", kinds=", ".join(IMAGE_FORMATS),
        )
    _check_size(file, MAX_IMAGE_BYTES)
    file.seek(0)
    try:
        with Image.open(file, formats=[IMAGE_FORMATS[extension]]) as image:
            pixels = image.width * image.height
            if pixels <= max_pixels:
                image.load()
    except Image.DecompressionBombError:
        pixels = None
    except MemoryError:
        raise
    except Exception as error:  # Pillow's plugins raise whatever a broken header leads them to
        raise _refusal(
            _("The picture is damaged, or not what its name says (.%(kind)s)."), "damaged",
            kind=extension,
        ) from error
    finally:
        file.seek(0)
    if pixels is None or pixels > max_pixels:
        raise _refusal(
            _("The picture has more than %(limit)s megapixels. Make it smaller first."),
            "pixels", limit=max_pixels // 10**6,
        )


def _refusal(message, code, **params) -> ValidationError:
    return ValidationError({"file": ValidationError(message, code=code, params=params)})


def _extension(filename) -> str:
    return os.path.splitext(str(filename))[1][1:].lower()


def _check_size(file, limit):
    size = file.seek(0, os.SEEK_END) or file.tell()
    file.seek(0)
    if size > limit:
        raise _refusal(_("The file is larger than %(limit)s MB."), "size", limit=limit // MEGABYTE)
    if not size:
        raise _refusal(_("The file is empty."), "empty")


def _content_is(file, extension) -> bool:
    head = file.read(4096)
    if extension == "pdf":
        before, found, _rest = head[:1024].partition(b"%PDF-")
        return bool(found) and not before.startswith(PROGRAMS) and not _is_web_page(before)
    if extension == "rtf":
        return head.startswith(b"{\\rtf")
    if extension == "mp3":
        # An ID3 tag or the first frame: eleven bits of one, then the layer, which is III.
        return head.startswith(b"ID3") or (head[0] == 0xFF and head[1:2] in MP3_FRAMES)
    if extension in SOUND_AND_FILM:
        return head[4:8] == b"ftyp"
    if extension in TEXTS or extension in PAGES:
        return not head.startswith(PROGRAMS) and _is_text(file) and (
            extension in TEXTS or _is_web_page(head)
        )
    if head.startswith(ole2.SIGNATURE):
        return _is_ole2(file, extension)
    return extension not in OLE2_STREAMS and _is_archive(file, extension)


def _is_web_page(head) -> bool:
    text = head.replace(b"\0", b"").lower()
    return any(mark in text for mark in (b"<!doctype html", b"<html", b"<head", b"<body"))


def _is_text(file) -> bool:
    """Whether all of it is UTF-8, UTF-16, Windows-874 (TIS-620) or Windows-1252."""
    file.seek(0)
    known = encoding_of(file.read(READ_BYTES))
    if known:
        return _decodes(file, known)
    file.seek(0)
    while chunk := file.read(READ_BYTES):
        if b"\0" in chunk:
            return False
    return any(_decodes(file, encoding) for encoding in ("utf-8", "cp874", "cp1252"))


def _decodes(file, encoding) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(READ_BYTES):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_ole2(file, extension) -> bool:
    """Whether an OLE2 file is the old Office kind that it is named; refuses locked ones."""
    streams = ole2.streams_of(file)
    if streams & ole2.LOCKED_STREAMS:
        raise _locked()
    return bool(streams & OLE2_STREAMS.get(extension, set()))


def _locked() -> ValidationError:
    return _refusal(
        _("The file is locked with a password, so nobody could read it here. Save it without."),
        "locked",
    )


def _is_archive(file, extension) -> bool:
    """Whether a zip is whole and of the kind that it is named; refuses those that unpack to far
    more than they hold and locked documents."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_expansion(archive, file)
            names = set(archive.namelist())
            if any(member.flag_bits & 1 for member in archive.infolist()):
                raise _locked()
            if extension in OOXML_FOLDERS:
                folder = OOXML_FOLDERS[extension]
                return "[Content_Types].xml" in names and any(n.startswith(folder) for n in names)
            if extension in ODF_TYPES:
                if "META-INF/manifest.xml" in names and (
                    b"manifest:encryption-data" in archive.read("META-INF/manifest.xml")
                ):
                    raise _locked()
                return "mimetype" in names and (
                    archive.read("mimetype").strip() == ODF_TYPES[extension]
                )
            return extension == "zip"
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, ValueError,
            OSError, RuntimeError):
        return False


def _check_expansion(archive, file):
    """Refuse what unpacks to too much. Bytes are counted as they come out, because a header can
    declare any size."""
    place = file.tell()
    packed = file.seek(0, os.SEEK_END) or file.tell()
    file.seek(place)
    allowed = min(MAX_EXPANDED_BYTES, max(FREE_EXPANDED_BYTES, packed * MAX_RATIO))
    members = archive.infolist()
    total = sum(member.file_size for member in members)
    if total <= allowed and len(members) <= MAX_ZIP_MEMBERS:
        total = 0
        for member in members:
            if member.flag_bits & 1:  # locked: cannot be opened, and is refused right after
                continue
            with archive.open(member) as stream:
                while total <= allowed and (chunk := stream.read(READ_BYTES)):
                    total += len(chunk)
    if total > allowed or len(members) > MAX_ZIP_MEMBERS:
        raise _refusal(
            _("The file unpacks to far more than its size, which is how harmful files are made. "
              "It was not taken."),
            "expansion",
        )
