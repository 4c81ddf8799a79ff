"""The site's history without the names of closed lessons, their files, collections and redirects.

An entry keeps the title that its object had, and Wagtail shows it to whoever works with objects of
its kind. What is gone cannot be asked whether it was closed: its entries stay with those who made
them. Existing pages are the business of the policy of pages.
"""

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Q
from django.db.models.functions import Cast
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Collection, Page, PageLogEntry
from wagtail.models.audit_log import BaseLogEntryManager
from wagtail.models.pages import PageLogEntryManager

from hub.models import HubDocument, HubImage
from lessons.models import LessonPage, PrivateCollection

# Model → the field of its rows that says whose they are, and what must not be in it.
HIDDEN_BY = {
    HubDocument: ("collection", PrivateCollection.hidden_from),
    HubImage: ("collection", PrivateCollection.hidden_from),
    Collection: ("pk", PrivateCollection.hidden_from),
    Redirect: ("redirect_page", lambda user: LessonPage.objects.hidden_from(user).values("pk")),
}


def hide() -> None:
    """Make Wagtail's history and its filters leave out what is hidden from their user."""
    for manager, narrow in ((BaseLogEntryManager, _of_objects), (PageLogEntryManager, _of_pages)):
        manager.viewable_by_user = _narrowed(manager.viewable_by_user, narrow)


def _narrowed(viewable_by_user, narrow):
    def viewable_by_who_may_know(self, user):
        found = viewable_by_user(self, user)
        return found if user.is_active and user.is_superuser else narrow(found, user)

    return viewable_by_who_may_know


def _of_pages(found, user):
    kinds = ContentType.objects.get_for_models(LessonPage, Page).values()
    lessons = Q(content_type__in=kinds)
    return found.filter(~lessons | Q(page__in=Page.objects.values("pk")) | Q(user=user))


def _of_objects(found, user):
    if issubclass(found.model, PageLogEntry):
        return found
    for model, (field, hidden_from) in HIDDEN_BY.items():
        known = model.objects.exclude(**{f"{field}__in": hidden_from(user)})
        found = found.filter(
            ~Q(content_type=ContentType.objects.get_for_model(model))
            | Q(object_id__in=_ids(known))
            | (Q(user=user) & ~Q(object_id__in=_ids(model.objects.all())))
        )
    return found


def _ids(objects):
    """Ids as the log has them."""
    return objects.annotate(id_as_text=Cast("pk", CharField())).values("id_as_text")
