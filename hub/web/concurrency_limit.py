"""Limits how many responses a process builds at a time, and how many it streams.

gunicorn has one thread for each response that is being sent. If all of them built pages at the same
time, pages would wait for each other and the database would need as many connections. So only
``MAX_CONCURRENT`` threads of a process build a response at a time; streaming a response that is
built needs no slot of those.
"""

import os
import threading

from django.db import connections
from django.http import HttpResponse
from django.utils.translation import gettext as _

MAX_CONCURRENT = int(os.environ.get("WEB_THREADS", "8"))
MAX_STREAMS = int(os.environ.get("WEB_DOWNLOADS", "200"))
RETRY_AFTER_SECONDS = 60


class ConcurrencyLimitMiddleware:
    """Outermost: one slot for building a response, and one of another kind for streaming it."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.slots = threading.BoundedSemaphore(MAX_CONCURRENT)
        self.stream_slots = threading.BoundedSemaphore(MAX_STREAMS)

    def __call__(self, request):
        with self.slots:
            response = self.get_response(request)
            if threading.active_count() > 2 * MAX_CONCURRENT:
                close_connections()
        if response.streaming:
            if not self.stream_slots.acquire(blocking=False):
                response.close()
                return too_many_downloads()
            response._resource_closers.append(self.stream_slots.release)
        return response


def close_connections() -> None:
    """Close the connections of this thread: each of many threads would keep one open."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


def too_many_downloads() -> HttpResponse:
    """503, so that pages do not wait behind downloads."""
    return HttpResponse(
        _("Too many people are downloading at this moment. Try again in a minute."), status=503,
        content_type="text/plain; charset=utf-8",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS), "Cache-Control": "no-store"},
    )
