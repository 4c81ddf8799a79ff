"""manage.py health: what the page Health in the admin says, for terminals and monitoring."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from hub.health.findings import State, lines

NAMES = {State.WELL: "well", State.LOOK: "look", State.BROKEN: "BROKEN"}


class Command(BaseCommand):
    help = (
        "Prints what works and what does not, with what to do about it. The exit status is 1 when "
        "something is broken."
    )

    def add_arguments(self, parser):
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES],
                            default="en", help="of what is printed; by default English")

    def handle(self, *, language, **options):
        broken = []
        with override(language):
            for line in lines():
                found = line.finding
                self.stdout.write(f"{NAMES[found.state]:10}  {line.check.title}: {found.says}")
                if found.state != State.WELL and found.advice:
                    self.stdout.write(f"{'':10}  → {found.advice}")
                if found.state == State.BROKEN:
                    broken.append(line.check.name)
        if broken:
            raise CommandError(f"Broken: {', '.join(broken)}")
