"""Runs the whole hub on one machine and keeps it running."""

import os
from contextlib import suppress

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from hub.processes import memory
from hub.processes.parts import parts
from hub.processes.supervisor import Supervisor
from hub.web import schema


class Command(BaseCommand):
    help = (
        "Runs the server, the worker of background tasks and the schedule until Ctrl-C or SIGTERM. "
        "A part that ends is started again, later after each failure in a row."
    )

    def handle(self, *args, **options):
        os.chdir(settings.BASE_DIR)
        with suppress(OperationalError):  # the parts wait for a database that is away
            if complaint := schema.complaint():
                raise CommandError(complaint)
        memory.share()
        Supervisor(parts()).run()
