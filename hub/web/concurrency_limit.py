"""Limits how many responses a process builds at a time, how many wait for that, and how many are
streamed.

gunicorn has one thread for each response that is being sent. If all of them built pages at the same
time, pages would wait for each other and the database would need as many connections. So only
``MAX_CONCURRENT`` threads of a process build a response at a time; streaming a response that is
built needs no slot of those. A thread that waits is one that nobody else has, so only
``MAX_WAITING`` wait.
"""

import os
import threading

from django.db import connections
from django.utils.translation import gettext as _
from django.utils.translation import override

from hub.web.error_pages import language_of, too_busy

MAX_CONCURRENT = int(os.environ.get("WEB_THREADS", "8"))
MAX_STREAMS = int(os.environ.get("WEB_DOWNLOADS", "200"))
MAX_WAITING = 64
WAIT_SECONDS = 30
LARGE = 64 * 1024  # bytes; up to that, the kernel takes a response at once


class ConcurrencyLimitMiddleware:
    """One slot for building a response, and one of another kind for streaming it."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.slots = threading.BoundedSemaphore(MAX_CONCURRENT)
        self.waiting = threading.BoundedSemaphore(MAX_WAITING)
        self.stream_slots = threading.BoundedSemaphore(MAX_STREAMS)

    def __call__(self, request):
        if not self._get_slot():
            return too_busy(request)
        try:
            response = self.get_response(request)
            if threading.active_count() > 2 * MAX_CONCURRENT:
                close_connections()
        finally:
            self.slots.release()
        if response.streaming or len(response.content) > LARGE:
            if not self.stream_slots.acquire(blocking=False):
                response.close()
                return too_many_downloads(request)
            response._resource_closers.append(self.stream_slots.release)
        return response

    def _get_slot(self) -> bool:
        if self.slots.acquire(blocking=False):
            return True
        if not self.waiting.acquire(blocking=False):
            return False
        try:
            return self.slots.acquire(timeout=WAIT_SECONDS)
        finally:
            self.waiting.release()


def close_connections() -> None:
    """Close the connections of this thread: each of many threads would keep one open."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


def too_many_downloads(request):
    """503, so that pages do not wait behind downloads."""
    with override(language_of(request.path)):
        return too_busy(
            request, _("Too many people are downloading at this moment. Try again in a minute."))
