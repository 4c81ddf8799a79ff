"""Brings the database to this version of the hub."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from hub import __version__
from hub.backup import backups, database, keys
from hub.backup.places import place_of
from hub.web import schema


class Command(BaseCommand):
    help = (
        "Backs up into BACKUP_DIR where there is something to migrate, migrates, and compares the "
        "database with what this version reads."
    )

    def handle(self, **options):
        backup = self._back_up() if self._has_to_migrate() else None
        try:
            call_command("migrate", verbosity=0, interactive=False)
        except Exception as error:
            raise CommandError(self._what_now(error, backup)) from error
        if complaint := schema.complaint():
            raise CommandError(complaint)
        self.stdout.write(f"The database is of version {__version__}.")

    def _has_to_migrate(self):
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    def _back_up(self):
        """The backup; None where there is nothing to back up, or no place for it."""
        if database.is_empty():
            return None
        if not settings.BACKUP_DIR:
            self.stdout.write("BACKUP_DIR is not set: no backup is made before migrating.")
            return None
        try:
            backup = backups.create(place_of(settings.BACKUP_DIR))
        except (OSError, database.DatabaseError, keys.WrongKey) as error:
            raise CommandError(
                f"No backup could be made, so nothing was migrated: {error}") from error
        self.stdout.write(f"Backed up to {backup}")
        return backup

    @staticmethod
    def _what_now(error, backup):
        back = (
            f" To go back, install the version before and run `manage.py restore {backup.argument} "
            "--replace`." if backup else "")
        return (
            f"Migrating failed: {error}\nThe migration that failed changed nothing, those before "
            "it have run; once the reason is mended, `manage.py upgrade` goes on." + back)
