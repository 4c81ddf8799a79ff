"""Slows down who guesses: every check of a password or a code goes through ``guarded``.

Nobody is ever locked out by name alone. What is counted, each by a ``Rule``:

- from a device that signed in to the account before: wrong tries of this device, nothing else;
- from elsewhere: wrong tries on the account from this network; on the account from everywhere, so
  that many addresses guess no faster; and of this network on all accounts.

After ``free`` wrong tries each further one has to wait, longer each time. Waiting is an answer at
once (429), no sleeping thread, and a try that is refused is not counted: hammering does not make
the owner wait longer. Counters are rows of the database, since each process has a cache of its own.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from hub.models.clock import deletes_by_age
from hub.web.client_address import network_of
from members.models import AttemptCounter
from members.sign_in import devices

HOUR = 3600  # seconds
NAMES = 4096  # unknown names share so many counters, so that inventing names fills no table
MOST_COUNTERS = 100_000

Counters = list[tuple[str, "Rule"]]  # keys with their rules


@dataclass(frozen=True)
class Rule:
    """``free`` wrong tries; then waits from ``first`` to ``most`` seconds, doubling with each. What
    is counted halves in ``half_life`` seconds."""

    free: int
    first: int
    most: int
    half_life: int

    @property
    def highest(self) -> int:
        """The level with the longest wait: no counter rises further."""
        return self.free + math.ceil(math.log2(self.most / self.first))

    def wait(self, level: float) -> timedelta:
        """How long after the last wrong try the next one is let through."""
        over = round(level) - self.free
        return timedelta(seconds=min(self.first * 2**over, self.most) if over >= 0 else 0)

    def faded(self, level: float, passed: timedelta) -> float:
        return level * 0.5 ** (max(passed.total_seconds(), 0) / self.half_life)

    def lifetime(self, level: float) -> timedelta:
        """How long ``level`` takes to fade to nothing that counts."""
        return timedelta(seconds=self.half_life * max(math.log2(level / 0.5), 0))


DEVICE = Rule(free=10, first=30, most=900, half_life=6 * HOUR)
PAIR = Rule(free=5, first=30, most=900, half_life=6 * HOUR)
ACCOUNT = Rule(free=20, first=15, most=300, half_life=6 * HOUR)
NETWORK = Rule(free=50, first=15, most=900, half_life=HOUR)


class Throttled(ValidationError):
    """Too many wrong tries: shown in the form, beside what was typed, with the ways in that remain.
    The request remembers ``seconds`` for the middleware, which answers 429."""

    def __init__(self, request: HttpRequest | None, kind: str, seconds: int):
        user = getattr(request, "user", None)
        text = _wait_text(seconds)
        if kind == "password" and (user is None or not user.is_authenticated):
            text = format_html(
                "{} {} <a href='{}'>{}</a>", text,
                gettext("If it is your account: a device on which you signed in before and a "
                        "passkey let you in at once, and so does a new password."),
                reverse("account_reset_password"), gettext("Get a new password by e-mail"))
        super().__init__(text, code="throttled")
        if request is not None:
            request.retry_after = seconds  # type: ignore[attr-defined]


def guarded(request: HttpRequest | None, kind: str, name: str, user: Any,
            check: Callable[[], Any]) -> Any:
    """The result of ``check``, a try by ``kind`` (password, code) to be ``user``, or whoever has
    the typed ``name`` where there is no user. A ``ValidationError`` of it and what is false count
    as wrong. Raises ``Throttled`` in place of checking when it is too early.
    """
    own, shared = _counters(request, kind, name, user)
    with transaction.atomic():
        counted = _locked([own, *shared[:1]])
        now = timezone.now()  # after waiting for tries at the same moment
        counted |= {c.key: c for c in AttemptCounter.objects.filter(key__in=_keys(shared[1:]))}
        waits = [_wait(counted.get(key), rule, now) for key, rule in (own, *shared)]
        if max(waits) > timedelta():
            raise Throttled(request, kind, math.ceil(max(waits).total_seconds()))
        result, error = None, None
        try:
            result = check()
        except ValidationError as wrong:
            error = wrong
        if result and error is None:
            AttemptCounter.objects.filter(key=own[0]).delete()
        else:
            counted |= _locked(shared[1:])  # many share it, so it is held only from here on
            for key, rule in (own, *shared):
                _count_one(counted[key], rule, now)
    if error is not None:
        raise error
    return result


@deletes_by_age
def delete_faded() -> None:
    """Delete the counters that count no more, and the oldest of too many."""
    AttemptCounter.objects.filter(expires_at__lte=timezone.now()).delete()
    oldest = AttemptCounter.objects.order_by("-expires_at").values_list("expires_at", flat=True)
    for until in oldest[MOST_COUNTERS:MOST_COUNTERS + 1]:
        AttemptCounter.objects.filter(expires_at__lte=until).delete()


def _counters(
    request: HttpRequest | None, kind: str, name: str, user: Any
) -> tuple[tuple[str, Rule], Counters]:
    """The counter that a right try clears, and those that others share."""
    account = f"user {user.pk}" if user else f"name {int(_key(name.casefold()), 16) % NAMES}"
    device = devices.known_device(request, user) if request and user else None
    if device:
        return (_key(kind, "device", account, device), DEVICE), []
    network = network_of(request) if request else ""
    pair = (_key(kind, "pair", account, network), PAIR)
    return pair, [(_key(kind, "account", account), ACCOUNT),
                  (_key(kind, "network", network), NETWORK)]


def _key(*what: str) -> str:
    return salted_hmac("members.sign_in.throttle", "|".join(what), algorithm="sha256").hexdigest()


def _keys(counters: Counters) -> list[str]:
    return [key for key, _rule in counters]


def _locked(counters: Counters) -> dict[str, AttemptCounter]:
    """The rows of ``counters``, created where missing and held until the end of the transaction:
    of tries at the same moment each sees the result of the one before."""
    keys, now = sorted(_keys(counters)), timezone.now()
    rows: dict[str, AttemptCounter] = {}
    while len(rows) < len(keys):  # again where a right try has just cleared one
        AttemptCounter.objects.bulk_create(
            [AttemptCounter(key=key, last_at=now, expires_at=now) for key in keys],
            ignore_conflicts=True)
        found = AttemptCounter.objects.select_for_update().filter(key__in=keys).order_by("key")
        rows = {row.key: row for row in found}
    return rows


def _wait(counter: AttemptCounter | None, rule: Rule, now: datetime) -> timedelta:
    wait = rule.wait(counter.level) if counter else timedelta()
    return counter.last_at + wait - now if counter and wait else timedelta()


def _count_one(counter: AttemptCounter, rule: Rule, now: datetime) -> None:
    level = rule.faded(counter.level, now - counter.last_at)
    counter.level, counter.last_at = min(level + 1, rule.highest), now
    counter.expires_at = now + rule.lifetime(counter.level)
    counter.save()


def _wait_text(seconds: int) -> str:
    minutes = math.ceil(seconds / 60)
    if seconds < 60:
        return ngettext(
            "Too many wrong tries. Try again in %(n)s second.",
            "Too many wrong tries. Try again in %(n)s seconds.", seconds) % {"n": seconds}
    return ngettext(
        "Too many wrong tries. Try again in %(n)s minute.",
        "Too many wrong tries. Try again in %(n)s minutes.", minutes) % {"n": minutes}
