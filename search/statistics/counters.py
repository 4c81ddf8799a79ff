"""Counts what is searched for and what is opened from the results, without knowing who.

How, and what is kept of nobody, is said in ``hub.statistics.counters``. Kept: the day, the language, the
words, three numbers, and which page was opened. Not kept: address, session, time of day, or words
that look like a person's number or address.

Not counted: who is signed in (mostly editors, and private pages would show), robots that say so,
searches narrowed by a facet and further pages of results (parts of a search that was counted),
titles while typing and what is opened from them, and the same search by the same visitor on the
same day. What was opened is known by the Referer that browsers send within the site (the site's
referrer policy is same-origin): no redirect, no script, and without it simply no count.
"""

import re
from collections import defaultdict
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from hub.middleware import language_of
from hub.statistics.counters import Counts, Visitors, is_a_person
from search.text import thai

MOST_TEXTS_OF_A_DAY = 5_000  # rows; further texts are counted together
MOST_CHARACTERS = 100
RESULTS = {"/search/", "/en/search/"}
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


def count(request, response) -> None:
    """Count an answer that says in ``request.about`` what it is."""
    about = getattr(request, "about", None)
    if about is None or response.status_code not in (200, 304) or request.method != "GET":
        return
    if isinstance(about, Asked):
        _asked(request, about)
    elif referer := request.META.get("HTTP_REFERER"):
        _opened(request, about, referer)


def _asked(request, about) -> None:
    search = language_of(request.path), kept_text(about.text)
    if _is_new(request, ("asked", language_of(request.path), about.text)):
        counts.increment((*search, "asked"), *([] if about.total else [(*search, "nothing")]))


def _opened(request, about, referer) -> None:
    origin = urlsplit(referer)
    if origin.path not in RESULTS or origin.netloc != request.get_host():
        return
    typed = parse_qs(origin.query).get("q", [""])[0]
    text, language = _as_planned(typed), language_of(origin.path)
    # Where no letter or digit was typed nothing was found, and nothing can be opened from it.
    has_word = any(c.isalnum() for c in text)
    if has_word and _is_new(request, ("opened", language, text, about)):
        search = language, kept_text(text)
        counts.increment((*search, "opened"), (*search, about))


def _as_planned(typed) -> str:
    """The words as ``search.query.planning.plan`` has them, without cutting them up."""
    return re.sub(r"\s+", " ", thai.clean(typed)).strip()[:200]


def kept_text(text) -> str:
    """The words that may be kept: none when they are long or look like somebody's own."""
    text = text.lower()
    is_own = ADDRESS.search(text) or LONG_NUMBER.search(BETWEEN_DIGITS.sub("", text))
    return "" if is_own or len(text) > MOST_CHARACTERS else text


def _is_new(request, what) -> bool:
    """Whether this visitor, who is neither signed in nor a robot, did ``what`` not yet today."""
    is_signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
    return not is_signed_in and is_a_person(request) and visitors.is_new(request, what)


class SearchCounts(Counts):
    """Waiting: language, text, and either ``asked``, ``nothing``, ``opened`` or an Opened."""

    lost = "Counts of searches were lost."

    def add(self, waiting) -> None:
        searches = defaultdict(lambda: {"asked": 0, "nothing": 0, "opened": 0})
        opened = {}
        for (day, (language, text, what)), times in waiting.items():
            if isinstance(what, Opened):
                opened[(day, language, text), what] = times
            else:
                searches[day, language, text][what] += times
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
        rows[key] = SearchCount.objects.add(day, language, text, **searches[key])
    for (key, what), times in opened.items():
        if what.page_id in pages or what.document_id in documents:
            row, _created = OpenedCount.objects.get_or_create(
                search_id=rows[key], page_id=what.page_id, document_id=what.document_id
            )
            row.opened += times
            row.save(update_fields=["opened"])


counts = SearchCounts()
visitors = Visitors()
