"""Look after the search index."""

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from search import indexer
from search.wagtail_backend import has_editors_index


class Command(BaseCommand):
    help = "Builds the search index, or brings it up to date with the change log."

    def add_arguments(self, parser):
        group = parser.add_mutually_exclusive_group()
        group.add_argument(
            "--rebuild", action="store_true",
            help="Build the index anew beside the old one and swap it in.",
        )
        group.add_argument(
            "--check", action="store_true",
            help="Compare the index with the database and print what differs.",
        )
        group.add_argument(
            "--repair", action="store_true",
            help="Compare, and take what differs into the index anew.",
        )

    def handle(self, *args, rebuild, check, repair, **options):
        if rebuild:
            self.stdout.write(f"{indexer.rebuild()} entries indexed.")
            self._editors_index()
        elif check or repair:
            found = indexer.difference()
            self._tell(found)
            if found and repair:
                indexer.repair(found)
                found = indexer.difference()
            if found:
                raise CommandError(
                    f"{len(found.missing)} missing, {len(found.surplus)} surplus, "
                    f"{len(found.changed)} changed."
                )
            self.stdout.write("The index agrees with the database.")
        else:
            indexer.ensure()
            if not has_editors_index():
                self._editors_index()
            self.stdout.write(f"{indexer.engine().count()} entries in the index.")

    def _tell(self, found):
        for key in found.missing:
            self.stdout.write(f"missing in the index: {key}")
        for key in found.surplus:
            self.stdout.write(f"only in the index: {key}")
        for key in found.changed:
            self.stdout.write(f"held otherwise than the database has it: {key}")

    def _editors_index(self):
        """The index of the editor's search, which Wagtail fills model by model."""
        call_command("wagtail_update_index", verbosity=0, chunk_size=500)
