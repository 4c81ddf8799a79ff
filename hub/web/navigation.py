"""The frame around every page: the site, its home pages, menu and footer.

The same for every visitor, so it is cached in the process until the change log changes.
"""

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from django.db import DatabaseError
from django.db.models import Min
from django.utils import timezone
from wagtail.models import Page, Site

from hub.access.readers import anybody
from hub.models import OutboxEntry, TextPage


@dataclass(frozen=True)
class Frame:
    """What stands around the pages of one site in one language."""

    homes: dict[str, str] = field(default_factory=dict)  # language → address of the home page
    menu: tuple[tuple[str, str], ...] = ()  # (title, address)
    footer: tuple[tuple[str, str], ...] = ()  # (title, address)
    name: str = ""  # the title of the home page in this language


class _Kept:
    """Values computed under one generation of the change log."""

    def __init__(self):
        self.lock = Lock()
        self.generation, self.values = "", {}

    def get(self, generation, key, make, is_current=None):
        with self.lock:
            if self.generation != generation:
                self.generation, self.values = generation, {}
            values = self.values
        if key not in values or (is_current and not is_current(values[key])):
            values[key] = make()
        return values[key]


_kept = _Kept()


def generation_of(request) -> str:
    """The generation of the change log when ``request`` came in."""
    if not hasattr(request, "_hub_generation"):
        request._hub_generation = OutboxEntry.objects.state()[0]
    return request._hub_generation


def kept(request, key, make, is_current=None):
    """The result of ``make``, computed once per generation of the change log, and again where
    ``is_current(result)`` says that it no longer holds."""
    return _kept.get(generation_of(request), key, make, is_current)


def site_of(request) -> Site | None:
    """The site that ``request`` is for, without asking the database again for each request."""
    if not hasattr(request, "_wagtail_site"):  # where Wagtail itself keeps it
        key = ("site", request.get_host())
        site = _kept.get(generation_of(request), key, lambda: Site.find_for_request(request))
        request._wagtail_site = site
    return request._wagtail_site


def next_expiry_of(request) -> datetime | None:
    """When the next page reaches its expiry: no change row announces that moment."""
    return _kept.get(
        generation_of(request), "next expiry",
        lambda: Page.objects.live().filter(expire_at__gt=timezone.now())
        .aggregate(next=Min("expire_at"))["next"],
    )


def frame_of(request, language) -> Frame:
    """The frame of the site of ``request`` in ``language``; empty when the database is away."""
    try:
        site = site_of(request)
        if site is None:
            return Frame()
        key = ("frame", site.pk, request.get_host(), language)
        return _kept.get(
            generation_of(request), key, lambda: _frame(site, language, request)
        )
    except DatabaseError:
        return Frame()


def _frame(site, language, request) -> Frame:
    homes = {
        home.locale.language_code: home
        for home in site.root_page.get_translations(inclusive=True).live().select_related("locale")
    }
    addresses = {code: home.get_url(request) or "" for code, home in homes.items()}
    home = homes.get(language)
    if home is None:
        return Frame(addresses)
    menu = anybody().readable(home.get_children()).in_menu()
    footer = anybody().readable(TextPage.objects.child_of(home))
    return Frame(
        addresses,
        tuple((page.title, page.get_url(request) or "") for page in menu),
        tuple((page.title, page.get_url(request) or "") for page in footer),
        home.title,
    )
