"""For the administrator who lost their own device and has no colleague to ask."""

from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from django.core.management.base import BaseCommand, CommandError

from members.second_step.reset import reset_second_step


class Command(BaseCommand):
    help = "Takes away the second step of an account, so that its password alone signs in."

    def add_arguments(self, parser):
        parser.add_argument("name", help="user name or e-mail address")

    def handle(self, name, **options):
        named = get_user_by_username(name)
        users = [named] if named else filter_users_by_email(name)
        if len(users) != 1:
            raise CommandError(f"{len(users)} accounts are named “{name}”.")
        deleted = reset_second_step(users[0])
        self.stdout.write(f"Second steps taken away: {deleted}. All sessions are ended.")
