"""Deleting in the editor what other rows need: refused, as Wagtail refuses what it knows is needed.

Wagtail knows of what its reference index holds; the database knows of the rest.
"""

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from wagtail import hooks
from wagtail.actions import DeleteAction
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction

NEEDED = (models.ProtectedError, models.RestrictedError)


class DeleteUnlessNeeded(DeleteAction):
    def _delete(self):
        try:
            return super()._delete()
        except NEEDED as error:
            raise self.permission_error_class(str(error)) from error


class BulkDeleteUnlessNeeded(DeleteBulkAction):
    @classmethod
    def execute_action(cls, objects, user=None, **kwargs):
        try:
            with transaction.atomic():
                return super().execute_action(objects, user=user, **kwargs)
        except NEEDED as error:
            raise PermissionDenied(str(error)) from error


def register() -> None:
    """Replace Wagtail's actions; of one name, the last registered is used."""
    hooks.register(
        "register_actions", lambda registry: registry.register(models.Model, DeleteUnlessNeeded)
    )
    hooks.register("register_bulk_action", BulkDeleteUnlessNeeded, order=1000)
