"""Wagtail's permission policies without closed lessons of other organisations and their files.

Wagtail asks a policy for lists in the editor, and the tester in ``lessons.privacy.permissions``
about a single page.
"""

from wagtail.permission_policies.collections import (
    CollectionManagementPermissionPolicy,
    CollectionOwnershipPermissionPolicy,
)
from wagtail.permission_policies.pages import PagePermissionPolicy

from lessons.models import LessonPage, PrivateCollection


class PagePolicy(PagePermissionPolicy):
    """Hides closed lessons from users outside their organisation."""

    def user_has_any_permission_for_instance(self, user, actions, instance):
        return super().user_has_any_permission_for_instance(user, actions, instance) and not (
            LessonPage.objects.hidden_from(user).filter(pk=instance.pk).exists()
        )

    def instances_user_has_any_permission_for(self, user, actions):
        found = super().instances_user_has_any_permission_for(user, actions)
        return found.exclude(pk__in=LessonPage.objects.hidden_from(user).values("pk"))

    def explorable_instances(self, user):
        found = super().explorable_instances(user)
        return found.exclude(pk__in=LessonPage.objects.hidden_from(user).values("pk"))

    def users_with_any_permission_for_instance(self, actions, instance, **kwargs):
        users = super().users_with_any_permission_for_instance(actions, instance, **kwargs)
        lesson = LessonPage.objects.closed().filter(pk=instance.pk).first()
        if lesson is None:
            return users
        members = users.filter(groups__organisation=lesson.organisation_id)
        return members | users.filter(is_superuser=True)


class FilePolicy(CollectionOwnershipPermissionPolicy):
    """For documents and images: hides private collections of other organisations."""

    def user_has_any_permission_for_instance(self, user, actions, instance):
        hidden = PrivateCollection.hidden_from(user)
        return super().user_has_any_permission_for_instance(user, actions, instance) and not (
            hidden.filter(collection=instance.collection_id).exists()
        )

    def instances_user_has_any_permission_for(self, user, actions):
        found = super().instances_user_has_any_permission_for(user, actions)
        if not user.is_authenticated:
            return found
        return found.exclude(collection__in=PrivateCollection.hidden_from(user))

    def collections_user_has_any_permission_for(self, user, actions):
        found = super().collections_user_has_any_permission_for(user, actions)
        if not user.is_authenticated:
            return found
        return found.exclude(pk__in=PrivateCollection.hidden_from(user))


class CollectionPolicy(CollectionManagementPermissionPolicy):
    """Hides private collections of other organisations, whose names are those of organisations."""

    def _check_perm(self, user, actions, collection=None):
        hidden = collection is not None and user.is_authenticated and (
            PrivateCollection.hidden_from(user).filter(collection=collection.pk).exists()
        )
        return not hidden and super()._check_perm(user, actions, collection=collection)

    def instances_user_has_permission_for(self, user, action):
        found = super().instances_user_has_permission_for(user, action)
        return found.exclude(pk__in=PrivateCollection.hidden_from(user))

    def instances_user_has_any_permission_for(self, user, actions):
        found = super().instances_user_has_any_permission_for(user, actions)
        return found.exclude(pk__in=PrivateCollection.hidden_from(user))
