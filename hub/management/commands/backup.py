"""manage.py backup: writes a backup of the running hub."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hub.backup import backups, database


class Command(BaseCommand):
    help = "Writes the database and all uploaded files into one file, while the hub runs."

    def add_arguments(self, parser):
        parser.add_argument("--to", type=Path, help="the folder, by default BACKUP_DIR")

    def handle(self, *, to, **options):
        folder = to or settings.BACKUP_DIR
        if not folder:
            raise CommandError("Where to? Set BACKUP_DIR, or give --to FOLDER.")
        try:
            path = backups.create(Path(folder))
        except (OSError, database.DatabaseError) as error:
            raise CommandError(f"No backup was made: {error}") from error
        if not to:
            backups.thin(Path(folder))
        self.stdout.write(f"{path}  {path.stat().st_size / 2**20:.1f} MB")
