"""What a search finds undone is done beside it, so that no search waits for a write.

A process that is killed, or that could not write, leaves changes that no index has. The search
that notices them is answered from what the index has committed; one thread of its process writes
the rest, or leaves it to the next search and to the schedule when the database is busy.
"""

import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, connections

logger = logging.getLogger(__name__)


class Background:
    """Functions in threads, each in one at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.threads: dict[Callable[[], object], threading.Thread] = {}

    def run(self, function: Callable[[], object]) -> None:
        """Call ``function`` in a thread unless it is running already."""
        with self.lock:
            if function not in self.threads:
                thread = threading.Thread(target=self._call, args=(function,), daemon=True)
                self.threads[function] = thread
                thread.start()

    def wait(self, seconds: float) -> None:
        """Wait until what runs now has ended."""
        for thread in list(self.threads.values()):
            thread.join(seconds)

    def _call(self, function: Callable[[], object]) -> None:
        try:
            function()
        except DatabaseError as error:
            logger.info("Changes wait to be indexed: %s", error)
        except Exception:
            logger.exception("Changes could not be indexed.")
        finally:
            connections.close_all()
            with self.lock:
                del self.threads[function]


background = Background()
