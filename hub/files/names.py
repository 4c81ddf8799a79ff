"""File names that keep Thai vowel signs and tone marks on their way to disk and back.

Django's ``get_valid_filename`` drops every character that is not ``\\w``, and Thai signs above
and below the line are marks, not letters: คู่มือ becomes คมอ. Wagtail's images lose all Thai.
"""

import contextlib
import os
import re
import unicodedata
import uuid

from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

MAX_CHARACTERS = 70  # a FileField holds 100, with the folders
MAX_BYTES = 150  # file systems take 255, some 143 with encryption; Thai has three a character
EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}$")
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
UNWANTED = ("Cc", "Cf", "Cs", "Co", "Cn")  # control, format, surrogate, private, unassigned
# A cut name must not end in a vowel written before its consonant.
LEADING_VOWELS = "เแโใไ"


def safe_filename(name: str) -> str:
    """``name`` fit for every file system: NFC, Thai marks kept, at most 150 bytes.

    A path is cut to its last part; what Windows refuses becomes a hyphen, any run of white space
    one space; invisible characters go; names that Windows reserves get an underscore. The
    extension is kept, in small letters, however long the name. Never empty: "file".
    """
    name = unicodedata.normalize("NFC", str(name)).replace("\\", "/").rstrip("/")
    name = name.rsplit("/", 1)[-1]
    name = re.sub(r'\s*[<>:"|?*]+\s*', "-", name)
    name = re.sub(r"\s+", " ", name)
    name = "".join(c for c in name if unicodedata.category(c) not in UNWANTED)
    found = EXTENSION.search(name)
    extension = found[0].lower() if found else ""
    stem = name[: found.start()] if found else name
    stem = stem.strip(". -")
    if RESERVED.match(stem):
        stem = f"_{stem}"
    return (_cut(stem, extension).strip(". -") or "file") + extension


def _cut(stem: str, extension: str) -> str:
    """``stem`` shortened between clusters: a letter never loses the marks it carries."""
    kept = stem[: MAX_CHARACTERS - len(extension)]
    while len((kept + extension).encode()) > MAX_BYTES:
        kept = kept[:-1]
    if len(kept) < len(stem):
        if _leans_on_the_letter_before(stem[len(kept)]):
            while kept and _leans_on_the_letter_before(kept[-1]):
                kept = kept[:-1]
            kept = kept[:-1]
        kept = kept.rstrip(LEADING_VOWELS)
    return kept


def _leans_on_the_letter_before(character: str) -> bool:
    return unicodedata.category(character).startswith("M") or character in "ะาำๅ"


@deconstructible
class ThaiNameStorage(FileSystemStorage):
    """Files on disk under names made by ``safe_filename``."""

    def get_valid_name(self, name: str) -> str:
        return safe_filename(name)

    def delete(self, name: str) -> None:
        super().delete(name)
        if is_alone_in_its_folder(name):
            with contextlib.suppress(OSError):
                os.rmdir(os.path.dirname(self.path(name)))


def is_alone_in_its_folder(name: str) -> bool:
    """Whether the folder was made for this one file, as by ``document_upload_to``."""
    return name.count("/") > 1


def document_upload_to(instance: object, filename: str) -> str:
    """The path of a document: a folder of its own, so that two with the same name both keep it."""
    return f"documents/{uuid.uuid4().hex[:8]}/{safe_filename(filename)}"


def image_upload_to(instance: object, filename: str) -> str:
    """The path of an original image; stock Wagtail turns Thai names into underscores."""
    return os.path.join("original_images", safe_filename(filename))
