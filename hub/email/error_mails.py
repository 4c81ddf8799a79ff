"""Mails to ``ADMINS`` about errors: where, in which request, how often; nothing of persons.

A handler of the log counts errors by their place; a thread of its own sends the mails, so that a
request that fails is not slower, and that its transaction, which is rolled back, takes no mail with
it. Of the same error one mail an hour is sent, by all processes together, with how often it came
since the last. A mail tells neither the message of an error, which may quote what somebody wrote,
nor values of settings or variables: the log has more, under the id of the request.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.mail import get_connection
from django.db import connections
from django.template.loader import render_to_string
from django.utils.translation import override

logger = logging.getLogger(__name__)
QUIET_SECONDS = 3600.0  # after a mail, until the next about the same error
MAX_KINDS = 200  # errors that are counted apart in one process, or remembered by all
FRAMES = 8
FLUSH_SECONDS = 5.0  # that the end of a process waits for mails
PACKAGES = "site-packages/"
TEMPLATE = "hub/email/error_mail.txt"


@dataclass(frozen=True)
class Occurrence:
    """An error as a mail tells it. ``key`` is the same for the same error."""

    key: str
    kind: str  # the class of the exception, or the logger
    message: str  # the sentence of the log without its values
    place: str  # file:line function
    trace: tuple[str, ...]  # such places, the innermost last
    request: str
    method: str
    route: str
    part: str  # the program that met it
    moment: str
    count: int = 1


def occurrence_of(record: logging.LogRecord) -> Occurrence:
    """What a mail tells of ``record``."""
    error = record.exc_info[1] if record.exc_info else None
    frames = list(_frames(error)) if error else []
    places = tuple(place for place, _is_own in frames)
    # What the hub did is more telling than where a library found it out.
    own = [place for place, is_own in frames if is_own] or list(places)
    place = own[-1] if own else f"{_short(record.pathname)}:{record.lineno} {record.funcName}"
    kind = type(error).__qualname__ if error else record.name
    # Of Django's own records the template is the same for all errors.
    template = str(record.msg)
    route = getattr(record, "route", "")
    key = hashlib.sha256("\0".join((record.name, kind, template, place)).encode()).hexdigest()[:32]
    return Occurrence(
        key, kind, _without_values(template, record.args), place, places[-FRAMES:],
        getattr(record, "request_id", ""), getattr(record, "method", ""), route,
        " ".join(os.path.basename(argument) for argument in sys.argv[:2]),
        datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds"))


def _frames(error: BaseException) -> Iterator[tuple[str, bool]]:
    """Place, and whether it is the hub's own, of each frame outside Python's library."""
    for frame in traceback.extract_tb(error.__traceback__):
        short = _short(frame.filename)
        if short != frame.filename:
            yield f"{short}:{frame.lineno} {frame.name}", PACKAGES not in frame.filename


def _short(path: str) -> str:
    """``path`` below the project or below the packages."""
    for folder in (PACKAGES, f"{settings.BASE_DIR}/"):
        if folder in path:
            return path.rpartition(folder)[2]
    return path


def _without_values(template: str, arguments: Any) -> str:
    """``template`` with its numbers and times; what may be words of somebody is left out."""
    if not arguments:
        return template
    told = arguments if isinstance(arguments, tuple) else (arguments,)
    shown = tuple(value if isinstance(value, int | float | datetime) else "…" for value in told)
    try:
        return template % shown
    except (TypeError, ValueError, KeyError):
        return template


class ErrorMailHandler(logging.Handler):
    """Counts errors at once and sends mails about them from a thread."""

    def __init__(self) -> None:
        super().__init__(level=logging.ERROR)
        self._pending: dict[str, Occurrence] = {}
        self._guard = threading.Lock()
        self._wake, self._idle = threading.Event(), threading.Event()
        self._idle.set()
        self._thread: threading.Thread | None = None
        self._pid = 0

    def emit(self, record: logging.LogRecord) -> None:
        if threading.current_thread() is self._thread:
            return  # an error of sending: it would go round
        try:
            found = occurrence_of(record)
        except Exception:
            self.handleError(record)
            return
        with self._guard:
            before = self._pending.get(found.key)
            if before is not None:
                self._pending[found.key] = replace(before, count=before.count + 1)
            elif len(self._pending) < MAX_KINDS:
                self._pending[found.key] = found
            self._idle.clear()
            self._start()
        self._wake.set()

    def flush(self) -> None:
        """Wait for what is being sent; the log does so when a process ends."""
        if self._thread is not None and self._pid == os.getpid():
            self._idle.wait(FLUSH_SECONDS)

    def _start(self) -> None:
        if self._pid != os.getpid() or self._thread is None:
            self._pid = os.getpid()
            self._thread = threading.Thread(
                target=self._send_all, name="mails about errors", daemon=True)
            self._thread.start()

    def _send_all(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            with self._guard:
                pending, self._pending = list(self._pending.values()), {}
            try:
                for found in due(pending):
                    send(found)
            except Exception as error:
                logger.warning("No mail about errors was sent: %r", error)
            finally:
                connections.close_all()
                with self._guard:
                    if not self._pending:
                        self._idle.set()


@contextmanager
def _remembered() -> Iterator[IO[str]]:
    """The file with what was mailed when, which all processes of the hub share, locked."""
    path = Path(settings.DATA_DIR) / "error-mails.json"
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


_own: dict[str, list[float]] = {}  # what this process remembers where no file can be kept


def due(found: list[Occurrence], now: float | None = None) -> list[Occurrence]:
    """Those about which a mail is sent now, with how often they came since the last; the others are
    counted for the next."""
    now = time.time() if now is None else now
    try:
        with _remembered() as file:
            try:
                known = {str(key): [float(sent), int(count)]
                         for key, (sent, count) in json.load(file).items()}
            except (ValueError, TypeError, AttributeError):
                known = {}  # new, or cut short by a full disk
            chosen = _due(found, known, now)
            file.seek(0)
            file.truncate()
            json.dump(known, file)
        return chosen
    except OSError:
        return _due(found, _own, now)


def _due(found: list[Occurrence], known: dict[str, list[float]], now: float) -> list[Occurrence]:
    chosen = []
    for occurrence in found:
        sent, count = known.get(occurrence.key, (float("-inf"), 0))
        if sent <= now < sent + QUIET_SECONDS:
            known[occurrence.key] = [sent, count + occurrence.count]
            continue
        chosen.append(replace(occurrence, count=int(count) + occurrence.count))
        known[occurrence.key] = [now, 0]
    for key in sorted(known, key=lambda key: known[key][0])[: max(0, len(known) - MAX_KINDS)]:
        del known[key]
    return chosen


def send(found: Occurrence) -> None:
    """Write the mail into the queue; where the database is away, hand it to the mail server at
    once; where that is away too, a line in the log is all there is."""
    from hub.email.content import HubEmail  # needs settings, which name this module's handler

    subject, body = _written(found)
    message = HubEmail(
        subject, body, settings.DEFAULT_FROM_EMAIL, [address for _name, address in settings.ADMINS],
        headers={"Auto-Submitted": "auto-generated"}, kind=TEMPLATE)
    try:
        message.send()
    except Exception as error:
        logger.warning("The queue takes no mail about an error (%s); the mail server is asked.",
                       type(error).__name__)
        with suppress(Exception):
            message.connection = get_connection(settings.EMAIL_DELIVERY_BACKEND)
            message.send()
            return
        logger.warning("No mail was sent about %s in %s.", found.kind, found.place)


def _written(found: Occurrence) -> tuple[str, str]:
    """Subject and text, in Thai and then in English."""
    subject = " ".join(f"[{settings.WAGTAIL_SITE_NAME}] {found.kind} · {found.place}".split())
    parts = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            parts.append(render_to_string(TEMPLATE, {
                "found": found, "others": found.count - 1,
                "base_url": settings.WAGTAILADMIN_BASE_URL,
            }).strip())
    return subject, "\n\n— — —\n\n".join(parts) + "\n"
