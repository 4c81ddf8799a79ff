"""Publishes and expires pages on time."""

import logging
import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections, transaction

from hub.changes import schedule_looked

logger = logging.getLogger(__name__)
DATABASE_TASKS = "django_tasks_db.DatabaseBackend"
A_DAY = 24 * 60 * 60


class Command(BaseCommand):
    help = (
        "Every few seconds, publishes pages whose time has come and takes down expired ones; "
        "brings a search cluster up to date; once a day, clears old sessions and finished tasks "
        "away."
    )

    def add_arguments(self, parser):
        parser.add_argument("--interval", type=float, default=20, help="Seconds between looks.")
        parser.add_argument("--once", action="store_true", help="Look once and end.")

    def handle(self, *args, interval, once, **options):
        cleaned = None
        while True:
            close_old_connections()
            try:
                # One transaction, so that no page goes live without its audit entry.
                with transaction.atomic():
                    call_command("publish_scheduled", verbosity=0)
                if cleaned is None or time.monotonic() - cleaned > A_DAY:
                    cleaned = time.monotonic()
                    call_command("clearsessions", verbosity=0)
                    if settings.TASKS["default"]["BACKEND"] == DATABASE_TASKS:
                        call_command("prune_db_task_results", verbosity=0)
                for receiver, answer in schedule_looked.send_robust(Command, wait=once):
                    if isinstance(answer, Exception):
                        logger.error("%s failed: %r", receiver.__name__, answer)
            except Exception:
                if once:
                    raise
                # A database that is away now may be back at the next look.
                logger.exception("Publishing on schedule failed; trying again.")
            if once:
                return
            time.sleep(interval)
