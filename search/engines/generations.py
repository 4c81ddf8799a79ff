"""The folders of a rebuilt index: one per rebuild, locked by the process that fills it.

A lock ends with its process, so a folder that is neither in use nor locked was left by a killed
process. Callers hold the writer's lock of the index.
"""

import fcntl
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

SET_ASIDE = "damaged-"


@contextmanager
def new_folder(
    path: Path, writing: Callable[[float], AbstractContextManager[None]]
) -> Iterator[Path]:
    """A new generation below ``path`` to build in; removed when building it fails.

    ``writing`` returns the context of the writer's lock, so that no other process deletes the
    folder before it is locked.
    """
    folder = path / f"g-{uuid.uuid4().hex}"
    with writing(60):
        folder.mkdir()
        held = os.open(folder, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        os.close(held)


def remove_all_but(path: Path, current: str) -> None:
    """Delete generations that are neither ``current`` nor being built, and pointers that were
    never put in place. Readers that have one open keep its files until they open the new one."""
    for folder in path.glob("g-*"):
        if folder.name != current and not _is_locked(folder):
            shutil.rmtree(folder, ignore_errors=True)
    for pointer in path.glob("current.g-*"):
        pointer.unlink(missing_ok=True)


def set_aside(folder: Path) -> None:
    """Rename a damaged generation, so that no reader opens it."""
    try:
        os.utime(folder)  # when it was set aside
        folder.rename(folder.with_name(f"{SET_ASIDE}{folder.name}"))
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)


def remove_set_aside(path: Path, before: float | None = None) -> None:
    """Delete the damaged generations below ``path``, or those set aside ``before`` a time."""
    for folder in path.glob(f"{SET_ASIDE}*"):
        if before is None or folder.stat().st_mtime < before:
            shutil.rmtree(folder, ignore_errors=True)


def _is_locked(path: Path) -> bool:
    """Whether a living process holds the lock on ``path``."""
    held = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(held)
    return False
