"""Who works in the editor right now, and which closed lessons and files are hidden from them.

Policies answer about a user that they are given. Where Wagtail shows a page's title without asking
anybody, nobody is given: there, it is the user of the request.
"""

from contextvars import ContextVar

from django.core.signals import request_finished
from django.utils.functional import cached_property
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Collection, Page

from hub.models import HubDocument, HubImage
from lessons.models import LessonPage, PrivateCollection


class Viewer:
    """The user of a request of the editor; what is hidden from them is asked once."""

    def __init__(self, user):
        self.user = user

    @cached_property
    def hidden_pages(self) -> frozenset[int]:
        """Ids of the closed lessons of other organisations."""
        return frozenset(LessonPage.objects.hidden_from(self.user).values_list("pk", flat=True))

    @cached_property
    def hidden_collections(self) -> frozenset[int]:
        """Ids of the private collections of other organisations."""
        return frozenset(
            PrivateCollection.hidden_from(self.user).values_list("collection", flat=True)
        )

    def hidden_ids(self, model, pks) -> set[int]:
        """Those of ``pks`` that are ids of hidden objects of ``model``."""
        if issubclass(model, Page):
            return set(pks) & self.hidden_pages
        if issubclass(model, Collection):
            return set(pks) & self.hidden_collections
        if model in (HubDocument, HubImage) and self.hidden_collections:
            files = model.objects.filter(pk__in=pks, collection__in=self.hidden_collections)
            return set(files.values_list("pk", flat=True))
        if model is Redirect and self.hidden_pages:
            redirects = Redirect.objects.filter(pk__in=pks, redirect_page__in=self.hidden_pages)
            return set(redirects.values_list("pk", flat=True))
        return set()

    def may_see(self, page) -> bool:
        return page.pk not in self.hidden_pages


_viewer: ContextVar[Viewer | None] = ContextVar("viewer", default=None)


def enter(user) -> Viewer:
    """From now until the request is finished, it is ``user`` who looks.

    Not until the response is there: exports are written while they are sent.
    """
    viewer = Viewer(user)
    _viewer.set(viewer)
    return viewer


def may_be_shown(page) -> bool:
    """Whether whoever looks may see ``page``; outside of the editor nobody looks."""
    viewer = _viewer.get()
    return viewer is None or viewer.may_see(page)


def leave(**kwargs) -> None:
    """From now on, nobody looks."""
    _viewer.set(None)


request_finished.connect(leave, dispatch_uid="lessons.editing.viewer")
