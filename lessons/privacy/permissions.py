"""Who works with closed lessons in the editor: members of their organisation, nobody else.

Wagtail asks a permission policy for lists and a tester for each page. Both say no to everybody
outside the organisation but superusers, who administer the machine and can read its database.
"""

from django.conf import settings
from django.contrib.auth.models import Group
from wagtail.models import PagePermissionTester
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy
from wagtail.permission_policies.pages import PagePermissionPolicy


def organisations():
    """The groups that stand for organisations: those that hold no rights over pages."""
    return Group.objects.filter(page_permissions=None).exclude(name=settings.FACILITATORS_GROUP)


def organisations_of(user):
    """The organisations that ``user`` belongs to; a superuser to all."""
    found = organisations()
    return found if user.is_superuser else found.filter(user=user)


def _kept_from(user):
    from lessons.models import LessonPage

    return LessonPage.objects.kept_from(user)


class LessonPermissions(PagePermissionTester):
    """What ``user`` may do with a lesson, as draft or as it is live."""

    def __init__(self, user, page):
        super().__init__(user, page)
        self.is_kept_from_user = _kept_from(user).filter(pk=page.pk).exists()
        if self.is_kept_from_user:
            self.permissions = set()

    @property
    def _is_closed(self):
        """The draft and the row both: what is opened goes the way of every public page."""
        from lessons.privacy import restriction

        return self.page.is_closed and restriction.is_closed_now(self.page)

    def can_edit(self):
        return not self.is_kept_from_user and super().can_edit()

    def can_publish(self):
        """Who writes a closed lesson publishes it for her organisation, without moderators."""
        return not self.is_kept_from_user and (
            super().can_publish() or (self._is_closed and self.can_edit())
        )

    def can_unpublish(self):
        return super().can_unpublish() or (
            self.page.live and self._is_closed and self.can_edit() and not self.page_locked()
        )

    def can_set_view_restrictions(self):
        """The form of a closed lesson says who reads it; Wagtail's dialog could open it."""
        from lessons.privacy import restriction

        return not restriction.is_closed_now(self.page) and super().can_set_view_restrictions()

    def can_lock(self):
        return not self.is_kept_from_user and super().can_lock()

    def can_unlock(self):
        return not self.is_kept_from_user and super().can_unlock()

    def can_view_revisions(self):
        return not self.is_kept_from_user and super().can_view_revisions()


class PagePolicy(PagePermissionPolicy):
    """Wagtail's, without the closed lessons of others."""

    def user_has_any_permission_for_instance(self, user, actions, instance):
        return super().user_has_any_permission_for_instance(user, actions, instance) and not (
            _kept_from(user).filter(pk=instance.pk).exists()
        )

    def instances_user_has_any_permission_for(self, user, actions):
        found = super().instances_user_has_any_permission_for(user, actions)
        return found.exclude(pk__in=_kept_from(user).values("pk"))

    def explorable_instances(self, user):
        return super().explorable_instances(user).exclude(pk__in=_kept_from(user).values("pk"))

    def users_with_any_permission_for_instance(self, actions, instance):
        from lessons.models import LessonPage

        users = super().users_with_any_permission_for_instance(actions, instance)
        keeper = LessonPage.objects.closed().filter(pk=instance.pk).first()
        if keeper is None:
            return users
        return users.filter(groups=keeper.organisation_id) | users.filter(is_superuser=True)


class FilePolicy(CollectionOwnershipPermissionPolicy):
    """Wagtail's for documents and images, without what lies on the shelves of others."""

    def user_has_any_permission_for_instance(self, user, actions, instance):
        from lessons.models import PrivateCollection

        return super().user_has_any_permission_for_instance(user, actions, instance) and not (
            PrivateCollection.kept_from(user).filter(collection=instance.collection_id).exists()
        )

    def instances_user_has_any_permission_for(self, user, actions):
        from lessons.models import PrivateCollection

        found = super().instances_user_has_any_permission_for(user, actions)
        if not user.is_authenticated:
            return found
        return found.exclude(collection__in=PrivateCollection.kept_from(user))

    def collections_user_has_any_permission_for(self, user, actions):
        from lessons.models import PrivateCollection

        found = super().collections_user_has_any_permission_for(user, actions)
        if not user.is_authenticated:
            return found
        return found.exclude(pk__in=PrivateCollection.kept_from(user))
