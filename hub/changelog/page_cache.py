"""Caches whole pages for anonymous visitors in memory, never older than the last commit.

A stored page carries the generation of the change log it was made under (see
``hub.models.OutboxEntry``). Each request asks the database for the current generation, one query
on a short table, and rebuilds the page when it differs. Nothing has to be invalidated, and no
process can miss an invalidation.

Texts that are read from files in the background change what is found and nothing else. So only
pages with ``request.shows_search_results`` are built anew after them.

What a view puts in ``request.counted_event`` is stored with the page and put on the request again
when the page comes from memory, for the counters (the hook ``count_response``).
"""

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import cc_delim_re, get_conditional_response

from hub.models.generation import next_expiry_of, state_of
from hub.web.read_parameters import WHOLE, record

MAX_PAGES = 400
MAX_ADDRESSES = 2_000  # of which is known what their pages read
MAX_SECONDS = 60  # for changes that write no outbox entry
KEPT_HEADERS = ("Content-Type", "Content-Language", "Content-Encoding", "Vary", "ETag")
# In the key anyway (encoding and, by the address, language), or not in requests that are answered
# from memory (a session).
VARIED_OTHERWISE = {"cookie", "accept-encoding", "accept-language"}


@dataclass(frozen=True)
class Reads:
    """What the pages at an address were made of: parameters by name, and headers.

    ``parameters`` is None where one of them read its query as a whole.
    """

    parameters: frozenset[str] | None = frozenset()
    headers: frozenset[str] = frozenset()

    def with_page(self, query, response) -> "Reads":
        """These and what ``response`` was made of."""
        known = None
        if self.parameters is not None and query.names is not WHOLE:
            known = self.parameters | query.names
        varied = {name.strip().lower() for name in response.get("Vary", "").split(",")}
        return Reads(known, self.headers | (varied - VARIED_OTHERWISE - {""}))

    def of(self, request, query_string, parameters) -> tuple:
        """Their values in ``request``: the same values make the same page."""
        read = query_string
        if self.parameters is not None:
            read = tuple(
                (name, *parameters.getlist(name)) for name in sorted(self.parameters)
                if name in parameters
            )
        return read, tuple((name, request.headers.get(name)) for name in sorted(self.headers))


class PageCacheMiddleware:
    """Answers GET and HEAD of visitors without a session from the process's memory.

    The key of a page has those parameters of its address that the pages at this address are known
    to read, so others find it too. A page that is built reads perhaps more than is known; it is
    stored under all that is known from then on, and earlier pages are not found any more.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.pages = OrderedDict()
        self.reads = OrderedDict()  # address → Reads
        self.lock = Lock()

    def __call__(self, request):
        if not self._cacheable(request):
            response = self.get_response(request)
            if settings.SESSION_COOKIE_NAME in request.COOKIES:
                response.setdefault("Cache-Control", "private, no-cache")
            return response
        state = state_of(request)
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        address = (request.get_host(), request.path, request.is_secure(), packed)
        query_string, parameters = request.META.get("QUERY_STRING", ""), request.GET
        reads = self.reads.get(address, Reads())
        stored = self.pages.get((address, reads, reads.of(request, query_string, parameters)))
        now = timezone.now()
        if stored and stored[0] in (state.shown, state.indexed) and now < stored[1]:
            _generation, _until, headers, content, request.counted_event = stored
            response = HttpResponse(content, headers=headers)
            result = "hit"
        else:
            query = record(request)
            response = self.get_response(request)
            if not self._storable(response):
                return response
            response["ETag"] = etag_of(response)
            headers = {h: response[h] for h in KEPT_HEADERS if response.has_header(h)}
            until = now + timedelta(seconds=MAX_SECONDS)
            if expiry := next_expiry_of(request):
                until = min(until, expiry)
            event = getattr(request, "counted_event", None)
            is_search = getattr(request, "shows_search_results", False)
            generation = state.indexed if is_search else state.shown
            with self.lock:
                reads = self.reads.get(address, Reads()).with_page(query, response)
                _keep(self.reads, address, reads, MAX_ADDRESSES)
                key = (address, reads, reads.of(request, query_string, parameters))
                page = (generation, until, headers, response.content, event)
                _keep(self.pages, key, page, MAX_PAGES)
            result = "miss"
        response["Cache-Control"] = "no-cache"  # browsers may keep it but must ask each time
        response = get_conditional_response(request, etag=response["ETag"], response=response)
        response.page_cache = result  # for the metrics
        return response

    @staticmethod
    def _cacheable(request) -> bool:
        return (
            request.method in ("GET", "HEAD")
            and not {settings.SESSION_COOKIE_NAME, "messages"} & request.COOKIES.keys()
            and not request.path.startswith(
                ("/admin/", "/documents/", "/media/", "/livez", "/readyz", "/static/")
            )
        )

    @staticmethod
    def _storable(response) -> bool:
        directives = cc_delim_re.split(response.get("Cache-Control", ""))
        return (
            response.status_code == 200
            and not response.streaming
            and not response.cookies
            and not {"private", "no-store"} & {d.split("=")[0] for d in directives}
            and response.get("Content-Type", "").startswith("text/html")
        )


def etag_of(response) -> str:
    """The same for the same page in every process, and however it is compressed; hence weak."""
    content = response.content
    if response.get("Content-Encoding") == "gzip":
        content = gzip.decompress(content)
    return f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'


def _keep(kept, key, value, most) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
