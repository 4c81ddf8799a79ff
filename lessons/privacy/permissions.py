"""Who may edit a closed lesson: members of its organisation, nobody else.

Superusers are the exception: they administer the machine and can read its database anyway.
"""

from django.conf import settings
from django.contrib.auth.models import Group
from wagtail.models import PagePermissionTester

from lessons.privacy import restriction


def organisations():
    """The groups that stand for organisations: those without permissions over pages."""
    return Group.objects.filter(page_permissions=None).exclude(name=settings.FACILITATORS_GROUP)


def organisations_of(user):
    """The organisations that ``user`` belongs to; all of them for a superuser."""
    found = organisations()
    return found if user.is_superuser else found.filter(user=user)


class LessonPermissions(PagePermissionTester):
    """What ``user`` may do with a lesson, considering both the draft and the live row."""

    def __init__(self, user, page):
        super().__init__(user, page)
        hidden = type(page).objects.hidden_from(user)
        self.is_hidden_from_user = hidden.filter(pk=page.pk).exists()
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
