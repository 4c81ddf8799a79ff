"""manage.py restore: puts the hub of a backup into DATA_DIR, STORAGE_URL and the database."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from hub.backup import archive, backups, database, keys, settings_file
from hub.backup.places import find
from hub.storage.address import WrongAddress

KEY = (
    "SECRET_KEY is another here. Set the one in that file first: without it e-mails that wait "
    "cannot be sent, links under way stop working, and everybody signs in again."
)
NEXT = "Now run `manage.py upgrade` and `manage.py index`, then start the hub."


class Command(BaseCommand):
    help = "Puts the hub of a backup here. No part of the hub may be running meanwhile."

    def add_arguments(self, parser):
        parser.add_argument("backup", help="a path, an s3:// address, or a name in BACKUP_DIR")
        parser.add_argument(
            "--identity", default="", metavar="FILE",
            help="the file with the secret key of an encrypted one, by default BACKUP_IDENTITY")
        parser.add_argument(
            "--replace", action="store_true", help="put the hub that is here aside")

    def handle(self, *, backup, identity, replace, **options):
        try:
            found = backups.Backup(*find(backup))
            manifest = backups.restore(found, identity, replace=replace)
        except (archive.BackupDamaged, keys.WrongKey) as error:
            raise CommandError(f"{error} Nothing was touched.") from error
        except WrongAddress as error:
            raise CommandError(f"The address cannot be read. {error}.") from error
        except backups.NotEmpty as error:
            raise CommandError(
                "There is a hub here. With --replace it is put aside first.") from error
        except ValueError as error:
            raise CommandError(
                f"The backup holds {error}: set DATABASE_URL to that kind of database."
            ) from error
        except (OSError, database.DatabaseError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The hub of {manifest['created']} is here. {NEXT}")
        if file := manifest["settings"]:
            self.stdout.write(f"Its settings are in {file}.")
            if settings_file.is_another_key(Path(file)):
                self.stdout.write(KEY)
