"""Sends the reminders that are due."""

from django.core.management.base import BaseCommand

from policy.reports.reminders import send_due


class Command(BaseCommand):
    help = (
        "E-mails parties whose clauses are soon due or past due without evidence, at most once a "
        "day to each reader. Can be run at any time and interrupted safely."
    )

    def handle(self, *args, verbosity, **options):
        sent = send_due()
        if verbosity:
            self.stdout.write(f"{sent} e-mails.")
