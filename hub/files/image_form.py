"""The form of images in the admin and in Wagtail's API: validates before Wagtail decodes.

Wagtail 8.0.1's own field decodes the picture first, so a PNG that was cut short is an OSError
there (and a server error) before the model's ``clean`` is asked.
"""

from django.core.exceptions import ValidationError
from wagtail.images.forms import BaseImageForm

from hub.files.validation import validate_image


class HubImageForm(BaseImageForm):
    """For ``WAGTAILIMAGES_IMAGE_FORM_BASE``."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if field := self.fields.get("file"):
            read_by_wagtail = field.to_python

            def checked(data):
                if data:
                    try:
                        validate_image(data, data.name)
                    except ValidationError as error:
                        raise ValidationError(error.error_dict["file"]) from error
                return read_by_wagtail(data)

            field.to_python = checked
