"""Pages as they were sent, in the memory of a process, and what they were made of."""

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.utils.cache import cc_delim_re

from hub.models.generation import next_expiry_of, state_of
from hub.models.reads import Reads
from hub.web.read_parameters import WHOLE

MAX_PAGES = 400
MAX_ADDRESSES = 2_000  # of which is known what their pages read
MAX_SECONDS = 60  # for changes that write no outbox entry
KEPT_HEADERS = ("Content-Type", "Content-Language", "Content-Encoding", "Vary", "ETag")
# In the key anyway (encoding and, by the address, language), or not in requests that are answered
# from memory (a session).
VARIED_OTHERWISE = {"cookie", "accept-encoding", "accept-language"}


@dataclass(frozen=True)
class Parameters:
    """What the pages at an address were made of: parameters by name, and headers.

    ``parameters`` is None where one of them read its query as a whole.
    """

    parameters: frozenset[str] | None = frozenset()
    headers: frozenset[str] = frozenset()

    def with_page(self, query, response) -> "Parameters":
        """These and what ``response`` was made of."""
        known = None
        if self.parameters is not None and query.names is not WHOLE:
            known = self.parameters | query.names
        varied = {name.strip().lower() for name in response.get("Vary", "").split(",")}
        return Parameters(known, self.headers | (varied - VARIED_OTHERWISE - {""}))

    def of(self, request) -> tuple:
        """Their values in ``request``: the same values make the same page."""
        if self.parameters is None:
            read = dict.get(request.META, "QUERY_STRING", "")
        else:
            given = request.GET
            read = tuple(
                (name, *QueryDict.getlist(given, name)) for name in sorted(self.parameters)
                if QueryDict.__contains__(given, name)
            )
        return read, tuple((name, request.headers.get(name)) for name in sorted(self.headers))


@dataclass
class StoredPage:
    """A page as all get it who ask alike."""

    headers: dict[str, str]
    content: bytes
    event: object  # for the counters
    made_of: Reads | None  # None of a search: its index is not asked again
    generation: str
    until: datetime
    expiry: datetime | None  # of the page that expires next

    def response(self, request) -> HttpResponse:
        """The page once more; ``request`` is counted as the first was."""
        request.counted_event = self.event
        return HttpResponse(self.content, headers=self.headers)

    def is_current(self, request, state, now) -> bool:
        if now >= self.until or (self.expiry and now >= self.expiry):
            return False
        if self.made_of is None:
            return self.generation == state.indexed
        if self.generation != state.shown:
            if not self.made_of.would_be_made_again(state.shown):
                return False
            self.expiry = next_expiry_of(request)
            self.generation = state.shown
        return True


class StoredPages:
    """The pages that were asked for last.

    An address is a tuple of whatever makes another page. The key of a page has, beside it, those
    parameters of the query that the pages at this address are known to read, so other queries find
    it too. A page that is built reads perhaps more than is known; it is stored under all that is
    known from then on, and earlier pages are not found any more.
    """

    def __init__(self) -> None:
        self.pages: OrderedDict[tuple, StoredPage] = OrderedDict()
        self.known: OrderedDict[tuple, Parameters] = OrderedDict()  # by address
        self.lock = Lock()

    def find(self, address, request) -> StoredPage | None:
        """The page for ``request``, if what it was made of is still so."""
        known = self.known.get(address, Parameters())
        page = self.pages.get((address, known, known.of(request)))
        if page and page.is_current(request, state_of(request), timezone.now()):
            return page
        return None

    def store(self, address, request, response, query, made_of, began) -> None:
        """Store ``response``; ``query`` and ``made_of`` noted what it was made of since ``began``,
        and ``request`` knows the state of the change log before."""
        state = state_of(request)
        is_search = getattr(request, "shows_search_results", False)
        page = StoredPage(
            {header: response[header] for header in KEPT_HEADERS if response.has_header(header)},
            response.content, getattr(request, "counted_event", None),
            made_of=None if is_search else made_of,
            generation=state.indexed if is_search else state.shown,
            until=began + timedelta(seconds=MAX_SECONDS), expiry=next_expiry_of(request),
        )
        with self.lock:
            known = self.known.get(address, Parameters()).with_page(query, response)
            _keep(self.known, address, known, MAX_ADDRESSES)
            _keep(self.pages, (address, known, known.of(request)), page, MAX_PAGES)


def may_be_stored(response) -> bool:
    """Whether ``response`` is a page that is the same for all who ask alike."""
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
