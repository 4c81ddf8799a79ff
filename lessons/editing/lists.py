"""Lists of Wagtail's that ask no policy, without closed lessons of other organisations.

A redirect is made whenever a page gets another address, so its old one tells the title. The report
on locked pages has, beside what the user may change, whatever they once locked.
"""

from wagtail.admin.views.reports.locked_pages import LockedPagesView
from wagtail.contrib.redirects.views import IndexView as RedirectsView

from lessons.models import LessonPage

# View → the field of its rows that is the page.
LISTS = {LockedPagesView: "pk", RedirectsView: "redirect_page"}


def hide() -> None:
    """Take hidden pages out of what each of the views lists, finds and exports."""
    for view, field in LISTS.items():
        view.get_base_queryset = _without_hidden(view.get_base_queryset, field)


def _without_hidden(get_base_queryset, field):
    def base_queryset(self):
        hidden = LessonPage.objects.hidden_from(self.request.user).values("pk")
        return get_base_queryset(self).exclude(**{f"{field}__in": hidden})

    return base_queryset
