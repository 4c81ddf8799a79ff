"""Counts what is searched for and what is opened from the results, without knowing who.

Counted in the process's memory and written to the database every few seconds by a thread of its
own, so that no reader waits; a process that is killed loses the counts of those seconds. Kept:
the day, the language, the words, three numbers, and which page was opened. Not kept: address,
session, time of day, or words that look like a person's number or address.

Not counted: who is signed in (mostly editors, and private pages would show), robots that say so,
searches narrowed by a facet and further pages of results (parts of a search that was counted),
titles while typing and what is opened from them, and the same search by the same visitor on the
same day. For the last, a hash with a salt that lives as long as the process's day is held in
memory. What was opened is known by the Referer that browsers send within the site (the site's
referrer policy is same-origin): no redirect, no script, and without it simply no count.
"""

import hashlib
import logging
import re
import secrets
import threading
from collections import Counter
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from hub.middleware import language_of
from search import thai

logger = logging.getLogger(__name__)
SECONDS_BETWEEN_WRITES = 5
MOST_WAITING = 5_000  # different counts; what comes above that before the next write is lost
MOST_REMEMBERED = 100_000  # visitors' searches of a day
MOST_TEXTS_OF_A_DAY = 5_000  # rows; further texts are counted together
MOST_CHARACTERS = 100
RESULTS = {"/search/", "/en/search/"}
ROBOT = re.compile(
    r"bot|crawl|spider|slurp|scan|preview|fetch|monitor|headless|curl|wget|python|java/|http|"
    r"facebookexternal|archiver|lighthouse", re.IGNORECASE,
)
ADDRESS = re.compile(r"\S@\S")
LONG_NUMBER = re.compile(r"\d{9,}")  # a telephone has nine digits or more, a citizen thirteen
BETWEEN_DIGITS = re.compile(r"[\s\-–.,()/_+]")


class Asked(NamedTuple):
    """What the results page says of itself: the words and how much was found."""

    text: str
    total: int


class Opened(NamedTuple):
    """What a page or a file says of itself."""

    page_id: int | None = None
    document_id: int | None = None


class CountSearchesMiddleware:
    """Counts answers that say in ``request.about`` what they are."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        about = getattr(request, "about", None)
        if about is not None and response.status_code in (200, 304) and request.method == "GET":
            try:
                if isinstance(about, Asked):
                    _asked(request, about)
                elif referer := request.META.get("HTTP_REFERER"):
                    _opened(request, about, referer)
            except Exception:
                logger.exception("A search was not counted.")
        return response


def _asked(request, about) -> None:
    text = kept_text(about.text)
    if _is_new(request, ("asked", language_of(request.path), about.text)):
        counts.note(
            (language_of(request.path), text), asked=1, nothing=0 if about.total else 1
        )


def _opened(request, about, referer) -> None:
    origin = urlsplit(referer)
    if origin.path not in RESULTS or origin.netloc != request.get_host():
        return
    typed = parse_qs(origin.query).get("q", [""])[0]
    text, language = _as_planned(typed), language_of(origin.path)
    # Where no letter or digit was typed nothing was found, and nothing can be opened from it.
    has_word = any(c.isalnum() for c in text)
    if has_word and _is_new(request, ("opened", language, text, about)):
        counts.note((language, kept_text(text)), opened=1, what=about)


def _as_planned(typed) -> str:
    """The words as ``search.query.plan`` has them, without cutting them up."""
    return re.sub(r"\s+", " ", thai.clean(typed)).strip()[:200]


def kept_text(text) -> str:
    """The words that may be kept: none when they are long or look like somebody's own."""
    text = text.lower()
    is_own = ADDRESS.search(text) or LONG_NUMBER.search(BETWEEN_DIGITS.sub("", text))
    return "" if is_own or len(text) > MOST_CHARACTERS else text


def _is_new(request, what) -> bool:
    """Whether this visitor, who is neither signed in nor a robot, did ``what`` not yet today."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    if (
        not agent
        or ROBOT.search(agent)
        or settings.SESSION_COOKIE_NAME in request.COOKIES
        or "prefetch" in request.META.get("HTTP_SEC_PURPOSE", "")
    ):
        return False
    return visitors.is_new(f"{get_client_ip_address(request)}|{agent}|{what}")


class Visitors:
    """Who did what today, as hashes that nobody can turn back and that are never written."""

    def __init__(self):
        self.lock = threading.Lock()
        self.day, self.salt, self.seen = None, b"", set()

    def is_new(self, who_and_what) -> bool:
        today = timezone.localdate()
        with self.lock:
            if self.day != today or len(self.seen) >= MOST_REMEMBERED:
                self.day, self.salt, self.seen = today, secrets.token_bytes(16), set()
            mark = hashlib.blake2b(
                who_and_what.encode("utf-8", "replace"), digest_size=8, key=self.salt
            ).digest()
            if mark in self.seen:
                return False
            self.seen.add(mark)
            return True


class Counts:
    """What was counted since the last write."""

    def __init__(self):
        self.lock = threading.Lock()
        self.timer = None
        self.searches, self.opened = {}, Counter()

    def note(self, search, asked=0, nothing=0, opened=0, what=None) -> None:
        key = (timezone.localdate(), *search)
        with self.lock:
            if key not in self.searches and len(self.searches) >= MOST_WAITING:
                return
            before = self.searches.get(key, (0, 0, 0))
            self.searches[key] = tuple(
                a + b for a, b in zip(before, (asked, nothing, opened), strict=True)
            )
            if what is not None and len(self.opened) < MOST_WAITING:
                self.opened[(key, what)] += 1
            if self.timer is None and SECONDS_BETWEEN_WRITES:
                self.timer = threading.Timer(SECONDS_BETWEEN_WRITES, self._write_in_thread)
                self.timer.daemon = True
                self.timer.start()

    def _write_in_thread(self) -> None:
        try:
            self.write()
        except Exception:
            logger.exception("Counts of searches were lost.")
        finally:
            connection.close()

    def write(self) -> None:
        """Add what was counted to the tables."""
        with self.lock:
            searches, self.searches = self.searches, {}
            opened, self.opened = self.opened, Counter()
            self.timer = None
        if searches:
            with transaction.atomic():
                _write(searches, opened)


def _write(searches, opened) -> None:
    from hub.models import HubDocument, KnowledgePage
    from search.models import OpenedCount, SearchCount
    from search.models.search_count import TOGETHER

    pages = set(KnowledgePage.objects.filter(
        pk__in={what.page_id for _k, what in opened}).values_list("pk", flat=True))
    documents = set(HubDocument.objects.filter(
        pk__in={what.document_id for _k, what in opened}).values_list("pk", flat=True))
    rows, room = {}, {}
    for key in sorted(searches):  # one order for all processes, so that none waits for another
        day, language, text = key
        if day not in room:
            room[day] = MOST_TEXTS_OF_A_DAY - SearchCount.objects.filter(day=day).count()
        if not SearchCount.objects.filter(day=day, language=language, text=text).exists():
            room[day] -= 1
            text = text if room[day] >= 0 else TOGETHER
        rows[key] = SearchCount.objects.add(day, language, text, *searches[key])
    for (key, what), times in opened.items():
        if what.page_id in pages or what.document_id in documents:
            row, _created = OpenedCount.objects.get_or_create(
                search_id=rows[key], page_id=what.page_id, document_id=what.document_id
            )
            row.opened += times
            row.save(update_fields=["opened"])


counts = Counts()
visitors = Visitors()
