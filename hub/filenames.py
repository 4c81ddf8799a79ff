"""File names that keep Thai vowel signs and tone marks on their way to disk and back.

Django's ``get_valid_filename`` drops every character that is not ``\\w``, and Thai signs above
and below the line are marks, not letters: คู่มือ becomes คมอ.
"""

import os
import re
import unicodedata

from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

MAX_CHARACTERS = 80  # FileField's max_length of 100 less the folder and a suffix
MAX_BYTES = 200  # file systems take 255 bytes; a Thai character has three
RESERVED = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)),
            *(f"lpt{n}" for n in range(10))}


def safe_filename(name: str) -> str:
    """Return ``name`` fit for every file system: NFC, Thai marks kept.

    Path separators, control and format characters and those that Windows refuses become hyphens;
    names that Windows reserves get an underscore; the extension is kept when the name is cut.
    """
    name = unicodedata.normalize("NFC", str(name)).replace("\\", "/").rsplit("/", 1)[-1]
    name = re.sub(r'[<>:"|?*\s]+', "-", name)
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
    name = name.strip(". -")
    stem, extension = os.path.splitext(name)
    if stem.lower() in RESERVED:
        stem = f"_{stem}"
    stem = stem[: MAX_CHARACTERS - len(extension)]
    while len((stem + extension).encode()) > MAX_BYTES:
        stem = stem[:-1]
    # A cut must not leave a mark's base character without it: Thai marks follow their base, so
    # cutting before a mark only drops marks; drop the bare base as well would change the word.
    return (stem.rstrip(". ") or "file") + extension.lower()


@deconstructible
class ThaiNameStorage(FileSystemStorage):
    """Files on disk under names made by ``safe_filename``."""

    def get_valid_name(self, name):
        return safe_filename(name)

    def generate_filename(self, filename):
        folder, name = os.path.split(str(filename).replace("\\", "/"))
        return os.path.join(os.path.normpath(folder) if folder else "", self.get_valid_name(name))


def image_upload_to(instance, filename: str) -> str:
    """Where an original image goes; stock Wagtail would turn its Thai name into underscores."""
    return os.path.join("original_images", safe_filename(filename))
