"""Publishes and expires pages on time, and lets the apps do what is due by the clock."""

import logging
import time

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections, transaction

from hub.jobs.scheduler import Scheduler

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
        while True:
            close_old_connections()
            try:
                # One transaction, so that no page goes live without its audit entry.
                with transaction.atomic():
                    call_command("publish_scheduled", verbosity=0)
                scheduler.run_due(once=once)
            except Exception:
                if once:
                    raise
                # A database that is away now may be back at the next look.
                logger.exception("Publishing on schedule failed; trying again.")
            if once:
                return
            time.sleep(interval)
