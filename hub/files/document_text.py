"""What is known of the text in documents, asked of search without importing it.

``search`` reads files and provides both functions when it is loaded.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """What came of reading one document.

    ``is_waiting``: not read yet. ``problem``: why its text cannot be used, for people, lazy; empty
    when it was read. ``is_garbled`` tells the one problem that another file of the same text would
    not have. ``sample`` is a stretch of what was read where it is garbled.
    """

    is_waiting: bool = False
    problem: str = ""
    is_garbled: bool = False
    sample: str = ""


_readings: Callable[[list[int]], dict[int, Reading]] | None = None
_read: Callable[[int], None] | None = None


def provide(readings, read) -> None:
    """``readings(pks)`` says what is known, ``read(pk)`` reads one document now."""
    global _readings, _read
    _readings, _read = readings, read


def readings_of(pks) -> dict[int, Reading]:
    """Id of a document → what came of reading it. Recordings and archives are in it not at all."""
    return _readings(list(pks))


def read_now(pk) -> None:
    """Read the document in this process's time, up to a minute, instead of in the background."""
    _read(pk)
