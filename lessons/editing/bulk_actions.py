"""Wagtail's bulk actions without the closed lessons and private files of other organisations.

Wagtail lists the titles of items that a user may not change; titles of closed lessons are private.
"""

from django.shortcuts import get_list_or_404
from wagtail import hooks
from wagtail.admin.views.pages import bulk_actions as page_actions
from wagtail.documents.views import bulk_actions as document_actions
from wagtail.images.views import bulk_actions as image_actions

from lessons.models import LessonPage, PrivateCollection

PAGE_ACTIONS = [
    page_actions.DeleteBulkAction, page_actions.MoveBulkAction, page_actions.PublishBulkAction,
    page_actions.UnpublishBulkAction,
]
FILE_ACTIONS = [
    document_actions.AddTagsBulkAction, document_actions.AddToCollectionBulkAction,
    document_actions.DeleteBulkAction, image_actions.AddTagsBulkAction,
    image_actions.AddToCollectionBulkAction, image_actions.DeleteBulkAction,
]


def _get_pages(self, model, object_ids):
    hidden = LessonPage.objects.hidden_from(self.request.user).values("pk")
    return get_list_or_404(model.objects.exclude(pk__in=hidden), pk__in=object_ids)


def _get_files(self, model, object_ids):
    hidden = PrivateCollection.hidden_from(self.request.user)
    return get_list_or_404(model.objects.exclude(collection__in=hidden), pk__in=object_ids)


def _subclass(action, get_queryset) -> type:
    """``action`` without what is hidden, neither among its objects nor as destination of a move."""

    class WithoutHidden(action):
        def get_queryset(self, model, object_ids):
            return get_queryset(self, model, object_ids)

        def get_form(self, form_class=None):
            form = super().get_form(form_class)
            if "chooser" in form.fields:
                hidden = LessonPage.objects.hidden_from(self.request.user)
                pages = form.fields["chooser"].queryset
                form.fields["chooser"].queryset = pages.exclude(pk__in=hidden.values("pk"))
            return form

    return WithoutHidden


def register() -> None:
    """Replace Wagtail's actions by subclasses; of one name, the last registered is used."""
    for actions, get_queryset in ((PAGE_ACTIONS, _get_pages), (FILE_ACTIONS, _get_files)):
        for action in actions:
            subclass = _subclass(action, get_queryset)
            hooks.register("register_bulk_action", subclass, order=1000)
