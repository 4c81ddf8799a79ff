"""Errors sent to Sentry, or a server that speaks its protocol, without anything of persons.

Imported where ``SENTRY_DSN`` is set only: the library takes several megabytes of each process.
"""

from __future__ import annotations

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.integrations.threading import ThreadingIntegration

from hub.logs.lines import without_persons
from hub.logs.request_id import logged_request, request_id

# What an event may hold; anything else, such as the user, cookies, headers, forms, variables and
# what went before, is left out, whatever a later version of the library adds.
KEPT = ("event_id", "timestamp", "platform", "level", "logger", "release", "environment", "sdk",
        "exception", "logentry", "fingerprint", "_meta")
FRAME_KEPT = ("filename", "abs_path", "function", "module", "lineno", "in_app", "pre_context",
              "context_line", "post_context")


def start(dsn: str, environment: str, release: str = "") -> None:
    """Send errors of this process to ``dsn`` from now on."""
    sentry_sdk.init(
        dsn=dsn, environment=environment, release=release or None,
        send_default_pii=False, max_request_body_size="never", include_local_variables=False,
        max_breadcrumbs=0, auto_session_tracking=False, send_client_reports=False,
        default_integrations=False, auto_enabling_integrations=False,
        integrations=[
            DjangoIntegration(middleware_spans=False, signals_spans=False),
            LoggingIntegration(level=None), ExcepthookIntegration(), ThreadingIntegration(),
            DedupeIntegration(), AtexitIntegration(),
        ],
        before_send=without_person,
    )


def without_person(event: Any, hint: Any) -> Any:
    """``event`` with what happened and where, the id of the request and its view, and no more."""
    kept = {name: event[name] for name in KEPT if name in event}
    for error in kept.get("exception", {}).get("values", ()):
        if error.get("value"):
            # Databases quote the values of a row behind it.
            error["value"] = without_persons(str(error["value"]).partition("DETAIL:")[0])
        frames = (error.get("stacktrace") or {}).get("frames", ())
        for frame in frames:
            for name in set(frame) - set(FRAME_KEPT):
                del frame[name]
    if entry := kept.get("logentry"):
        # The template alone: its values may be words of somebody, and the address of a page is one.
        kept["logentry"] = {"message": without_persons(str(entry.get("message", "")))}
    request = logged_request()
    match = getattr(request, "resolver_match", None)
    route = match.route if match else ""
    kept["transaction"] = route
    kept["tags"] = {name: value for name, value in (
        ("request_id", request_id()), ("route", route),
        ("method", getattr(request, "method", "")),
    ) if value}
    return kept
