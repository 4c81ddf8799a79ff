"""The writer's lock of an index, against threads and processes. No Django here."""

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class WriteLock:
    """A lock on the file at ``path``, created if missing; it ends with the process."""

    def __init__(self, path: Path | str):
        self.path = Path(path)
        self._held = threading.local()

    @contextmanager
    def held(self, timeout: float) -> Iterator[None]:
        """Hold the lock, nested or not. Raises TimeoutError after ``timeout`` seconds."""
        if getattr(self._held, "depth", 0):
            self._held.depth += 1
            try:
                yield
            finally:
                self._held.depth -= 1
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + timeout
        with open(self.path, "a") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise TimeoutError("the search index is being written") from None
                    time.sleep(0.01)
            self._held.depth = 1
            try:
                yield
            finally:
                self._held.depth = 0
