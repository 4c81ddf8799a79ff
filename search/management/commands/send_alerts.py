"""Sends the alerts that are due."""

from django.core.management.base import BaseCommand

from search.alerts.subscriptions import send_due


class Command(BaseCommand):
    help = (
        "Writes to those whose saved search has found something new, once a day or a week as they "
        "chose, and forgets alerts that nobody confirmed. May be run at any time, and killed."
    )

    def handle(self, *args, verbosity, **options):
        sent = send_due()
        if verbosity:
            self.stdout.write(f"{sent} letters.")
