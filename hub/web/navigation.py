"""The frame around every page: the site, its home pages, menu and footer.

The same for every visitor, so it is cached in the process until the change log changes.
"""

from dataclasses import dataclass, field

from django.db import DatabaseError
from wagtail.models import Locale, Page, Site

from hub.access.readers import anybody
from hub.models import TextPage
from hub.models.generation import kept


@dataclass(frozen=True)
class Frame:
    """What stands around the pages of one site in one language."""

    homes: dict[str, str] = field(default_factory=dict)  # language → address of the home page
    menu: tuple[tuple[str, str], ...] = ()  # (title, address)
    footer: tuple[tuple[str, str], ...] = ()  # (title, address)
    name: str = ""  # the title of the home page in this language


def site_of(request) -> Site | None:
    """The site that ``request`` is for, without asking the database again for each request."""
    if not hasattr(request, "_wagtail_site"):  # where Wagtail itself keeps it
        key = ("site", request.get_host())
        request._wagtail_site = kept(request, key, lambda: _with_root(request))
    return request._wagtail_site


def _with_root(request) -> Site | None:
    site = Site.find_for_request(request)
    if site:
        site.root_page = Page.objects.get(pk=site.root_page_id)  # once for all who share the site
    return site


def locales_of(request) -> dict[int, Locale]:
    """Every locale by its id."""
    return kept(request, "locales", lambda: {locale.pk: locale for locale in Locale.objects.all()})


def frame_of(request, language) -> Frame:
    """The frame of the site of ``request`` in ``language``; empty when the database is away."""
    try:
        site = site_of(request)
        if site is None:
            return Frame()
        key = ("frame", site.pk, request.get_host(), language)
        return kept(request, key, lambda: _frame(site, language, request))
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
