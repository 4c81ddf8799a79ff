"""Sends the alerts that are due."""

from django.core.management.base import BaseCommand

from search.alerts.subscriptions import send_due


class Command(BaseCommand):
    help = (
        "Sends e-mails about new results of saved searches, once a day or a week as chosen, and "
        "deletes alerts that nobody confirmed. May be run, and killed, at any time."
    )

    def handle(self, *args, verbosity, **options):
        sent = send_due()
        if verbosity:
            self.stdout.write(f"{sent} e-mails.")
