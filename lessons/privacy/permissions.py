"""Who may edit a closed lesson: members of its organisation, nobody else.

Superusers are the exception: they administer the machine and can read its database anyway.
"""

from hub.access.choosing import current_request
from hub.access.page_permissions import KnowledgePagePermissions
from hub.models import Organisation
from lessons.privacy import restriction


def organisations_of(user):
    """The organisations that ``user`` belongs to; all of them for a superuser."""
    return Organisation.objects.all() if user.is_superuser else Organisation.objects.of(user)


def hidden_from(user, lessons) -> frozenset[int]:
    """Ids of those of ``lessons`` that are closed to ``user``; all lessons are asked about once in
    a request that changes nothing."""
    request = current_request()
    if request is None or request.method not in ("GET", "HEAD") or request.user != user:
        return frozenset(lessons.hidden_from(user).values_list("pk", flat=True))
    if not hasattr(request, "_hidden_lessons"):
        everything = lessons.model.objects.hidden_from(user)
        request._hidden_lessons = frozenset(everything.values_list("pk", flat=True))
    return request._hidden_lessons


class LessonPermissions(KnowledgePagePermissions):
    """What ``user`` may do with a lesson, considering both the draft and the live row."""

    def __init__(self, user, page):
        super().__init__(user, page)
        this_one = type(page).objects.filter(pk=page.pk)
        self.is_hidden_from_user = page.pk in hidden_from(user, this_one)
        if self.is_hidden_from_user:
            self.permissions = set()

    @property
    def _is_closed(self):
        """Draft and row are both closed: a lesson about to be opened needs a moderator."""
        return self.page.is_closed and restriction.is_closed_in_database(self.page)

    def can_edit(self):
        return not self.is_hidden_from_user and super().can_edit()

    def can_publish(self):
        """Authors publish closed lessons for their organisation without moderators."""
        return not self.is_hidden_from_user and (
            super().can_publish() or (self._is_closed and self.can_edit())
        )

    def can_unpublish(self):
        return super().can_unpublish() or (
            self.page.live and self._is_closed and self.can_edit() and not self.page_locked()
        )

    def can_set_view_restrictions(self):
        """Wagtail's dialog could open a closed lesson; its own form decides who reads it."""
        return (
            not restriction.is_closed_in_database(self.page)
            and super().can_set_view_restrictions()
        )

    def can_lock(self):
        return not self.is_hidden_from_user and super().can_lock()

    def can_unlock(self):
        return not self.is_hidden_from_user and super().can_unlock()

    def can_view_revisions(self):
        return not self.is_hidden_from_user and super().can_view_revisions()
