"""Short addresses as URLs."""

from django.urls import reverse
from wagtail.signals import page_published

from courses.models.curriculum_page import CurriculumPage
from courses.models.short_address import ShortAddress
from hub.email.sending import absolute


def short_url(page, version=None) -> str:
    """The absolute short address of ``page``, or of what changed in it since ``version``."""
    code = ShortAddress.objects.for_page(page).code
    args = [code] if version is None else [code, version]
    return absolute(reverse("short_address", args=args))


def current_short_url(page) -> str:
    """The short address with the current version of ``page``, as packs contain it."""
    version = page.current_version
    return short_url(page, version.number if version else None)


def _give_address(sender, instance, **kwargs):
    ShortAddress.objects.for_page(instance)


def connect_signals() -> None:
    """A published page has its short address, so that no reader creates it."""
    page_published.connect(_give_address, sender=CurriculumPage)
