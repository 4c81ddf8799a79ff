"""Compares the table of the ledger with what the rules make of the evidence."""

from django.core.management.base import BaseCommand, CommandError

from policy.ledger.status_periods import differences, rebuild_all


class Command(BaseCommand):
    help = "Computes every status from its evidence and compares; --rebuild makes the table anew."

    def add_arguments(self, parser):
        parser.add_argument("--rebuild", action="store_true")

    def handle(self, *args, rebuild, **options):
        if rebuild:
            self.stdout.write(f"{rebuild_all()} clauses computed anew.")
            return
        wrong = differences()
        for key, party in wrong:
            self.stdout.write(f"clause {key}, party {party or '(all)'}")
        if wrong:
            raise CommandError(f"{len(wrong)} cells differ; --rebuild mends them.")
        self.stdout.write("Every status is what its evidence says.")
