"""Anonymous usage counts: what all counters have in common.

An app sees each answer through the hook ``count_response`` and notes what it counts. That is
held in the process's memory and added to the database every few seconds by a thread of its own, so
that no reader waits; a process that is killed loses the counts of those seconds. Of the moment only
the day is kept. Robots that say so are not counted, nor what a browser fetches ahead of its reader.
To count a visitor once a day, a hash with a salt that lives as long as the process's day is held in
memory: no cookie, and nobody can turn it back.
"""

import hashlib
import logging
import re
import secrets
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from hub.hooks import registered
from hub.web.client_address import address_of

logger = logging.getLogger(__name__)
SECONDS_BETWEEN_WRITES = 5
MOST_WAITING = 5_000  # different counts; what comes above that before the next write is lost
MOST_REMEMBERED = 100_000  # what visitors did in a day
ROBOT = re.compile(
    r"bot|crawl|spider|slurp|scan|preview|fetch|monitor|headless|curl|wget|python|java/|http|"
    r"facebookexternal|archiver|lighthouse", re.IGNORECASE,
)
PURPOSE = ("Sec-Purpose", "Purpose", "X-Moz")  # what a browser says when it fetches ahead


class CountingMiddleware:
    """Outermost, so that refusals are seen as refusals and cached pages are counted too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for count in registered("count_response"):
            try:
                count(request, response)
            except Exception:
                logger.exception("An answer was not counted.")
        return response


def is_a_person(request: HttpRequest) -> bool:
    """Whether a person asked for the page: no robot and no prefetching browser."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    return bool(agent) and not ROBOT.search(agent) and not any(
        "prefetch" in request.headers.get(name, "") for name in PURPOSE
    )


class Visitors:
    """What each visitor did today, as salted hashes in memory only."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.day: date | None = None
        self.salt = b""
        self.seen: set[bytes] = set()

    def is_new(self, request: HttpRequest, what: object) -> bool:
        """Whether this visitor (address and browser) does ``what`` for the first time today."""
        agent = request.META.get("HTTP_USER_AGENT", "")
        done = f"{address_of(request)}|{agent}|{what}".encode("utf-8", "replace")
        today = timezone.localdate()
        with self.lock:
            if self.day != today or len(self.seen) >= MOST_REMEMBERED:
                self.day, self.salt, self.seen = today, secrets.token_bytes(16), set()
            mark = hashlib.blake2b(done, digest_size=8, key=self.salt).digest()
            if mark in self.seen:
                return False
            self.seen.add(mark)
            return True


class Counts:
    """What was counted since the last write: ``waiting`` is (day, what) → how often.

    ``add(waiting)`` of a subclass writes it, in a transaction; ``lost`` is logged where it fails.
    """

    lost = ""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.timer: threading.Timer | None = None
        self.waiting: Counter[tuple[date, tuple[Any, ...]]] = Counter()

    def increment(self, *whats: tuple[Any, ...]) -> None:
        """Count each of ``whats``, tuples, once on this day."""
        today = timezone.localdate()
        with self.lock:
            for what in whats:
                if (today, what) in self.waiting or len(self.waiting) < MOST_WAITING:
                    self.waiting[today, what] += 1
            if self.timer is None and SECONDS_BETWEEN_WRITES:
                self.timer = threading.Timer(SECONDS_BETWEEN_WRITES, self._write_in_thread)
                self.timer.daemon = True
                self.timer.start()

    def _write_in_thread(self) -> None:
        try:
            self.write()
        except (OperationalError, InterfaceError) as error:
            logger.info("What was counted waits for the database: %s", error)
        except Exception:
            logger.exception(self.lost)
        finally:
            connection.close()

    def write(self) -> None:
        """Add what was counted to the tables. While the database is away it stays counted, and is
        written with what is counted next."""
        with self.lock:
            waiting, self.waiting = self.waiting, Counter()
            self.timer = None
        if not waiting:
            return
        try:
            with transaction.atomic():
                self.add(waiting)
        except (OperationalError, InterfaceError):
            with self.lock:
                for what, times in waiting.items():
                    if what in self.waiting or len(self.waiting) < MOST_WAITING:
                        self.waiting[what] += times
            raise

    def add(self, waiting: Counter[tuple[date, tuple[Any, ...]]]) -> None:
        raise NotImplementedError
