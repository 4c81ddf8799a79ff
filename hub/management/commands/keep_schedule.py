"""Publishes and expires pages on time, and lets the apps do what is due by the clock."""

import logging
import signal
import sys
import time

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections, transaction

from hub.jobs.scheduler import Scheduler
from hub.processes import last_seen
from hub.processes.backoff import DATABASE_AWAY
from hub.processes.memory import Growth, give_back

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Every few seconds, publishes pages whose time has come and takes down expired ones, and "
        "lets the apps do what is due: mend what a killed process left, send e-mails, bring a "
        "search cluster up to date, clear old sessions and finished tasks away."
    )

    def add_arguments(self, parser):
        parser.add_argument("--interval", type=float, default=20, help="Seconds between looks.")
        parser.add_argument("--once", action="store_true", help="Look once and end.")

    def handle(self, *args, interval, once, **options):
        scheduler = Scheduler()
        if once:
            self._look(scheduler, once=True)
            return
        ending, growth = _EndBetweenLooks(), Growth()
        while not (ending.asked or growth.is_too_much()):
            with ending:
                try:
                    close_old_connections()
                    self._look(scheduler)
                except DATABASE_AWAY as error:
                    logger.warning(
                        "Publishing on schedule waits for the database (%s); trying again.",
                        str(error).strip(),
                    )
                except Exception as error:
                    logger.exception("Publishing on schedule failed (%s); trying again.", error)
            give_back()
            if not ending.asked:
                time.sleep(interval)

    def _look(self, scheduler, once=False):
        # One transaction, so that no page goes live without its audit entry.
        with transaction.atomic():
            call_command("publish_scheduled", verbosity=0)
        scheduler.run_due(once=once)
        last_seen.note(last_seen.SCHEDULE)


class _EndBetweenLooks:
    """Ctrl-C and SIGTERM end the process at once while it waits, and after the look that it has
    begun; asked twice, at once."""

    def __init__(self):
        self.asked, self.is_looking = 0, False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._end)

    def _end(self, number, frame):
        self.asked += 1
        if not self.is_looking or self.asked > 1:
            sys.exit(0)

    def __enter__(self):
        self.is_looking = True

    def __exit__(self, *error):
        self.is_looking = False
