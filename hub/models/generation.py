"""What is the same for everybody, computed when something changed instead of at each visit.

Each process keeps it under the generation of the change log that it was computed in. In a later
generation it stays where everything that it was made of would be read the same.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Page

from hub.models.outbox_entry import OutboxEntry, State
from hub.models.reads import Reads, note, noted_part, unnoted

MOST_VALUES = 2_000
MAX_AGE = timedelta(minutes=1)  # for changes that write no outbox entry
SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")


@dataclass
class _Value:
    value: Any
    reads: Reads  # what it was made of
    generation: str  # in which it was made, or the last in which that was still so
    until: datetime


class _Kept:
    """The values that were asked for last."""

    def __init__(self):
        self.lock = Lock()
        self.values: OrderedDict[Any, _Value] = OrderedDict()
        self.until: datetime | None = None  # the next moment at which everything is forgotten

    def get(self, generation, key, make, is_current=None):
        found = self._found(key)
        if found and (
            found.generation == generation or found.reads.would_be_made_again(generation)
        ):
            found.generation = generation
            if not is_current or is_current(found.value):
                note(found.reads)
                return found.value
        with noted_part() as reads:
            made = make()
        note(reads)
        with self.lock:
            self.values[key] = _Value(made, reads, generation, timezone.now() + MAX_AGE)
            while len(self.values) > MOST_VALUES:
                self.values.popitem(last=False)
        return made

    def found(self, generation, key):
        """What is kept of ``generation``, or None."""
        found = self._found(key)
        return found.value if found and found.generation == generation else None

    def _found(self, key):
        now = timezone.now()
        with self.lock:
            if self.until and self.until <= now:
                self.values.clear()
                self.until = None
            found = self.values.get(key)
            if found is None or found.until <= now:
                return None
            self.values.move_to_end(key)
            return found

    def end_at(self, moment):
        """Forget all values at ``moment``."""
        with self.lock:
            self.until = moment


_kept = _Kept()


def state_of(request) -> State:
    """The state of the change log when ``request`` came in."""
    if not hasattr(request, "_hub_generation"):
        request._hub_generation = OutboxEntry.objects.state()
    return request._hub_generation


def generation_of(request) -> str:
    """The generation of what pages show, when ``request`` came in."""
    return state_of(request).shown


def kept(request, key, make: Callable[[], Any], is_current=None) -> Any:
    """The result of ``make``, computed once per language until something that it was made of
    changes, or ``is_current(result)`` says that it no longer holds.

    Several threads share it, so nobody may change it. It must not depend on who reads. What it is
    made of is noted where it comes from the database or is asked by ``hub.models.reads.ask``.
    """
    key = (get_language(), key)
    if request.method not in SAFE_METHODS:
        # What its transaction sees may never be committed, so it adds nothing.
        found = _kept.found(generation_of(request), key)
        return make() if found is None or (is_current and not is_current(found)) else found
    next_expiry_of(request)
    return _kept.get(generation_of(request), key, make, is_current)


def kept_of(request, page, name, make: Callable[[], Any]) -> Any:
    """As ``kept``, of ``page`` as it is published, which was found by its address; a draft and an
    earlier version have their own, made each time."""
    if request is None or getattr(page, "pages_above", None) is None:
        return make()
    return kept(request, (name, page.pk), make)


def next_expiry_of(request) -> datetime | None:
    """When the next page reaches its expiry: no change row announces that moment."""
    generation = generation_of(request)

    def next_expiry():
        pages = Page.objects.live().filter(expire_at__gt=timezone.now())
        moment = pages.aggregate(next=Min("expire_at"))["next"]
        _kept.end_at(moment)
        return moment

    with unnoted():  # pages are not made of it
        return _kept.get(generation, "next expiry", next_expiry)
