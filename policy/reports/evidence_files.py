"""Files that prove something: checked like all uploads; photos made small and without a place."""

import io
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from hub.files.names import safe_filename
from hub.files.validation import MAX_IMAGE_PIXELS, MEGABYTE, validate_document

MAX_BYTES = 20 * MEGABYTE
MAX_JPEG_PIXELS = 60_000_000  # of a phone's photo, which is decoded at a fraction of its size
LONGEST_SIDE = 2048  # pixels that are kept: enough to read a sign or a sheet of paper
PHOTOS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}


def checked(file) -> ContentFile:
    """The file as it is to be kept. Raises ValidationError with a message for who sent it.

    A photo comes out as JPEG, at most 2048 pixels long and without what cameras write into it:
    where it was taken is nobody's business unless it is said in words.
    """
    if file.size > MAX_BYTES:
        raise ValidationError(
            _("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES // MEGABYTE}
        )
    kind = PurePath(file.name).suffix[1:].lower()
    if kind in PHOTOS:
        return _photo(file, PHOTOS[kind])
    try:
        validate_document(file, file.name)
    except ValidationError as error:
        raise ValidationError(error.message_dict["file"]) from error
    return file


def _photo(file, kind) -> ContentFile:
    file.seek(0)
    try:
        with Image.open(file, formats=[kind]) as image:
            most = MAX_JPEG_PIXELS if kind == "JPEG" else MAX_IMAGE_PIXELS
            if image.width * image.height > most:
                raise ValidationError(
                    _("The picture has more than %(limit)s megapixels. Make it smaller first.")
                    % {"limit": most // 10**6}
                )
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG: decodes less
            small = ImageOps.exif_transpose(image).convert("RGB")
            small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    except (ValidationError, MemoryError):
        raise
    except Exception as error:  # Pillow's plugins raise whatever a broken header leads them to
        raise ValidationError(
            _("The picture cannot be read. Take it again, or send another one.")
        ) from error
    kept = io.BytesIO()
    small.save(kept, "JPEG", quality=82)
    name = PurePath(safe_filename(file.name)).stem + ".jpg"
    return ContentFile(kept.getvalue(), name=name)
