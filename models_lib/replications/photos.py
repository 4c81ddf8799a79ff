"""Photos of a report: validated, rotated, resized and stripped of metadata such as the location."""

import uuid
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from hub.files.validation import validate_image
from hub.thai.text import typed
from models_lib.models import ReplicationPhoto

# More than the ten megapixels of the editor: phones take larger pictures and cannot resize them.
MAX_PIXELS = 25_000_000
LONGEST_SIDE = 1600  # pixels
QUALITY = 82


def process_photo(file) -> ContentFile:
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


def save_photos(report, files, data) -> tuple[list[str], list[str]]:
    """Save new photos, and change or delete the existing ones, as the form says.

    ``files`` are the files of the request, named ``photo-1`` and so on, ``data`` its posted values.
    Returns error messages, and the alternative texts of photos that were not saved.
    """
    errors, unused_texts = [], []
    for photo in report.photos.all():
        if f"remove-{photo.pk}" in data:
            photo.delete()
        elif f"alt-{photo.pk}" in data:
            photo.alt_text = _clean_text(data[f"alt-{photo.pk}"])
            photo.save()
    room = ReplicationPhoto.MAX_PER_REPORT - report.photos.count()
    for number in range(1, ReplicationPhoto.MAX_PER_REPORT + 1):
        file = files.get(f"photo-{number}")
        unused_texts.append(_clean_text(data.get(f"photo-{number}-alt", "")))
        if file is None:
            continue
        if room <= 0:
            errors.append(
                _("%(name)s: a report has room for %(most)s pictures.")
                % {"name": file.name, "most": ReplicationPhoto.MAX_PER_REPORT}
            )
            continue
        try:
            content = process_photo(file)
        except ValidationError as error:
            errors += [f"{file.name}: {message}" for message in error.messages]
            continue
        ReplicationPhoto.objects.create(report=report, file=content, alt_text=unused_texts.pop())
        room -= 1
    return errors, [text for text in unused_texts if text]


def _clean_text(text) -> str:
    return typed(str(text))[:255]
