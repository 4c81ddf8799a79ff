"""Caches whole pages for anonymous visitors in memory, never older than the last commit.

A stored page carries the generation of the change log it was made under (see
``hub.models.OutboxEntry``). Each request asks the database for the current generation, one query
on a short table. When it differs, what the page was made of is asked again (``hub.models.reads``),
and the page is rebuilt only where an answer differs. Nothing has to be invalidated, and no process
can miss an invalidation.

Texts that are read from files in the background change what is found and nothing else. So only
pages with ``request.shows_search_results`` are built anew after them.

What a view puts in ``request.counted_event`` is stored with the page and put on the request again
when the page comes from memory, for the counters (the hook ``count_response``).
"""

from contextlib import nullcontext

from django.conf import settings
from django.utils import timezone
from django.utils.cache import get_conditional_response

from hub.changelog.stored_pages import StoredPages, etag_of, may_be_stored
from hub.models.generation import SAFE_METHODS, state_of
from hub.models.reads import noted
from hub.web.read_parameters import record

GIVES_PAGES = ("GET", "HEAD")
NO_PAGES = ("/admin/", "/documents/", "/media/", "/livez", "/readyz", "/static/")


class PageCacheMiddleware:
    """Answers GET and HEAD of visitors without a session from the process's memory."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.stored = StoredPages()

    def __call__(self, request):
        if not self._may_be_stored(request):
            # Parts of pages are kept, and pages that members share; what writes keeps nothing.
            with noted() if request.method in SAFE_METHODS else nullcontext():
                response = self.get_response(request)
            if settings.SESSION_COOKIE_NAME in request.COOKIES:
                response.setdefault("Cache-Control", "private, no-cache")
            return response
        state_of(request)  # before anything is read
        began = timezone.now()
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        address = (request.get_host(), request.path, request.is_secure(), packed)
        if stored := self.stored.find(address, request):
            response, result = stored.response(request), "hit"
        else:
            query = record(request)
            with noted() as made_of:
                response = self.get_response(request)
            if not may_be_stored(response):
                return response
            response["ETag"] = etag_of(response)
            self.stored.store(address, request, response, query, made_of, began)
            result = "miss"
        response["Cache-Control"] = "no-cache"  # browsers may keep it but must ask each time
        response = get_conditional_response(request, etag=response["ETag"], response=response)
        response.page_cache = result  # for the metrics
        return response

    @staticmethod
    def _may_be_stored(request) -> bool:
        return (
            request.method in GIVES_PAGES
            and not {settings.SESSION_COOKIE_NAME, "messages"} & request.COOKIES.keys()
            and not request.path.startswith(NO_PAGES)
        )
