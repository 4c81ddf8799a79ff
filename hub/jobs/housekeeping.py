"""What the base layer does when links are saved and by the clock."""

from django.conf import settings
from django.core.management import call_command
from django.db.models.signals import post_save

from hub.jobs.scheduler import AN_HOUR, every

DATABASE_TASKS = "django_tasks_db.DatabaseBackend"


def _link_saved(sender, instance, raw=False, **kwargs):
    from hub.withdrawals.rules import flag_by_link

    if not raw:
        flag_by_link(instance)


def clear_away() -> None:
    """Sessions that ended and tasks that were done long ago."""
    call_command("clearsessions", verbosity=0)
    if settings.TASKS["default"]["BACKEND"] == DATABASE_TASKS:
        call_command("prune_db_task_results", verbosity=0)


def connect() -> None:
    from hub.models import ChainLink
    from hub.withdrawals.rules import flag_what_was_missed

    post_save.connect(_link_saved, sender=ChainLink)
    every(AN_HOUR, flag_what_was_missed)
    every(AN_HOUR, clear_away)
