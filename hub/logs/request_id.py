"""A short id for each request: in its response, on the page of an error, in every line of the log.

Whoever meets an error reads the id to those who run the hub, and they find what happened by it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
FIT = re.compile(r"[A-Za-z0-9-]{8,64}")

_request: ContextVar[HttpRequest | None] = ContextVar("logged_request", default=None)


def logged_request() -> HttpRequest | None:
    """The request that this thread answers; None in commands and tasks."""
    return _request.get()


def request_id() -> str:
    """The id of the request that this thread answers; "" in commands and tasks."""
    return getattr(_request.get(), "id", "")


class RequestIdMiddleware:
    """Outermost. The id is the one of the proxy, if there is a proxy and it gives one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "") if settings.PROXY_COUNT else ""
        request.id = given if FIT.fullmatch(given) else secrets.token_hex(6)  # type: ignore[attr-defined]
        token = _request.set(request)
        try:
            response = self.get_response(request)
        finally:
            _request.reset(token)
        response[HEADER] = request.id  # type: ignore[attr-defined]
        return response
