"""Evidence files: checked like all uploads; photos are shrunk and stripped of metadata."""

import io
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from hub.files.names import safe_filename
from hub.files.validation import MAX_IMAGE_PIXELS, MEGABYTE, validate_document

MAX_BYTES = 20 * MEGABYTE
MAX_JPEG_PIXELS = 60_000_000  # JPEG is decoded at a fraction of its size, so more are allowed
MAX_SIDE_PIXELS = 2048  # of stored photos: enough to read a sign or a sheet of paper
PHOTO_FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}


def clean_evidence_file(file) -> ContentFile:
    """The file as it is stored. Raises ValidationError with a message for the sender.

    Photos become JPEG of at most 2048 × 2048 pixels without metadata, which may contain the place
    and time of the photo.
    """
    if file.size > MAX_BYTES:
        raise ValidationError(
            _("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES // MEGABYTE}
        )
    extension = PurePath(file.name).suffix[1:].lower()
    if extension in PHOTO_FORMATS:
        return _shrink_photo(file, PHOTO_FORMATS[extension])
    try:
        validate_document(file, file.name)
    except ValidationError as error:
        raise ValidationError(error.message_dict["file"]) from error
    return file


def _shrink_photo(file, image_format) -> ContentFile:
    file.seek(0)
    try:
        with Image.open(file, formats=[image_format]) as image:
            max_pixels = MAX_JPEG_PIXELS if image_format == "JPEG" else MAX_IMAGE_PIXELS
            if image.width * image.height > max_pixels:
                raise ValidationError(
                    _("The picture has more than %(limit)s megapixels. Make it smaller first.")
                    % {"limit": max_pixels // 10**6}
                )
            image.draft("RGB", (MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))  # JPEG: decodes less
            small = ImageOps.exif_transpose(image).convert("RGB")
            small.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
    except (ValidationError, MemoryError):
        raise
    except Exception as error:  # Pillow's plugins raise all kinds of errors on broken headers
        raise ValidationError(
            _("The picture cannot be read. Take it again, or send another one.")
        ) from error
    content = io.BytesIO()
    small.save(content, "JPEG", quality=82)
    name = PurePath(safe_filename(file.name)).stem + ".jpg"
    return ContentFile(content.getvalue(), name=name)
