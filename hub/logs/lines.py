"""What the hub writes to its log: a line for each event, as JSON or for people, without persons.

A line of JSON has ``time`` (ISO 8601, UTC), ``level``, ``logger``, ``message``, ``process``, and
where they are known ``request`` (its id), ``method``, ``route``, ``status`` and ``traceback``.
Addresses of e-mail, addresses of pages and keys are left out: the route says which view it was.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import re
import sys
from datetime import UTC, datetime
from typing import Any

from django.db import InterfaceError, OperationalError

from hub.logs.request_id import logged_request

# Commands that run for as long as the hub does; the output of all others is for whoever calls them.
SERVICES = (["serve"], ["db_worker"], ["keep_schedule"], ["runserver"])

MAIL_HANDLER = "hub.email.error_mails.ErrorMailHandler"

EMAIL = re.compile(r"[^\s\"'<>()\[\]=,;:]+@[^\s\"'<>()\[\],;:]+\.\w+")
# In links and cookies, which open something to whoever has them: twenty letters and digits on end.
KEY = re.compile(
    r"(?<![A-Za-z0-9_-])(?=[A-Za-z_-]*[0-9])(?=[0-9_-]*[A-Za-z])[A-Za-z0-9_-]{20,}")


def without_persons(text: str) -> str:
    """``text`` without addresses of e-mail and without keys."""
    return KEY.sub("[key]", EMAIL.sub("[address]", text))


DELIBERATE = 503  # an answer under a flood, which must not flood the log
# While the database is away or the disk is full, every request meets it: a line each is enough.
PASSING = (OperationalError, InterfaceError)


class RequestFilter(logging.Filter):
    """Adds what is known of the request, and leaves out deliberate refusals."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", None) == DELIBERATE and not record.exc_info:
            return False
        request: Any = getattr(record, "request", None)
        request = request if hasattr(request, "META") else logged_request()
        record.request_id = getattr(request, "id", "")
        record.method = getattr(request, "method", "") or ""
        match = getattr(request, "resolver_match", None)
        record.route = match.route if match else ""
        return True


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """The parts of a line, in their order; those that are empty are left out."""
    message = record.getMessage()
    path = getattr(getattr(record, "request", None), "path", None)
    if path and len(path) > 1:
        message = message.replace(path, record.route or "[address]")  # type: ignore[attr-defined]
    trace = ""
    if record.exc_info and record.exc_info[0]:
        error = record.exc_info[1]
        if isinstance(error, PASSING) or getattr(error, "errno", None) == errno.ENOSPC:
            message += f" ({error!r})"
        else:
            trace = logging.Formatter().formatException(record.exc_info)
    found = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": without_persons(message),
        "process": record.process,
        "request": getattr(record, "request_id", ""),
        "method": getattr(record, "method", ""),
        "route": getattr(record, "route", ""),
        "status": getattr(record, "status_code", None),
        "traceback": without_persons(trace),
    }
    return {name: value for name, value in found.items() if value not in ("", None)}


class JSONFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(fields_of(record), ensure_ascii=False, default=str)


class LineFormatter(logging.Formatter):
    """For people at a terminal: the message, what request it was, and the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        parts = fields_of(record)
        about = " ".join(str(parts[name]) for name in ("method", "route", "request")
                         if name in parts)
        line = f"{parts['level']} {parts['logger']}: {parts['message']}"
        return "\n".join(filter(None, [line + (f" ({about})" if about else ""),
                                       parts.get("traceback", "")]))


def is_service(arguments: list[str]) -> bool:
    """Whether the program of ``arguments`` is a part of a running hub."""
    if "gunicorn" in arguments[0]:
        return True
    return os.path.basename(arguments[0]) == "manage.py" and arguments[1:2] in SERVICES


def configuration(*, as_json: bool, level: str, mails: bool = False) -> dict[str, Any]:
    """LOGGING: everything to one stream, warnings and worse; with ``mails`` errors by mail too."""
    stream = "ext://sys.stdout" if is_service(sys.argv) else "ext://sys.stderr"
    formatter = JSONFormatter if as_json else LineFormatter
    mailing = {"mails": {"class": MAIL_HANDLER, "filters": ["request"]}} if mails else {}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request": {"()": RequestFilter}},
        "formatters": {"line": {"()": formatter}},
        "handlers": {
            "stream": {"class": "logging.StreamHandler", "stream": stream, "formatter": "line",
                       "filters": ["request"]},
            **mailing,
        },
        "root": {"handlers": ["stream", *mailing], "level": level},
        # Django's own handlers say nothing of an error where DEBUG is off.
        "loggers": {
            "django": {"handlers": [], "level": level},
            # Below an error, what visitors cause; each has its page.
            "django.request": {"level": "ERROR"},
            "django.security": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }
