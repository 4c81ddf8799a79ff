"""Wagtail's actions on many pages or files at once, without what is kept from who asks.

Wagtail names what somebody has no right to change; of a closed lesson not even the title is told.
"""

from django.shortcuts import get_list_or_404
from wagtail import hooks
from wagtail.admin.views.pages import bulk_actions as of_pages
from wagtail.documents.views import bulk_actions as of_documents
from wagtail.images.views import bulk_actions as of_images

from lessons.models import LessonPage, PrivateCollection

ACTIONS_ON_PAGES = [
    of_pages.DeleteBulkAction, of_pages.MoveBulkAction, of_pages.PublishBulkAction,
    of_pages.UnpublishBulkAction,
]
ACTIONS_ON_FILES = [
    of_documents.AddTagsBulkAction, of_documents.AddToCollectionBulkAction,
    of_documents.DeleteBulkAction, of_images.AddTagsBulkAction,
    of_images.AddToCollectionBulkAction, of_images.DeleteBulkAction,
]


def without_closed_lessons(self, model, object_ids):
    kept = LessonPage.objects.kept_from(self.request.user).values("pk")
    return get_list_or_404(model.objects.exclude(pk__in=kept), pk__in=object_ids)


def without_files_of_others(self, model, object_ids):
    kept = PrivateCollection.kept_from(self.request.user)
    return get_list_or_404(model.objects.exclude(collection__in=kept), pk__in=object_ids)


def register() -> None:
    """Put the actions in the place of Wagtail's; those registered last are taken."""
    for actions, get_queryset in ((ACTIONS_ON_PAGES, without_closed_lessons),
                                  (ACTIONS_ON_FILES, without_files_of_others)):
        for action in actions:
            own = type(action.__name__, (action,), {"get_queryset": get_queryset})
            hooks.register("register_bulk_action", own, order=1000)
