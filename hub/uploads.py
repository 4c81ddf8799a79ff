"""What may be uploaded: told by the content of a file, not by its name.

Every function raises ``ValidationError`` with a message for the editor and leaves the file at its
beginning.
"""

import io
import os
import zipfile
import zlib

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

MAX_DOCUMENT_BYTES = 100 * 1024**2
MAX_IMAGE_PIXELS = 10_000_000
MAX_EXPANDED_BYTES = 500 * 1024**2
MAX_RATIO = 100  # expansion allowed beyond FREE_EXPANDED_BYTES
FREE_EXPANDED_BYTES = 20 * 1024**2

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE2_STREAMS = {"doc": ["WordDocument"], "ppt": ["PowerPoint Document"],
                "xls": ["Workbook", "Book"]}
OOXML_FOLDERS = {"docx": "word/", "pptx": "ppt/", "xlsx": "xl/"}
ODF_TYPES = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "odp": b"application/vnd.oasis.opendocument.presentation",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
    "epub": b"application/epub+zip",
}
TEXTS = ("txt", "csv", "html", "htm")
ALLOWED = ("pdf", "rtf", "zip", *OLE2_STREAMS, *OOXML_FOLDERS, *ODF_TYPES, *TEXTS)
IMAGE_FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF"}


def validate_document(file, filename: str) -> None:
    """Check a document of any allowed kind."""
    extension = _extension(filename)
    if extension not in ALLOWED:
        raise ValidationError(
            {"file": _("Files of the kind “%(kind)s” are not taken. Take one of: %(kinds)s.")
             % {"kind": extension or "?", "kinds": ", ".join(ALLOWED)}}
        )
    if file.size > MAX_DOCUMENT_BYTES:
        raise ValidationError(
            {"file": _("The file is larger than %(limit)s MB.")
             % {"limit": MAX_DOCUMENT_BYTES // 1024**2}}
        )
    if not file.size:
        raise ValidationError({"file": _("The file is empty.")})
    try:
        if not _content_is(file, extension):
            raise ValidationError(
                {"file": _("The content of the file is not what its name says (.%(kind)s). "
                           "Save it again in the program it comes from.") % {"kind": extension}}
            )
    finally:
        file.seek(0)


def _extension(filename) -> str:
    return os.path.splitext(str(filename))[1][1:].lower()


def _content_is(file, extension) -> bool:
    file.seek(0)
    head = file.read(2048)
    if extension == "pdf":
        return b"%PDF-" in head[:1024]
    if extension == "rtf":
        return head.startswith(b"{\\rtf")
    if extension in OLE2_STREAMS:
        return head.startswith(OLE2) and _has_stream(file, OLE2_STREAMS[extension])
    if extension in TEXTS:
        return _is_text(file)
    return _is_archive(file, extension)


def _has_stream(file, names) -> bool:
    """Whether the OLE2 directory names one of the streams (names are stored as UTF-16)."""
    file.seek(0)
    content = file.read(MAX_DOCUMENT_BYTES)
    return any(name.encode("utf-16-le") in content for name in names)


def _is_text(file) -> bool:
    """UTF-16 with a mark, UTF-8 or Windows-874 (TIS-620), without NUL."""
    file.seek(0)
    content = file.read(1024**2)
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    if b"\0" in content or content.startswith((b"MZ", b"\x7fELF", b"%PDF-", b"PK\x03\x04")):
        return False
    for encoding in ("utf-8", "cp874"):
        try:
            # A character may be cut at the end of what was read.
            content[: len(content) - 3 or None].decode(encoding, "strict")
            return True
        except UnicodeDecodeError:
            pass
    try:
        content.decode("cp874")
        return True
    except UnicodeDecodeError:
        return len(content) == 1024**2 and "\ufffd" not in content.decode("utf-8", "ignore")


def _is_archive(file, extension) -> bool:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            _check_expansion(archive, file.size)
            if extension in OOXML_FOLDERS:
                return "[Content_Types].xml" in names and any(
                    name.startswith(OOXML_FOLDERS[extension]) for name in names
                )
            if extension in ODF_TYPES:
                return "mimetype" in names and archive.read("mimetype").strip().startswith(
                    ODF_TYPES[extension]
                )
            return True
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, ValueError,
            OSError, RuntimeError):
        return False


def _check_expansion(archive, packed_bytes) -> None:
    """Raise ValidationError when the archive holds more than it may; sizes are counted, not
    believed: a header can say what it likes."""
    limit = min(MAX_EXPANDED_BYTES, max(FREE_EXPANDED_BYTES, packed_bytes * MAX_RATIO))
    declared = sum(info.file_size for info in archive.infolist())
    total = 0
    if declared <= limit:
        for info in archive.infolist():
            if info.flag_bits & 1:  # encrypted: cannot be opened, its size stays as declared
                continue
            with archive.open(info) as member:
                while chunk := member.read(1024**2):
                    total += len(chunk)
                    if total > limit:
                        break
    if max(declared, total) > limit:
        raise ValidationError(
            {"file": _("The file unpacks to far more than its size, which is how harmful files "
                       "are made. It was not taken.")}
        )


def validate_image(file, filename: str) -> None:
    """Check an image: its kind, at most ten megapixels (read before decoding), whole."""
    extension = _extension(filename)
    if extension not in IMAGE_FORMATS:
        raise ValidationError(
            {"file": _("Pictures of the kind “%(kind)s” are not taken. Take one of: %(kinds)s.")
             % {"kind": extension or "?", "kinds": ", ".join(IMAGE_FORMATS)}}
        )
    try:
        file.seek(0)
        content = file.read(MAX_DOCUMENT_BYTES + 1)
        with Image.open(io.BytesIO(content), formats=[IMAGE_FORMATS[extension]]) as image:
            if image.width * image.height > MAX_IMAGE_PIXELS:
                raise ValidationError(
                    {"file": _("The picture has %(found)s megapixels; at most %(limit)s are "
                               "taken. Make it smaller first.")
                     % {"found": round(image.width * image.height / 1e6, 1),
                        "limit": MAX_IMAGE_PIXELS // 10**6}}
                )
            image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError,
            Image.DecompressionBombError) as error:
        raise ValidationError(
            {"file": _("The picture is damaged or not what its name says.")}
        ) from error
    finally:
        file.seek(0)
