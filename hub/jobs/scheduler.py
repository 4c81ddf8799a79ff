"""What is done by the clock: every so often, in each process that keeps the schedule."""

import logging
import threading
import time
from collections.abc import Callable

from django.db import connections
from django.utils import timezone

from hub.changelog.recording import time_passed

logger = logging.getLogger(__name__)
A_MINUTE, TEN_MINUTES, AN_HOUR, A_DAY = 60, 600, 3600, 86_400  # seconds
FIRST_HOUR, LAST_HOUR = 7, 20  # letters come by day


def every(
    seconds: float, function: Callable[[], object], by_day: bool = False, in_thread: bool = False
) -> None:
    """Have ``function`` called every ``seconds``; ``by_day``, only from 7 to 20 o'clock;
    ``in_thread``, in a thread of its own, which holds up nothing, and one at a time.

    ``keep_schedule --once`` calls it at any hour and waits. One that fails stops no other and is
    called again in its time.
    """
    called, at_it = None, threading.Lock()

    def look(sender, once=False, **kwargs):
        nonlocal called
        now = time.monotonic()
        is_due = called is None or now - called >= seconds
        if not once and not (is_due and (not by_day or _is_day())):
            return
        called = now
        if once or not in_thread:
            function()
        elif at_it.acquire(blocking=False):
            threading.Thread(target=_in_thread, args=(function, at_it), daemon=True).start()

    time_passed.connect(look, weak=False)


def _is_day() -> bool:
    return FIRST_HOUR <= timezone.localtime().hour < LAST_HOUR


def _in_thread(function, at_it) -> None:
    try:
        function()
    except Exception:
        logger.exception("%s failed; it is tried again.", function.__qualname__)
    finally:
        connections.close_all()
        at_it.release()
