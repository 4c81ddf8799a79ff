"""Counts searches and what is opened from their results, without knowing by whom.

``hub.statistics.counters`` has the mechanism and what it guarantees. Stored are the day, the
language, the text, three numbers, and which page was opened; not the address, session, time of
day, or texts that look like a person's number or address.

Not counted are signed-in users (mostly editors, and private pages would show), robots that say so,
searches narrowed by a facet and further pages of results (parts of a search that was counted),
suggestions and what is opened from them, and the same search by the same visitor on the same day.
What was opened is known from the Referer that browsers send within the site (the site's referrer
policy is same-origin), so it needs no redirect and no script; without it nothing is counted.
"""

import re
from collections import defaultdict
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from hub.models import HubDocument, KnowledgePage
from hub.statistics.counters import Counts, Visitors, is_a_person
from hub.web.error_pages import language_of
from search.models import OpenedCount, SearchCount
from search.models.search_count import OTHER_SEARCHES
from search.text import thai

MAX_TEXTS_PER_DAY = 5_000  # further texts are counted as OTHER_SEARCHES
MAX_CHARACTERS = 100
RESULT_PATHS = {"/search/", "/en/search/"}
EMAIL_ADDRESS = re.compile(r"\S@\S")
LONG_NUMBER = re.compile(r"\d{9,}")  # a phone number has nine digits or more, a citizen's thirteen
DIGIT_SEPARATORS = re.compile(r"[\s\-–.,()/_+]")


class SearchEvent(NamedTuple):
    """A page of results was shown."""

    text: str
    total: int


class OpenEvent(NamedTuple):
    """A page or a file was opened."""

    page_id: int | None = None
    document_id: int | None = None


def count(request, response) -> None:
    """The hook ``count_response``: count the event that a view has put on the request."""
    event = getattr(request, "counted_event", None)
    if event is None or response.status_code not in (200, 304) or request.method != "GET":
        return
    if isinstance(event, SearchEvent):
        _count_search(request, event)
    elif referer := request.META.get("HTTP_REFERER"):
        _count_opened(request, event, referer)


def _count_search(request, event) -> None:
    search = language_of(request.path), storable_text(event.text)
    if _is_new(request, ("searches", language_of(request.path), event.text)):
        no_results = [] if event.total else [(*search, "no_results")]
        counts.increment((*search, "searches"), *no_results)


def _count_opened(request, event, referer) -> None:
    origin = urlsplit(referer)
    if origin.path not in RESULT_PATHS or origin.netloc != request.get_host():
        return
    typed = parse_qs(origin.query).get("q", [""])[0]
    text, language = _cleaned(typed), language_of(origin.path)
    # A search without a letter or digit has no results that could be opened.
    has_word = any(c.isalnum() for c in text)
    if has_word and _is_new(request, ("opened", language, text, event)):
        search = language, storable_text(text)
        counts.increment((*search, "opened"), (*search, event))


def _cleaned(typed) -> str:
    """The text as ``search.query.planning.plan`` cleans it, without segmenting it."""
    return re.sub(r"\s+", " ", thai.clean(typed)).strip()[:200]


def storable_text(text) -> str:
    """The text that may be stored: empty when it is long or looks personal."""
    text = text.lower()
    is_personal = EMAIL_ADDRESS.search(text) or LONG_NUMBER.search(DIGIT_SEPARATORS.sub("", text))
    return "" if is_personal or len(text) > MAX_CHARACTERS else text


def _is_new(request, action) -> bool:
    """Whether this visitor is neither signed in nor a robot and does ``action`` the first time
    today."""
    is_signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
    return not is_signed_in and is_a_person(request) and visitors.is_new(request, action)


class SearchCounts(Counts):
    """Waiting: language, text, and a field of SearchCount or an OpenEvent."""

    lost = "Counts of searches were lost."

    def add(self, waiting) -> None:
        searches = defaultdict(lambda: {"searches": 0, "no_results": 0, "opened": 0})
        opened = {}
        for (day, (language, text, what)), times in waiting.items():
            if isinstance(what, OpenEvent):
                opened[(day, language, text), what] = times
            else:
                searches[day, language, text][what] += times
        _write(searches, opened)


def _write(searches, opened) -> None:
    pages = set(KnowledgePage.objects.filter(
        pk__in={event.page_id for _k, event in opened}).values_list("pk", flat=True))
    documents = set(HubDocument.objects.filter(
        pk__in={event.document_id for _k, event in opened}).values_list("pk", flat=True))
    rows, room = {}, {}
    for key in sorted(searches):  # in one order in all processes, so that there is no deadlock
        day, language, text = key
        if day not in room:
            room[day] = MAX_TEXTS_PER_DAY - SearchCount.objects.filter(day=day).count()
        if not SearchCount.objects.filter(day=day, language=language, text=text).exists():
            room[day] -= 1
            text = text if room[day] >= 0 else OTHER_SEARCHES
        rows[key] = SearchCount.objects.add(day, language, text, **searches[key])
    for (key, event), times in opened.items():
        if event.page_id in pages or event.document_id in documents:
            row, _created = OpenedCount.objects.get_or_create(
                search_id=rows[key], page_id=event.page_id, document_id=event.document_id
            )
            row.opened += times
            row.save(update_fields=["opened"])


counts = SearchCounts()
visitors = Visitors()
