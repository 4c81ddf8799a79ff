"""Builds, checks and repairs the search index, and that of the cluster when there is one."""

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from search.editors.wagtail_backend import has_editors_index
from search.engines.cluster.engine import IndexMismatch
from search.engines.contract import IndexUnavailable
from search.index import cluster, indexer
from search.index.history import History

LOCAL = "local index"


class Command(BaseCommand):
    help = "Builds the search indexes, or brings them up to date with the change log."

    def add_arguments(self, parser):
        group = parser.add_mutually_exclusive_group()
        group.add_argument(
            "--rebuild", action="store_true",
            help="Build new indexes and swap them in.",
        )
        group.add_argument(
            "--check", action="store_true",
            help="Compare the indexes with the database and print what differs.",
        )
        group.add_argument(
            "--repair", action="store_true",
            help="Compare, and index what differs again.",
        )

    def handle(self, *args, rebuild, check, repair, **options):
        if rebuild:
            self.stdout.write(f"{LOCAL}: {indexer.rebuild()} entries indexed.")
            self._editors_index()
            if cluster.cluster():
                self._with_cluster(
                    lambda: self._print_cluster(f"{cluster.rebuild()} entries indexed.")
                )
        elif check or repair:
            self._compare(repair)
        else:
            self._ensure()

    def _ensure(self):
        indexer.ensure_current()
        if not has_editors_index():
            self._editors_index()
        self.stdout.write(f"{LOCAL}: {indexer.engine().count()} entries.")
        target = cluster.cluster()
        if target is None:
            return
        try:
            try:
                target.engine.count()
            except IndexMismatch:
                cluster.rebuild()
            cluster.drain_all()
            self._print_cluster(f"{target.engine.count()} entries.")
        except (IndexUnavailable, TimeoutError) as error:
            # The hub works without it, and keep_schedule tries again.
            self.stderr.write(f"{target}: not available, the local index is used: {error}")

    def _compare(self, repair):
        problem = self._damage(repair)
        differing = [problem] if problem else self._differing(LOCAL, indexer.engine(), repair)
        target = cluster.cluster()
        if target:
            differing += self._with_cluster(lambda: self._compare_cluster(target, repair))
        if differing:
            raise CommandError(" ".join(differing))

    def _damage(self, repair) -> str:
        """A sentence about damaged files, unless they are repaired or there are none."""
        engine = indexer.engine()
        self._print_history(engine)
        try:
            wrong = engine.verify()
        except IndexUnavailable as error:
            wrong = {"the index": str(error)}
        for name, problem in sorted(wrong.items()):
            self.stdout.write(f"{LOCAL}: damaged: {name}: {problem}")
        if not wrong:
            return ""
        if repair:
            self.stdout.write(f"{LOCAL}: {indexer.rebuild()} entries indexed.")
            return ""
        engine.suspect("found damaged by a check")
        return f"{LOCAL}: {len(wrong)} damaged; keep_schedule builds it again, or --repair."

    def _print_history(self, engine):
        for event, last in History(engine.path).read().items():
            times, moment = last.get("times"), last.get("last")
            self.stdout.write(f"{LOCAL}: {event} {times} times, last {moment}")

    def _compare_cluster(self, target, repair):
        try:
            target.engine.count()
        except IndexMismatch:
            if not repair:
                raise
            self._print_cluster(f"{cluster.rebuild()} entries indexed.")
        cluster.drain_all()
        return self._differing(target, target.engine, repair)

    def _differing(self, name, engine, repair) -> list[str]:
        """Print what differs, repair it if wanted; returns a sentence about what still does."""
        found = indexer.difference(engine)
        for problem, keys in (
            ("missing", found.missing), ("only in the index", found.surplus),
            ("differs from the database", found.changed),
        ):
            for key in keys:
                self.stdout.write(f"{name}: {problem}: {key}")
        if found and repair:
            indexer.repair(found, engine)
            found = indexer.difference(engine)
        if not found:
            self.stdout.write(f"{name}: agrees with the database.")
            return []
        return [
            f"{name}: {len(found.missing)} missing, {len(found.surplus)} surplus, "
            f"{len(found.changed)} changed."
        ]

    def _print_cluster(self, text):
        self.stdout.write(f"{cluster.cluster()}: {text}")

    def _with_cluster(self, do):
        try:
            return do()
        except (IndexUnavailable, TimeoutError) as error:
            raise CommandError(f"{cluster.cluster()}: not available: {error}") from error

    def _editors_index(self):
        """Fill the index of the editors' search, as Wagtail does it, model by model."""
        call_command("wagtail_update_index", verbosity=0, chunk_size=500)
