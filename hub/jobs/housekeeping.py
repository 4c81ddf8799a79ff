"""Signal handlers and jobs of the base layer."""

from django.conf import settings
from django.core.management import call_command
from django.db.models.signals import post_save

from hub.models import ChainLink
from hub.models.clock import deletes_by_age
from hub.withdrawals.rules import flag_by_link

DATABASE_TASKS = "django_tasks_db.DatabaseBackend"


def _link_saved(sender, instance, raw=False, **kwargs):
    if not raw:
        flag_by_link(instance)


@deletes_by_age
def delete_expired() -> None:
    """Delete expired sessions and old results of tasks."""
    call_command("clearsessions", verbosity=0)
    if settings.TASKS["default"]["BACKEND"] == DATABASE_TASKS:
        call_command("prune_db_task_results", verbosity=0)


def connect() -> None:

    post_save.connect(_link_saved, sender=ChainLink)
