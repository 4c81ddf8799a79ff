"""Whether the machine's clock is to be trusted before anything is deleted for its age.

A clock that is set wrong once, for one look of the schedule, would make everything old. So the
schedule notes at each look what the clock shows and how long the machine has run, which no setting
of the clock changes. When the clock has gone further than the machine has run, or back, nothing is
deleted for its age until it has run steadily for ``STEADY`` or an administrator has confirmed it.
A hub that was switched off for longer than ``MOST_AHEAD`` looks the same from inside: it does all
its other work at once, and deletes after that time.
"""

import logging
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

logger = logging.getLogger(__name__)
MOST_AHEAD = timedelta(days=2)  # of what is expected: a weekend without power is no jump
MOST_BEHIND = timedelta(hours=1)
A_MOMENT = timedelta(minutes=5)
STEADY = timedelta(days=3)  # of running, until a clock that jumped is trusted
THIS_PROCESS = uuid.uuid4().hex


def uptime() -> tuple[str, float]:
    """A name of this start of the machine, and the seconds since then."""
    try:
        start = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return start, time.clock_gettime(time.CLOCK_BOOTTIME)
    except (OSError, AttributeError):  # not on Linux
        return THIS_PROCESS, time.monotonic()


def database_time() -> datetime | None:
    """What the clock of the database server shows, which may be another machine."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def is_near(clock: datetime, expected: datetime) -> bool:
    return -MOST_BEHIND <= clock - expected <= MOST_AHEAD


class Clock(models.Model):
    """What the schedule last saw: one row. ``jumped_from`` and ``jumped_at`` are set while the
    clock is not trusted: what it showed before its jump and after it."""

    seen_at = models.DateTimeField()
    machine_start = models.CharField(max_length=36)
    machine_seconds = models.FloatField()
    jumped_from = models.DateTimeField(null=True)
    jumped_at = models.DateTimeField(null=True)
    steady_seconds = models.FloatField(default=0)

    def __str__(self):
        return f"{self.seen_at:%Y-%m-%d %H:%M}"

    @classmethod
    def look(cls) -> bool:
        """Note what the clock shows now; whether it is trusted. The schedule calls it."""
        now, (start, seconds) = timezone.now(), uptime()
        with transaction.atomic():
            row = cls.objects.select_for_update().filter(pk=1).first()
            if row is None:  # a new hub: nothing is old yet
                row = cls(pk=1, seen_at=now, machine_start=start, machine_seconds=seconds)
            elif row._is_as_expected(now, start, seconds):
                return row.is_trusted
            row._follow(now, start, seconds)
            row.save()
        return row.is_trusted

    @classmethod
    def trusted(cls) -> bool:
        """Whether what is old by the clock may be deleted now."""
        row = cls.objects.filter(pk=1).first()
        return row is None or (
            row.is_trusted and is_near(timezone.now(), row._expected(*uptime()))
            and cls._agrees_with_database()
        )

    @classmethod
    def distrusted(cls) -> "Clock | None":
        """The clock that jumped and is neither confirmed nor steady again; None while all is
        well."""
        return cls.objects.exclude(jumped_at=None).first()

    @classmethod
    def confirm(cls) -> None:
        """An administrator says that the clock is right."""
        start, seconds = uptime()
        cls.objects.update_or_create(pk=1, defaults={
            "seen_at": timezone.now(), "machine_start": start, "machine_seconds": seconds,
            "jumped_from": None, "jumped_at": None, "steady_seconds": 0,
        })

    @property
    def is_trusted(self) -> bool:
        return self.jumped_at is None

    @property
    def trusted_from(self) -> datetime:
        """When a clock that jumped is trusted at the earliest."""
        return self.seen_at + STEADY - timedelta(seconds=self.steady_seconds)

    def _expected(self, start: str, seconds: float) -> datetime:
        """What the clock should show at least; exactly, unless the machine was switched off."""
        ran = max(0.0, seconds - self.machine_seconds) if start == self.machine_start else 0.0
        return self.seen_at + timedelta(seconds=ran)

    def _is_as_expected(self, now: datetime, start: str, seconds: float) -> bool:
        """Whether there is nothing to write: the clock goes on, and was noted a moment ago."""
        return (
            start == self.machine_start and abs(now - self._expected(start, seconds)) < A_MOMENT
            and timedelta() <= now - self.seen_at < A_MOMENT and self._agrees_with_database()
        )

    def _follow(self, now: datetime, start: str, seconds: float) -> None:
        expected = self._expected(start, seconds)
        agrees = self._agrees_with_database()
        if self.is_trusted:
            if not (is_near(now, expected) and agrees):
                self._distrust(self.seen_at, now)
        elif is_near(now, self.jumped_from + timedelta(seconds=self.steady_seconds)) and agrees:
            logger.warning("The clock is back where it was; what is old is deleted again.")
            self._trust()
        elif abs(now - expected) > MOST_BEHIND and not (
            start != self.machine_start and is_near(now, expected)
        ):
            self._distrust(self.jumped_from, now)
        elif agrees:
            self.steady_seconds += (expected - self.seen_at).total_seconds()
            if self.steady_seconds >= STEADY.total_seconds():
                logger.warning("The clock has run steadily; what is old is deleted again.")
                self._trust()
        self.seen_at, self.machine_start, self.machine_seconds = now, start, seconds

    def _trust(self) -> None:
        self.jumped_from = self.jumped_at = None
        self.steady_seconds = 0

    def _distrust(self, before: datetime | None, now: datetime) -> None:
        self.jumped_from, self.jumped_at, self.steady_seconds = before, now, 0
        logger.error(
            "The clock went from %s to %s, or the hub was off. Nothing is deleted for its age "
            "until the clock has run steadily for %s days or an administrator confirms it in the "
            "admin. นาฬิกาของเครื่องเปลี่ยนไป จะยังไม่ลบข้อมูลเก่าจนกว่าผู้ดูแลจะยืนยันเวลา",
            before, now, STEADY.days,
        )

    @staticmethod
    def _agrees_with_database() -> bool:
        theirs = database_time()
        return theirs is None or abs(timezone.now() - theirs) <= MOST_BEHIND


def deletes_by_age(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a function that deletes what is old: it does nothing, and returns 0, while the clock is
    not trusted."""

    @wraps(function)
    def gate(*args: Any, **kwargs: Any) -> Any:
        if Clock.trusted():
            return function(*args, **kwargs)
        logger.warning("%s waits until the clock is trusted.", function.__qualname__)
        return 0

    gate.deletes_by_age = True  # type: ignore[attr-defined]
    return gate
