"""Load areas, topics, languages and the home pages."""

from django.core.management.base import BaseCommand

from hub.reference.loading import load_reference


class Command(BaseCommand):
    help = "Adds Songkhla's districts, the strategy's topics, both languages and home pages."

    def handle(self, *args, **options):
        added = load_reference()
        self.stdout.write(", ".join(f"{number} {name}" for name, number in added.items()))
