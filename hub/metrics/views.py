"""``/metrics``: counts of requests and the figures of the health checks, for who has the token."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from hub.health.findings import Figure, lines
from hub.metrics.folder import VARIABLE
from hub.metrics.requests import counts


class HealthCollector:
    """What the health checks found, as gauges."""

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        states = GaugeMetricFamily(
            "hub_health_state", "0 well, 1 to be looked at, 2 broken.", labels=["check"])
        families: dict[str, Any] = {}
        for line in lines():
            states.add_metric([line.check.name], float(line.finding.state))
            for figure in line.finding.figures:
                families.setdefault(figure.name, _family(figure)).add_metric(
                    list(figure.labels.values()), figure.value)
        yield states
        yield from families.values()


def _family(figure: Figure) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(f"hub_{figure.name}", figure.help, labels=list(figure.labels))


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """404 where no token is set, 401 without it, else the metrics in Prometheus' text format."""
    if not settings.METRICS_TOKEN:
        raise Http404
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    is_right = constant_time_compare(given.strip(), settings.METRICS_TOKEN)
    if scheme.lower() != "bearer" or not is_right:
        return HttpResponse(status=401, headers={
            "WWW-Authenticate": "Bearer", "Cache-Control": "no-store"})
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    registry.register(HealthCollector())
    counted = counts().registry
    if os.environ.get(VARIABLE):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    return HttpResponse(
        generate_latest(counted) + generate_latest(registry), content_type=CONTENT_TYPE_LATEST,
        headers={"Cache-Control": "no-store"})
