"""Removes from pictures what their camera wrote beside them: place, time, device, owner, preview.

Phones write where a picture was taken into the file, and Wagtail copies that into every public
size. So pictures are written anew before they are stored: what is not the picture itself is gone,
a second picture behind the first one included. Colours (the ICC profile), transparency, frames and
the orientation stay.
"""

import hashlib
import logging
from io import BytesIO

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.db.models.signals import pre_save
from PIL import Image, ImageSequence
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.users.models import UserProfile

from hub.files.validation import IMAGE_FORMATS, validate_image

logger = logging.getLogger(__name__)
ORIENTATION = 0x0112  # the tag of EXIF
LOSSY_QUALITY = {"WEBP": 90, "AVIF": 80}  # WebP without loss stays without loss


def without_metadata(file, name: str) -> ContentFile:
    """The picture in the binary ``file`` without metadata, called ``name``.

    Raises what Pillow raises for no picture.
    """
    file.seek(0)
    with Image.open(file, formats=sorted(set(IMAGE_FORMATS.values()))) as image:
        if image.format == "MPO":  # several pictures in one JPEG: previews and depth maps
            image.format = "JPEG"
        options = _options(image, file)
        image.info.pop("comment", None)
        written = BytesIO()
        image.save(written, image.format, **options)
    file.seek(0)
    return ContentFile(written.getvalue(), name=name)


def _options(image, file) -> dict:
    options: dict = {"exif": _orientation_of(image), "icc_profile": image.info.get("icc_profile")}
    if image.format == "JPEG":
        # The tables of the original: nothing is compressed again that was not.
        return options | {
            "quality": "keep", "progressive": bool(image.info.get("progressive")), "comment": b"",
        }
    if image.format == "GIF":
        options = {"comment": b""}
    if image.format in LOSSY_QUALITY:
        options |= {"quality": LOSSY_QUALITY[image.format], "xmp": b""}
    if image.format == "WEBP":
        place = file.tell()
        file.seek(0)
        options["lossless"] = b"VP8L" in file.read(64)
        file.seek(place)
    if getattr(image, "n_frames", 1) > 1:
        options |= {"save_all": True, "duration": [
            frame.info.get("duration", 0) for frame in ImageSequence.Iterator(image)]}
        if "loop" in image.info:
            options["loop"] = image.info["loop"]
        image.seek(0)
    return options


def _orientation_of(image) -> bytes:
    orientation = image.getexif().get(ORIENTATION, 1)
    if orientation not in range(2, 9):
        return b""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return exif.tobytes()


def connect() -> None:
    """Store no picture of any model with its metadata. Called when the apps are ready.

    A signal of each model that has pictures, so that Wagtail's own (portraits of editors) and those
    to come pass through it. Public sizes are made of what is stored, and have none.
    """
    for model in apps.get_models():
        if pictures_of(model) and not issubclass(model, AbstractRendition):
            pre_save.connect(_strip_new_pictures, sender=model)
    avatar = UserProfile._meta.get_field("avatar")
    if validate_picture not in avatar.validators:
        avatar.validators.append(validate_picture)


def pictures_of(model) -> list[models.ImageField]:
    """The fields of ``model`` that hold a picture."""
    return [f for f in model._meta.concrete_fields if isinstance(f, models.ImageField)]


def validate_picture(file) -> None:
    """For a form's model field: that a new picture can be read and is not too large."""
    if file and not file._committed:
        try:
            validate_image(file, file.name)
        except ValidationError as error:
            raise error.error_dict["file"][0] from error


def _strip_new_pictures(sender, instance, raw=False, **kwargs):
    for field in pictures_of(sender):
        file = getattr(instance, field.attname)
        if file and not file._committed:
            setattr(instance, field.attname, without_metadata(file, file.name))
            if isinstance(instance, AbstractImage):
                instance._set_image_file_metadata()  # its size and hash


def rewrite_stored(image_model, rendition_model) -> int:
    """Write every stored picture of ``image_model`` without metadata and delete the public sizes
    made of the former ones. Returns how many were written.

    A picture whose file is missing or unreadable is left as it is, and said so in the log.
    """
    written = 0
    for image in image_model.objects.order_by("pk").iterator():
        storage, name = image.file.storage, image.file.name
        try:
            with storage.open(name) as file:
                content = without_metadata(file, name)
        except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises for no picture
            logger.warning("Picture %s was left as it is: %s", image.pk, type(error).__name__)
            continue
        new_name = storage.save(name, content)
        image_model.objects.filter(pk=image.pk).update(
            file=new_name, file_size=content.size,
            file_hash=hashlib.sha1(content.file.getvalue(), usedforsecurity=False).hexdigest(),
        )
        storage.delete(name)
        for rendition in rendition_model.objects.filter(image_id=image.pk):
            rendition.file.storage.delete(rendition.file.name)
            rendition.delete()
        written += 1
    return written
