"""manage.py verify: are backups, or the uploaded files of the hub, what was stored?"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from hub.backup import archive, stored_files


class Command(BaseCommand):
    help = (
        "Reads the given backups to their end and compares the hashes; without any, compares every "
        "uploaded file of the hub with the size and hash that were stored."
    )

    def add_arguments(self, parser):
        parser.add_argument("backups", nargs="*", type=Path)

    def handle(self, *, backups, **options):
        wrong = list(self._wrong(backups) if backups else stored_files.differences())
        for line in wrong:
            self.stderr.write(line)
        if wrong:
            raise CommandError(f"{len(wrong)} differ.")
        if not backups:
            self.stdout.write("Every uploaded file is what was stored.")

    def _wrong(self, paths):
        for path in paths:
            try:
                manifest = archive.read(path)
            except (OSError, archive.BackupDamaged) as error:
                yield str(error)
            else:
                number = len(manifest["files"])
                self.stdout.write(f"{path.name} is whole: {number} files of {manifest['created']}")
