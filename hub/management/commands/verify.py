"""manage.py verify: are backups, or the uploaded files of the hub, what was stored?"""

from django.core.management.base import BaseCommand, CommandError

from hub.backup import archive, backups, keys, stored_files
from hub.backup.places import find
from hub.storage.address import WrongAddress


class Command(BaseCommand):
    help = (
        "Reads the given backups to their end and compares the hashes; without any, compares every "
        "uploaded file of the hub with the size and hash that were stored."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "backups", nargs="*", help="paths, s3:// addresses, or names in BACKUP_DIR")
        parser.add_argument(
            "--identity", default="", metavar="FILE",
            help="the file with the secret key of encrypted ones, by default BACKUP_IDENTITY")

    def handle(self, *, backups, identity, **options):
        wrong = list(self._wrong(backups, identity) if backups else stored_files.differences())
        for line in wrong:
            self.stderr.write(line)
        if wrong:
            raise CommandError(f"{len(wrong)} differ.")
        if not backups:
            self.stdout.write("Every uploaded file is what was stored.")

    def _wrong(self, texts, identity):
        for text in texts:
            try:
                backup = backups.Backup(*find(text))
                manifest = backups.verify(backup, identity)
            except (archive.BackupDamaged, keys.WrongKey) as error:
                yield f"{backup.name}: {error}"
            except (OSError, WrongAddress) as error:
                yield str(error)
            else:
                number, time = len(manifest["files"]), manifest["created"]
                self.stdout.write(f"{backup.name} is whole: {number} files of {time}")
