"""Wagtail's list of redirects without those that lead to closed lessons of other organisations.

A redirect is made whenever a page gets another address, so its old one tells the title.
"""

from django.urls import path
from wagtail.contrib.redirects.views import IndexView

from lessons.models import LessonPage


class RedirectList(IndexView):
    def get_base_queryset(self):
        hidden = LessonPage.objects.hidden_from(self.request.user)
        return super().get_base_queryset().exclude(redirect_page__in=hidden.values("pk"))


def addresses() -> list:
    """In the place of Wagtail's own, which come later in the editor's list of addresses."""
    return [
        path("redirects/", RedirectList.as_view(), name="lesson_redirects"),
        path("redirects/results/", RedirectList.as_view(results_only=True),
             name="lesson_redirects_results"),
    ]
