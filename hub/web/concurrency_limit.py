"""Many slow downloads beside pages: a thread that sends holds up nobody, work is done in turns.

gunicorn has a thread for each answer that is being sent. If all of them made pages at once, pages
would wait for each other and the database would have as many connections; so only ``AT_ONCE`` of a
process make an answer at a time. What is sent after that, block by block, takes no turn.
"""

import os
import threading

from django.db import connections
from django.http import HttpResponse
from django.utils.translation import gettext as _

AT_ONCE = int(os.environ.get("WEB_THREADS", "8"))
SENDING = int(os.environ.get("WEB_DOWNLOADS", "200"))
WAIT_SECONDS = 60


class ConcurrencyLimitMiddleware:
    """Outermost: a turn for making the answer, a place among the downloads for sending it."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.turns = threading.BoundedSemaphore(AT_ONCE)
        self.places = threading.BoundedSemaphore(SENDING)

    def __call__(self, request):
        with self.turns:
            response = self.get_response(request)
            if threading.active_count() > 2 * AT_ONCE:
                give_connections_back()
        if response.streaming:
            if not self.places.acquire(blocking=False):
                response.close()
                return too_many()
            response._resource_closers.append(self.places.release)
        return response


def give_connections_back() -> None:
    """A process of many threads would hold a connection in each, and a database has few."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


def too_many() -> HttpResponse:
    """Said rather than letting pages wait behind downloads."""
    return HttpResponse(
        _("Too many people are downloading at this moment. Try again in a minute."), status=503,
        content_type="text/plain; charset=utf-8",
        headers={"Retry-After": str(WAIT_SECONDS), "Cache-Control": "no-store"},
    )
