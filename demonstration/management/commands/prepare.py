"""Everything between a fresh checkout and a hub that can be served on one's own machine."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Migrates, compiles catalogues, collects files, loads the demonstration, indexes."

    def handle(self, *args, **options):
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
        self._step("Database")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_reference", verbosity=0)
        self._step("Languages and static files")
        call_command("compile_catalogues")
        call_command("collectstatic", verbosity=0, interactive=False)
        self._step("Demonstration content")
        call_command("demonstration", "load", stdout=self.stdout)
        self._step("Search index")
        call_command("index", stdout=self.stdout)
        self._step("Sign-ins of this machine (name, password)")
        call_command("demonstration", "users", stdout=self.stdout)

    def _step(self, text):
        self.stdout.write(self.style.MIGRATE_HEADING(text))
        self.stdout.flush()
