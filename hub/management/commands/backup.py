"""manage.py backup: writes a backup of the running hub."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hub.backup import backups, database, keys
from hub.backup.places import place_of
from hub.storage.address import WrongAddress


class Command(BaseCommand):
    help = "Writes the database and all uploaded files into one file, while the hub runs."

    def add_arguments(self, parser):
        parser.add_argument("--to", help="a folder or an s3:// address, by default BACKUP_DIR")
        parser.add_argument(
            "--list", action="store_true", help="list the backups that are there, and make none")
        parser.add_argument(
            "--new-key", type=Path, metavar="FILE",
            help="write a secret key to FILE and print the public one, for BACKUP_KEY")

    def handle(self, *, to, list, new_key, **options):
        try:
            if new_key:
                return self._new_key(new_key)
            if not (to or settings.BACKUP_DIR):
                raise CommandError("Where to? Set BACKUP_DIR, or give --to FOLDER.")
            place = place_of(to or settings.BACKUP_DIR)
            if list:
                return self._list(place)
            self._tell(self._create(place))
            if not to:
                backups.thin(place)
        except WrongAddress as error:
            raise CommandError(f"The place of backups cannot be read. {error}.") from error
        except OSError as error:
            raise CommandError(str(error)) from error

    def _create(self, place):
        try:
            return backups.create(place)
        except (OSError, database.DatabaseError, keys.WrongKey) as error:
            raise CommandError(f"No backup was made: {error}") from error

    def _list(self, place):
        for backup in backups.backups_in(place).values():
            self._tell(backup)

    def _tell(self, backup):
        self.stdout.write(f"{backup}  {backup.bytes / 2**20:.1f} MB")

    def _new_key(self, path):
        public = keys.new_identity(path)
        self.stdout.write(
            f"BACKUP_KEY={public}\n"
            f"Keep {path} away from this server, in two places: without it no backup can be read."
        )
