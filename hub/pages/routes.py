"""Addresses below a page that are answered by views of a room above the models.

Models import no views: when its app is ready, a room registers its routes on the page type, and
Wagtail's ``RoutablePageMixin`` finds them there as if the class had declared them.
"""

from collections.abc import Callable

from django.http import HttpResponse
from wagtail.contrib.routable_page.models import RoutablePageMixin, path

View = Callable[..., HttpResponse]  # view(request, page, **what the pattern captures)


def register_route(
    page_type: type[RoutablePageMixin], pattern: str, view: View, name: str
) -> None:
    """Have ``view(request, page, **kwargs)`` answer ``<page>/<pattern>`` for ``page_type``.

    ``pattern`` is Django's path syntax. ``name`` is what ``page.reverse_subpage`` takes; a type
    that inherits from ``page_type`` may register its own view under the same name.
    """

    def route(page, request, **kwargs):
        return view(request, page, **kwargs)

    route.__name__ = route.__qualname__ = f"{name}_route"
    route.__doc__ = view.__doc__
    setattr(page_type, route.__name__, path(pattern, name=name)(route))
