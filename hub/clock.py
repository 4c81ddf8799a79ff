"""What is done by the clock: every so often, in each process that keeps the schedule."""

import time
from collections.abc import Callable

from django.utils import timezone

from hub.changes import time_passed

TEN_MINUTES, AN_HOUR, A_DAY = 600, 3600, 86_400  # seconds
FIRST_HOUR, LAST_HOUR = 7, 20  # letters come by day


def every(seconds: float, function: Callable[[], object], by_day: bool = False) -> None:
    """Have ``function`` called every ``seconds``; ``by_day``, only from 7 to 20 o'clock.

    ``keep_schedule --once`` calls it at any hour. One that fails stops no other and is called
    again in its time.
    """
    called = None

    def look(sender, once=False, **kwargs):
        nonlocal called
        now = time.monotonic()
        is_due = called is None or now - called >= seconds
        if once or (is_due and (not by_day or _is_day())):
            called = now
            function()

    time_passed.connect(look, weak=False)


def _is_day() -> bool:
    return FIRST_HOUR <= timezone.localtime().hour < LAST_HOUR
