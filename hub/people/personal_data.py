"""What the hub holds of a person: who has what, how it is exported and how it is erased.

Each app that keeps something of its users says so by the hook ``register_personal_data``. A
contribution that others build on keeps its text; only who wrote it is forgotten, and ``name_of``
says so.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from hub.hooks import registered


@dataclass(frozen=True)
class PersonalData:
    """What an app holds under ``name``, a plain word that stands in the exported file.

    ``export(user)`` returns it as JSON can say it (dates and decimals too), ``erase(user)``
    deletes it or takes the person out of it. Without ``erase`` it stays as it is: the account
    itself is emptied, so what only points at it shows a former member.
    """

    name: str
    export: Callable
    erase: Callable | None = None


def _all_data() -> list[PersonalData]:
    return [data() for data in registered("register_personal_data")]


def export_of(user) -> dict:
    """All personal data of ``user``, by name."""
    return {data.name: data.export(user) for data in _all_data()}


@transaction.atomic
def erase(user) -> None:
    """Let every app erase its data of ``user``; called before the account itself is emptied."""
    for data in _all_data():
        if data.erase:
            data.erase(user)


def name_of(user) -> str:
    """The name that others read beside what ``user`` wrote; of somebody who left, that they were a
    member. Never a sign-in name: that may be an e-mail address."""
    if user is None or (not user.is_active and not user.get_full_name()):
        return _("a former member")
    return user.get_full_name() or _("a member")


def own_name_of(user) -> str:
    """How the hub addresses ``user`` personally."""
    return user.get_full_name() or user.get_username()
