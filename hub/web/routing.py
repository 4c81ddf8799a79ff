"""Finds the page at an address, and serves it.

Wagtail goes down the tree a page at a time, in two queries each, and asks for the pages above once
more for each thing it wants to know of them. Here the line of pages is found in one query, and
kept on the page.
"""

import copy

from django.http import Http404
from wagtail import views as wagtail_views
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.models import Page
from wagtail.url_routing import RouteResult

from hub.models.generation import kept
from hub.web.navigation import locales_of, site_of

MOST_LEVELS = 40  # of an address that are looked for as pages at once


def serve(request, path):
    """Wagtail's view of pages."""
    try:
        request._wagtail_route_for_request = route_of(request, path)
    except Http404:
        request._wagtail_route_for_request = None
    return wagtail_views.serve(request, path)


def route_of(request, path) -> RouteResult | None:
    """The page at ``path`` in the language of ``request``; None where there is no site.

    Raises Http404.
    """
    site = site_of(request)
    if site is None:
        return None
    key = ("root page", site.pk)
    # Each request has its own: pages remember what was asked of them.
    root = copy.copy(kept(request, key, lambda: copy.copy(site.root_page).localized.specific))
    components = [component for component in path.split("/") if component]
    line = _line(root, components)
    page = line[-1].specific
    page.pages_above = line[:-1]
    if len(line) > 1:
        page._cached_parent_obj = line[-2]  # where treebeard keeps it
    locales = locales_of(request)
    if page.locale_id in locales:
        page.locale = locales[page.locale_id]
    return page.route(request, components[len(line) - 1 :])


def _line(root, components) -> list[Page]:
    """The pages from ``root`` down to the one that answers at the address, or to the last there is.

    ``components`` are the parts of the address below ``root``.
    """
    if not components:
        return [root]
    below = Page.objects.filter(
        slug__in=components[:MOST_LEVELS], path__startswith=root.path,
        depth__range=(root.depth + 1, root.depth + len(components)),
    )
    found = {(page.path[: -Page.steplen], page.slug): page for page in below}
    line = [root]
    for number, slug in enumerate(components):
        if number and _has_route(line[-1], components[number:]):
            break
        page = found.get((line[-1].path, slug))
        if page is None:
            break
        line.append(page)
    return line


def _has_route(page, components) -> bool:
    """Whether ``page`` itself answers at the address that ``components`` are the rest of."""
    if not page.live or not issubclass(page.specific_class or Page, RoutablePageMixin):
        return False
    try:
        page.specific_deferred.resolve_subpage("/" + "/".join(components) + "/")
    except Http404:
        return False
    return True
