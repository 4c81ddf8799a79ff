"""Which backups are kept: those of two days, then one a day, a week, a month."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

ALL_FOR = timedelta(days=2)
DAYS, WEEKS, MONTHS = 7, 5, 12


def superfluous(times: Iterable[datetime], now: datetime) -> set[datetime]:
    """Of the ``times`` of backups those that can go.

    Kept are all of the last two days, and the newest of each of the last 7 days, 5 weeks and 12
    months that have one. One from the future, of a clock that was wrong, is kept, and so is the
    newest of all.
    """
    newest_first = sorted(times, reverse=True)
    kept = {time for time in newest_first if time > now - ALL_FOR} | {*newest_first[:1]}
    for number, period in (
        (DAYS, lambda time: time.date()),
        (WEEKS, lambda time: time.isocalendar()[:2]),
        (MONTHS, lambda time: (time.year, time.month)),
    ):
        newest_of: dict[object, datetime] = {}
        for time in newest_first:
            newest_of.setdefault(period(time), time)
        kept |= set(list(newest_of.values())[:number])
    return set(newest_first) - kept
