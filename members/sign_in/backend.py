"""The one gate for passwords: whoever calls ``django.contrib.auth.authenticate`` passes here."""

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from django.contrib.auth.hashers import make_password

from members.sign_in.throttle import guarded

LONGEST_NAME = 254


class AccountBackend(AuthenticationBackend):
    """Finds accounts by name or e-mail address, and computes the hash of a password just as often
    for an account that exists as for one that does not: once."""

    def authenticate(self, request, username=None, password=None, email=None, **credentials):
        typed = [name.strip()[:LONGEST_NAME] for name in (username, email) if name]
        if not typed or not password:
            return None
        users = _users(typed)

        def check():
            for user in users:
                if self._check_password(user, password):
                    return user
            if not users:
                make_password(password)
            return None

        return guarded(request, "password", typed[0], users[0] if users else None, check)


def _users(typed: list[str]) -> list:
    """The accounts that ``typed`` may mean; several only where they share an e-mail address."""
    found = {}
    for name in dict.fromkeys(typed):
        if "\0" in name:
            continue
        if "@" in name:
            found |= {u.pk: u for u in filter_users_by_email(
                name, prefer_verified=True, for_login=True)}
        if user := get_user_by_username(name):
            found[user.pk] = user
    return [found[pk] for pk in sorted(found)]
