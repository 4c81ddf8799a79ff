"""Caches whole pages for anonymous visitors in memory, never older than the last commit.

A stored page carries the generation of the change log it was made under (see
``hub.models.OutboxEntry``). Each request asks the database for the current generation, one query
on a short table, and rebuilds the page when it differs. Nothing has to be invalidated, and no
process can miss an invalidation.

What a view puts in ``request.counted_event`` is stored with the page and put on the request again
when the page comes from memory, for the counters (the hook ``count_response``).
"""

from collections import OrderedDict
from datetime import timedelta
from threading import Lock

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import cc_delim_re, get_conditional_response
from django.utils.http import quote_etag

from hub.web.navigation import generation_of, next_expiry_of

MAX_PAGES = 400
MAX_SECONDS = 60  # for changes that write no outbox entry
KEPT_HEADERS = (
    "Content-Type", "Content-Language", "Content-Encoding", "Vary", "ETag", "X-Frame-Options",
)


class PageCacheMiddleware:
    """Answers GET and HEAD of visitors without a session from the process's memory."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.pages = OrderedDict()
        self.lock = Lock()

    def __call__(self, request):
        if not self._cacheable(request):
            response = self.get_response(request)
            if settings.SESSION_COOKIE_NAME in request.COOKIES:
                response.setdefault("Cache-Control", "private, no-cache")
            return response
        generation = generation_of(request)
        gzip = "gzip" in request.headers.get("Accept-Encoding", "")
        key = (request.get_host(), request.get_full_path(), request.is_secure(), gzip)
        stored = self.pages.get(key)
        now = timezone.now()
        if stored and stored[0] == generation and now < stored[1]:
            _generation, _until, headers, content, request.counted_event = stored
            response = HttpResponse(content, headers=headers)
        else:
            response = self.get_response(request)
            if not self._storable(response):
                return response
            response["ETag"] = quote_etag(f"{abs(hash(response.content)):x}")
            headers = {h: response[h] for h in KEPT_HEADERS if response.has_header(h)}
            until = now + timedelta(seconds=MAX_SECONDS)
            if expiry := next_expiry_of(request):
                until = min(until, expiry)
            with self.lock:
                event = getattr(request, "counted_event", None)
                self.pages[key] = (generation, until, headers, response.content, event)
                self.pages.move_to_end(key)
                while len(self.pages) > MAX_PAGES:
                    self.pages.popitem(last=False)
        response["Cache-Control"] = "no-cache"  # browsers may keep it but must ask each time
        return get_conditional_response(request, etag=response["ETag"], response=response)

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
