"""Compiles the catalogues without needing gettext's programs on the machine."""

from pathlib import Path

import polib
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.reloader import translation_file_changed


class Command(BaseCommand):
    help = "Makes django.mo from each django.po that is newer."

    def handle(self, *args, **options):
        for folder in settings.LOCALE_PATHS:
            for source in Path(folder).glob("*/LC_MESSAGES/*.po"):
                target = source.with_suffix(".mo")
                if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
                    polib.pofile(str(source)).save_as_mofile(str(target))
                    # What this process does next (index pages, say) speaks the new words.
                    translation_file_changed(self, target)
                    self.stdout.write(f"Compiled {source.parent.parent.name}.")
