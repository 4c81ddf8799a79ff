"""What the hub holds of a person: who has what, how it is handed over and how it is erased.

Each app that keeps something of its users registers here when it is loaded. A contribution that
others build on keeps its text; only who wrote it is forgotten, and ``name_of`` says so.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class _Holding:
    export: Callable
    erase: Callable | None


_holdings: dict[str, _Holding] = {}


def register(name, export, erase=None) -> None:
    """Say what an app holds under ``name``, a plain word that stands in the file handed over.

    ``export(user)`` returns it as JSON can say it (dates and decimals too), ``erase(user)``
    deletes it or takes the person out of it. Without ``erase`` it stays as it is: the account
    itself is emptied, so what only points at it shows a former member.
    """
    _holdings[name] = _Holding(export, erase)


def export_of(user) -> dict:
    """All that is held of ``user``, by name."""
    return {name: holding.export(user) for name, holding in _holdings.items()}


@transaction.atomic
def erase(user) -> None:
    """Let every app erase what it holds of ``user``; the account is still whole then."""
    for holding in _holdings.values():
        if holding.erase:
            holding.erase(user)


def name_of(user) -> str:
    """The name that others read beside what ``user`` wrote; of somebody who left, that she was a
    member. Never a sign-in name: that may be an e-mail address."""
    if user is None or (not user.is_active and not user.get_full_name()):
        return _("a former member")
    return user.get_full_name() or _("a member")


def own_name_of(user) -> str:
    """How the hub addresses ``user`` herself."""
    return user.get_full_name() or user.get_username()
