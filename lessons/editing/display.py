"""Titles of closed lessons where Wagtail shows them without asking anybody.

Lists and reports that ask no policy have a placeholder in the place of the title. Choosers and
links in fields say nothing of what their user may not know: see ``hub.access.form_gate``.
"""

import functools

from django.core import checks
from django.utils.translation import gettext as _
from wagtail.models import Page

from lessons.editing.viewer import may_be_shown


def hide() -> None:
    """Make titles in the admin name closed pages to those only who may see them."""
    get_title = Page.get_admin_display_title
    if _asks_who_looks(get_title):
        return

    @functools.wraps(get_title)
    def title(self):
        return get_title(self) if may_be_shown(self) else placeholder()

    title.asks_who_looks = True
    Page.get_admin_display_title = title


def placeholder() -> str:
    return _("Closed by its organisation")


def _asks_who_looks(method) -> bool:
    return getattr(method, "asks_who_looks", False)


@checks.register()
def titles_are_hidden(app_configs, **kwargs) -> list[checks.Error]:
    """That no page type goes around ``hide``."""
    return [
        checks.Error(
            "Its own get_admin_display_title tells titles of closed lessons to every editor.",
            hint="Call the inherited method.", obj=kind, id="lessons.E001",
        )
        for kind in [Page, *_subclasses(Page)]
        if not _asks_who_looks(kind.get_admin_display_title)
    ]


def _subclasses(kind) -> set[type]:
    found = set(kind.__subclasses__())
    return found.union(*map(_subclasses, found))
