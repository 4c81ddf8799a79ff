"""Which copy a reader holds: as she says, by the manifest in it, or as a member's page keeps it."""

import hashlib
import json

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from courses.models import CourseCopy, PackEdition
from courses.models.short_address import ShortAddress
from hub.files.http_ranges import is_beginning

MOST_BYTES = 4 * 1024 * 1024  # a manifest of 400 files has a twentieth of it


def identify(page, content: bytes, user_may_facilitate) -> tuple[int, PackEdition | None]:
    """The version of ``page`` that the manifest ``content`` is of, and its edition if known.

    Raises ValidationError, in words for the reader, where it is no manifest of a published version
    of this course. Nothing of what the file says is taken over.
    """
    digest = hashlib.sha256(content).hexdigest()
    editions = page.pack_editions.filter(digest=digest).exclude(version=0)
    if not user_may_facilitate:
        editions = editions.filter(for_facilitators=False)
    if edition := editions.first():
        return edition.version, edition
    try:
        said = json.loads(content.decode("utf-8-sig"))
        version, address = said["version"], said["curriculum"]["short_address"]
        code = address.partition("/c/")[2].partition("/")[0]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValidationError(_(
            "This is not the file manifest.json of a course pack. It lies in the first folder of "
            "the pack."
        )) from None
    if code != ShortAddress.objects.of(page).code:
        raise ValidationError(_("This file belongs to another course."))
    is_number = isinstance(version, int) and not isinstance(version, bool)
    if not is_number or not page.published_versions.filter(number=version).exists():
        raise ValidationError(_("The hub does not know the version that this file names."))
    return version, None


def remember(request, page, files, response) -> None:
    """Keep for the member of ``request`` that she took the pack ``files`` home.

    Only when ``response`` sends it, or its first part; not when it goes on or was kept already.
    """
    if request.user.is_authenticated and is_beginning(request, response):
        edition = page.pack_editions.filter(digest=files[0].sha256).last()
        if edition:
            CourseCopy.objects.update_or_create(
                user=request.user, page_id=page.pk, defaults={"edition": edition}
            )


def is_newer(copy, user_may_facilitate) -> bool:
    """Whether the course has changed since ``copy``, as packs have been made of it until now."""
    version = copy.page.current_version
    return copy.edition.version != (version.number if version else 0) or (
        copy.page.pack_editions.filter(
            for_facilitators=user_may_facilitate, pk__gt=copy.edition_id).exists()
    )


def since_copy(copy) -> str:
    """The address that tells what changed since ``copy``."""
    return f"{copy.page.url}since/{copy.edition.version}/?copy={copy.edition.code}"
