"""Sends the reminders that are due."""

from django.core.management.base import BaseCommand

from policy.reports.reminders import send_due


class Command(BaseCommand):
    help = (
        "Writes to parties whose clauses are soon due or past due without evidence, at most one "
        "letter a day to each reader. May be run at any time, and killed."
    )

    def handle(self, *args, verbosity, **options):
        sent = send_due()
        if verbosity:
            self.stdout.write(f"{sent} letters.")
