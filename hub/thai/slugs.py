r"""Slugs that keep Thai vowel signs and tone marks.

Django's ``slugify`` and its slug validator know ``\w`` only, and Thai signs above and below the
line are marks (category Mn), not letters: ป่า (forest) and ปา (to throw) become one slug.
"""

import re
import unicodedata

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

THAI_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
SLUG_CHARACTERS = rf"[-\w{THAI_MARKS}]"

validate_thai_slug = RegexValidator(
    rf"^{SLUG_CHARACTERS}+\Z",
    _("Use letters (Thai or Latin), numbers, hyphens and underscores only."),
    "invalid",
)


def slugify_thai(title: str) -> str:
    """Return ``title`` as a slug: NFC, lower case, words joined by hyphens, Thai marks kept."""
    title = unicodedata.normalize("NFC", title).lower()
    title = re.sub(rf"[^\w\s{THAI_MARKS}-]", " ", title)
    return re.sub(r"[-\s_]+", "-", title).strip("-")[:200].strip("-")


def accept_thai_slugs() -> None:
    """Let the slug field of every page take Thai marks; called once when the hub is ready."""
    from wagtail.models import Page

    field = Page._meta.get_field("slug")
    field.default_validators = [validate_thai_slug]
    field.__dict__.pop("validators", None)
