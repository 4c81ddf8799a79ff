"""Loads or removes the demonstration, or creates its users."""

import os
import secrets
from importlib.util import find_spec

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError

from demonstration import closed_lessons, course_runs
from demonstration.loader import Loader, remove
from policy.models import VERIFIERS, Party

USERS = {
    "admin": None, "editor": "Editors", "moderator": "Moderators",
    "facilitator": settings.FACILITATORS_GROUP, "verifier": VERIFIERS, "reporter": "",
    "member": "",
}
PARTY_OF_REPORTER = "tao-example"


class Command(BaseCommand):
    help = "load: create the pages; remove: delete them; users: create accounts to try with."

    def add_arguments(self, parser):
        parser.add_argument("action", choices=["load", "remove", "users"])

    def handle(self, *args, action, **options):
        getattr(self, action)()

    def load(self):
        if find_spec("pptx") is None:
            raise CommandError(
                "The demonstration needs more packages: pip install --require-hashes "
                "-r requirements-demonstration.txt"
            )
        for line in Loader().load():
            self.stdout.write(line)

    def remove(self):
        self.stdout.write(f"{remove()} pages removed.")

    def users(self):
        if not settings.DEVELOPMENT:
            raise CommandError("Demonstration users are created on development machines only.")
        path = settings.DATA_DIR / "demonstration-users.txt"
        users = get_user_model().objects
        lines = []
        for name, group in USERS.items():
            if users.filter(username=name).exists():
                continue
            password = secrets.token_urlsafe(9)
            is_admin = group is None
            user = users.create_user(
                name, f"{name}@example.org", password, is_superuser=is_admin, is_staff=is_admin
            )
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
            if group:
                user.groups.add(Group.objects.get(name=group))
            elif name == "reporter":
                user.parties.set(Party.objects.filter(organisation__slug=PARTY_OF_REPORTER))
            if name == "editor":
                closed_lessons.join(user)
            if name in ("facilitator", "member"):
                course_runs.join(user)
            lines.append(f"{name}  {password}")
        if lines:
            with os.fdopen(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "a") as f:
                f.write("\n".join(lines) + "\n")
        if path.exists():
            self.stdout.write(path.read_text().strip())
