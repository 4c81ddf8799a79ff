"""Putting the pages of a section in order by hand, in the editor's list of them."""

from django.contrib import messages
from django.utils.translation import gettext as _
from wagtail.admin.views.pages.listing import ExplorableIndexView

MOST_IN_ORDER = 200  # rows that are dragged; all of them have to be in one list

_get, _get_valid_orderings = ExplorableIndexView.get, ExplorableIndexView.get_valid_orderings


def _is_too_long(view) -> bool:
    return view.parent_page.numchild > MOST_IN_ORDER


def _get_valid_orderings_of_short_lists(self):
    orderings = _get_valid_orderings(self)
    if _is_too_long(self) and self.sort_order_field in orderings:
        orderings.remove(self.sort_order_field)
    return orderings


def _get_and_explain(self, request, parent_page_id=None):
    response = _get(self, request, parent_page_id)
    asked = request.GET.get("ordering") == self.sort_order_field
    # The message is shown by this response, which is rendered only after this.
    if asked and not self.results_only and hasattr(self, "parent_page") and _is_too_long(self):
        number = self.parent_page.numchild
        messages.warning(request, _(
            "This section has %(number)s pages, too many to be put in order by hand. Up to "
            "%(most)s can be."
        ) % {"number": number, "most": MOST_IN_ORDER})
    return response


def bound_ordering_by_hand() -> None:
    """Wagtail shows all pages of a section in one list to be dragged into order: thousands took
    half a minute and 23 MB. Called once when the hub is ready."""
    ExplorableIndexView.get_valid_orderings = _get_valid_orderings_of_short_lists
    ExplorableIndexView.get = _get_and_explain
