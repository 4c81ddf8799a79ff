"""What is the same for everybody, computed when something changed instead of at each visit.

Each process keeps it under the generation of the change log that it was computed in.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Page

from hub.models.outbox_entry import OutboxEntry, State

MOST_VALUES = 2_000
MAX_AGE = timedelta(minutes=1)  # for changes that write no outbox entry
SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")


class _Kept:
    """The values of one generation, those asked for last."""

    def __init__(self):
        self.lock = Lock()
        self.generation, self.values, self.until = "", OrderedDict(), None

    def get(self, generation, key, make, is_current=None):
        now = timezone.now()
        with self.lock:
            if self.generation != generation or self.until is None or now >= self.until:
                self.generation, self.values, self.until = generation, OrderedDict(), now + MAX_AGE
            values = self.values
            if key in values:
                values.move_to_end(key)
                found = values[key]
                if not is_current or is_current(found):
                    return found
        made = make()
        with self.lock:
            values[key] = made
            while len(values) > MOST_VALUES:
                values.popitem(last=False)
        return made

    def found(self, generation, key):
        """What is kept, or None."""
        with self.lock:
            if self.generation != generation or self.until is None or self.until <= timezone.now():
                return None
            return self.values.get(key)

    def end_at(self, generation, moment):
        """Forget the values of ``generation`` at ``moment``."""
        with self.lock:
            if self.generation == generation:
                self.until = min(self.until, moment)


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
    """The result of ``make``, computed once per language and generation of the change log, and
    again where ``is_current(result)`` says that it no longer holds.

    Several threads share it, so nobody may change it. It must not depend on who reads.
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
        if moment:
            _kept.end_at(generation, moment)
        return moment

    return _kept.get(generation, "next expiry", next_expiry)
