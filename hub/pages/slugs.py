"""Slugs of pages with Thai vowel signs and tone marks, which Django's and Wagtail's refuse."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from hub.thai.slugs import SLUG_CHARACTERS

validate_thai_slug = RegexValidator(
    rf"^{SLUG_CHARACTERS}+\Z",
    _("Use letters (Thai or Latin), numbers, hyphens and underscores only."),
    "invalid",
)


def accept_thai_slugs() -> None:
    """Let the slug field of every page take Thai marks; called once when the hub is ready."""
    field = Page._meta.get_field("slug")
    field.default_validators = [validate_thai_slug]
    field.__dict__.pop("validators", None)
