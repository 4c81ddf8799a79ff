"""Counts and durations of requests, for Prometheus; nothing is counted without METRICS_TOKEN.

Views are named as the table of addresses names them, so no address and no id becomes a label. Under
gunicorn the processes count in files of one folder (``hub.metrics.folder``), which whoever is asked
adds up.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Histogram

METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
PAGE_CACHE, NO_VIEW = "(page cache)", "(no view)"


class Counts:
    """The metrics of this process. The library is imported when the first is made: it reads then
    whether processes share a folder."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self.registry: CollectorRegistry = CollectorRegistry()
        self.requests: Counter = Counter(
            "hub_requests", "Requests that were answered.", ["view", "method", "status"],
            registry=self.registry)
        self.seconds: Histogram = Histogram(
            "hub_request_seconds", "Seconds until the answer began.", ["view", "method"],
            buckets=SECONDS, registry=self.registry)
        self.page_cache: Counter = Counter(
            "hub_page_cache", "Pages for visitors and members: from memory (hit) or built (miss).",
            ["result"],
            registry=self.registry)

    def count(self, request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
        cached = getattr(response, "page_cache", "")
        match = request.resolver_match
        view = (match.view_name or match.route) if match else (
            PAGE_CACHE if cached == "hit" else NO_VIEW)
        method = request.method if request.method in METHODS else "other"
        self.requests.labels(view, method, str(response.status_code)).inc()
        self.seconds.labels(view, method).observe(seconds)
        if cached:
            self.page_cache.labels(cached).inc()


@cache
def counts() -> Counts:
    """The counts of this process, made once."""
    return Counts()


class MetricsMiddleware:
    """Near the outside: refusals are counted too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        counts().count(request, response, time.perf_counter() - began)
        return response
