"""Compares the table of status periods with the rules, and looks for doubtful records."""

from django.core.management.base import BaseCommand, CommandError

from policy.ledger.doubtful_records import doubts
from policy.ledger.status_periods import differences, rebuild_all


class Command(BaseCommand):
    help = (
        "Recomputes every status from its evidence and compares; --rebuild rewrites the table. "
        "Lists dates with years of the wrong era and numbers that were given twice."
    )

    def add_arguments(self, parser):
        parser.add_argument("--rebuild", action="store_true")

    def handle(self, *args, rebuild, **options):
        if rebuild:
            self.stdout.write(f"{rebuild_all()} clauses recomputed.")
            return
        for doubt in doubts():
            self.stdout.write(f"{doubt.record} – {doubt.says}")
        wrong = differences()
        for key, party in wrong:
            self.stdout.write(f"clause {key}, party {party or '(all)'}")
        if wrong:
            raise CommandError(f"{len(wrong)} cells differ; --rebuild repairs them.")
        self.stdout.write("Every status matches its evidence.")
