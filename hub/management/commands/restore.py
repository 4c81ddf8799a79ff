"""manage.py restore: puts the hub of a backup into DATA_DIR and the database."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from hub.backup import archive, backups, database

NEXT = "Now run `manage.py upgrade` and `manage.py index`, then start the hub."


class Command(BaseCommand):
    help = "Puts the hub of a backup here. No part of the hub may be running meanwhile."

    def add_arguments(self, parser):
        parser.add_argument("backup", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="put the hub that is here aside")

    def handle(self, *, backup, replace, **options):
        try:
            manifest = backups.restore(backup, replace=replace)
        except archive.BackupDamaged as error:
            raise CommandError(f"{error} Nothing was touched.") from error
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
