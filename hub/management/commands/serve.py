"""Runs the whole hub on one machine and keeps it running."""

import os

from django.conf import settings
from django.core.management.base import BaseCommand

from hub.processes.parts import parts
from hub.processes.supervisor import Supervisor


class Command(BaseCommand):
    help = (
        "Runs the server, the worker of background tasks and the schedule until Ctrl-C or SIGTERM. "
        "A part that ends is started again, later after each failure in a row."
    )

    def handle(self, *args, **options):
        os.chdir(settings.BASE_DIR)
        Supervisor(parts()).run()
