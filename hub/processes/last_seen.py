"""When the worker and the schedule were last at work: a file for each in DATA_DIR, which all parts
of a hub share. The time of a file needs no room on a full disk, and no database."""

import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings

WORKER, SCHEDULE = "worker", "schedule"
SECONDS_BETWEEN_NOTES = 5.0
_noted: dict[Path, float] = {}  # by the monotonic clock


def _file(part: str) -> Path:
    return Path(settings.DATA_DIR) / "last-seen" / part


def note(part: str) -> None:
    """Write down that ``part`` is at work. Does not raise."""
    file, now = _file(part), time.monotonic()
    if now - _noted.get(file, float("-inf")) < SECONDS_BETWEEN_NOTES:
        return
    _noted[file] = now
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def seconds_since(part: str) -> float | None:
    """How long ``part`` was not at work; None when it never was."""
    try:
        return max(0.0, time.time() - _file(part).stat().st_mtime)
    except OSError:
        return None
