"""Deletes old counts of searches."""

from django.core.management.base import BaseCommand

from search.models import SearchCount


class Command(BaseCommand):
    help = (
        "Deletes counts of searches after 13 months, and after 30 days the texts searched for "
        "less than three times."
    )

    def handle(self, *args, **options):
        SearchCount.objects.prune()
