"""Prepares a fresh checkout to be served on a development machine."""

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
        call_command("upgrade", stdout=self.stdout)
        self._step("Languages and static files")
        call_command("compile_catalogues", stdout=self.stdout)
        call_command("collectstatic", verbosity=0, interactive=False)
        # The index first: what is loaded is then indexed like any published page.
        self._step("Search index")
        call_command("index", stdout=self.stdout)
        self._step("Reference data and demonstration content")
        call_command("load_reference", stdout=self.stdout)
        call_command("demonstration", "load", stdout=self.stdout)
        self._step("Sign-ins of this machine (name, password)")
        call_command("demonstration", "users", stdout=self.stdout)

    def _step(self, text):
        self.stdout.write(self.style.MIGRATE_HEADING(text))
        self.stdout.flush()
