"""Which copy of a course a reader has: identified by its manifest, or recorded for a member."""

import hashlib
import json

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from courses.models import PackEdition
from courses.models.short_address import ShortAddress

MAX_MANIFEST_BYTES = 4 * 1024 * 1024  # twenty times that of a pack with 400 files


def identify(page, content: bytes, user_may_facilitate) -> tuple[int, PackEdition | None]:
    """The version of ``page`` that the manifest ``content`` is of, and its edition if known.

    Raises ValidationError, with a message for the reader, if it is no manifest of a published
    version of this course. Nothing in the file is stored.
    """
    digest = hashlib.sha256(content).hexdigest()
    editions = page.pack_editions.filter(digest=digest).exclude(version=0)
    if not user_may_facilitate:
        editions = editions.filter(for_facilitators=False)
    if edition := editions.first():
        return edition.version, edition
    try:
        manifest = json.loads(content.decode("utf-8-sig"))
        version, address = manifest["version"], manifest["curriculum"]["short_address"]
        code = address.partition("/c/")[2].partition("/")[0]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValidationError(_(
            "This is not the file manifest.json of a course pack. It lies in the first folder of "
            "the pack."
        )) from None
    if code != ShortAddress.objects.for_page(page).code:
        raise ValidationError(_("This file belongs to another course."))
    is_number = isinstance(version, int) and not isinstance(version, bool)
    if not is_number or not page.published_versions.filter(number=version).exists():
        raise ValidationError(_("The hub does not know the version that this file names."))
    return version, None


def is_outdated(copy, user_may_facilitate) -> bool:
    """Whether the course has a newer version or pack than ``copy``."""
    version = copy.page.current_version
    return copy.edition.version != (version.number if version else 0) or (
        copy.page.pack_editions.filter(
            for_facilitators=user_may_facilitate, pk__gt=copy.edition_id).exists()
    )


def changes_url(copy) -> str:
    """The address that shows what changed since ``copy``."""
    return f"{copy.page.url}since/{copy.edition.version}/?copy={copy.edition.code}"
