"""Photos of a report: looked at as the editor's are, then turned upright, made smaller, and rid
of all that a phone writes into them, the place above all."""

import uuid
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from hub.files.validation import validate_image
from hub.thai.text import typed
from models_lib.models import ReplicationPhoto

# Phones take more than the editor's ten megapixels, and nobody can make a picture smaller on one.
MAX_PIXELS = 25_000_000
LONGEST_SIDE = 1600  # pixels
QUALITY = 82


def cleaned(file) -> ContentFile:
    """A JPEG of the uploaded picture, its longest side at most 1600 pixels, without metadata.

    Raises ValidationError on ``file``, as ``hub.files.validation.validate_image`` does.
    """
    validate_image(file, file.name, MAX_PIXELS)
    with Image.open(file) as opened:
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG: reads no more than is needed
        picture = ImageOps.exif_transpose(opened)
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        picture = picture.convert("RGBA")
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    written = BytesIO()
    ground.save(written, "JPEG", quality=QUALITY, optimize=True)
    return ContentFile(written.getvalue(), name=f"{uuid.uuid4().hex}.jpg")


def take_in(report, files, data) -> tuple[list[str], list[str]]:
    """Keep what came with the form: new pictures, words for old ones, and what is taken out.

    ``files`` are those of the request, named ``photo-1`` and so on, ``data`` what was typed beside
    them. Returns what was wrong with pictures, one line each, and the words that found no picture.
    """
    problems, words_left = [], []
    for photo in report.photos.all():
        if f"remove-{photo.pk}" in data:
            photo.delete()
        elif f"alt-{photo.pk}" in data:
            photo.alt_text = _words(data[f"alt-{photo.pk}"])
            photo.save()
    room = ReplicationPhoto.MOST - report.photos.count()
    for number in range(1, ReplicationPhoto.MOST + 1):
        file, words = files.get(f"photo-{number}"), _words(data.get(f"photo-{number}-alt", ""))
        words_left.append(words)
        if file is None:
            continue
        if room <= 0:
            problems.append(
                _("%(name)s: a report has room for %(most)s pictures.")
                % {"name": file.name, "most": ReplicationPhoto.MOST}
            )
            continue
        try:
            content = cleaned(file)
        except ValidationError as error:
            problems += [f"{file.name}: {message}" for message in error.messages]
            continue
        ReplicationPhoto.objects.create(report=report, file=content, alt_text=words_left.pop())
        room -= 1
    return problems, [words for words in words_left if words]


def _words(text) -> str:
    return typed(str(text))[:255]
