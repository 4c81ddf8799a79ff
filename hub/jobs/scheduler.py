"""Runs the jobs that apps register by the hook ``register_job``, in each scheduler process."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import close_old_connections, connections
from django.utils import timezone

from hub.hooks import registered
from hub.processes.backoff import DATABASE_AWAY

logger = logging.getLogger(__name__)
A_MINUTE, TEN_MINUTES, AN_HOUR, A_DAY = 60, 600, 3600, 86_400  # seconds
FIRST_HOUR, LAST_HOUR = 7, 20  # e-mails are sent by day


@dataclass(frozen=True)
class Job:
    """``function`` is called every ``seconds``; with ``by_day`` only from 7 to 20 o'clock; with
    ``in_thread`` in a thread of its own, one at a time, so that it delays no other job; with
    ``continuous`` in a thread that never ends, ``seconds`` after the last call, which may be
    sooner than ``run_due`` is called."""

    seconds: float
    function: Callable[[], object]
    by_day: bool = False
    in_thread: bool = False
    continuous: bool = False


def every(
    seconds: float, function: Callable[[], object], by_day: bool = False, in_thread: bool = False,
    continuous: bool = False,
) -> Callable[[], Job]:
    """What is registered under ``register_job``: a function that returns the ``Job``."""
    job = Job(seconds, function, by_day, in_thread, continuous)
    return lambda: job


class Scheduler:
    """Remembers when each job was last called in this process."""

    def __init__(self) -> None:
        self._called: dict[Job, float] = {}
        self._locks: dict[Job, threading.Lock] = {}

    def run_due(self, once: bool = False) -> list[Exception]:
        """Call the jobs that are due; with ``once`` all of them, at any hour, waiting for each.

        A job that fails stops no other and is called again in its time, when the database was away
        at the next look; its error is logged and returned.
        """
        errors: list[Exception] = []
        for hook in registered("register_job"):
            job = hook()
            if not (once or self._is_due(job)):
                continue
            self._called[job] = time.monotonic()
            try:
                self._call(job, wait=once or not (job.in_thread or job.continuous))
            except DATABASE_AWAY as error:
                _log_away(job, error)
                errors.append(error)
                del self._called[job]
                close_old_connections()  # a broken one would fail the other jobs too
            except Exception as error:
                logger.exception("%s failed; it is tried again.", job.function.__qualname__)
                errors.append(error)
        return errors

    def _is_due(self, job: Job) -> bool:
        called = self._called.get(job)
        is_due = called is None or time.monotonic() - called >= job.seconds
        return is_due and (not job.by_day or _is_day())

    def _call(self, job: Job, wait: bool) -> None:
        if wait:
            job.function()
            return
        lock = self._locks.setdefault(job, threading.Lock())
        if lock.acquire(blocking=False):
            threading.Thread(target=_run_in_thread, args=(job, lock), daemon=True).start()


def _is_day() -> bool:
    return FIRST_HOUR <= timezone.localtime().hour < LAST_HOUR


def _run_in_thread(job: Job, lock: threading.Lock) -> None:
    try:
        _run_and_log(job)
        while job.continuous:
            time.sleep(job.seconds)
            close_old_connections()
            _run_and_log(job)
    finally:
        connections.close_all()
        lock.release()


def _run_and_log(job: Job) -> None:
    try:
        job.function()
    except DATABASE_AWAY as error:
        _log_away(job, error)
    except Exception:
        logger.exception("%s failed; it is tried again.", job.function.__qualname__)


def _log_away(job: Job, error: Exception) -> None:
    logger.warning("%s waits for the database: %s", job.function.__qualname__, str(error).strip())
