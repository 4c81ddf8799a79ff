"""Django's SQLite backend, with a fair wait for the write lock.

SQLite lets those who wait sleep, in the end for 100 ms between two tries. A process that begins its
next transaction at once takes the lock again while they sleep: of five publishers at work, one
wrote 97 times and another 3 times in 45 s, and three met "database is locked" after 20 s. Here
one of those who wait stands first, in a turnstile: a lock on a file beside the database, let go
once its transaction has begun. Whoever has just written finds it taken and waits with the others,
and they try every few milliseconds, so that each has the same chance.
"""

import fcntl
import random
import sqlite3
import time
from contextlib import ExitStack, contextmanager, suppress

from django.db.backends.sqlite3 import base

LEAST_SECONDS, MOST_SECONDS = 0.001, 0.01  # between two tries


class DatabaseWrapper(base.DatabaseWrapper):
    def _start_transaction_under_autocommit(self):
        seconds = self.settings_dict["OPTIONS"].get("timeout", 5.0)
        deadline = time.monotonic() + seconds
        statement = f"BEGIN {self.transaction_mode or ''}"
        with self.wrap_database_errors, self._turnstile() as is_first:
            self.connection.execute("PRAGMA busy_timeout = 0")
            try:
                while True:
                    is_last = time.monotonic() >= deadline
                    if (is_last or is_first()) and self._begins(statement, is_last):
                        return
                    time.sleep(random.uniform(LEAST_SECONDS, MOST_SECONDS))
            finally:
                self.connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")

    @contextmanager
    def _turnstile(self):
        """Gives a function that tells whether this connection stands first of those who wait."""
        with ExitStack() as stack:
            file = None
            if self.transaction_mode == "IMMEDIATE" and not self.is_in_memory_db():
                path = f"{self.settings_dict['NAME']}-turnstile"
                # On a full disk there may be no such file: then it is only not fair.
                with suppress(OSError):
                    file = stack.enter_context(open(path, "ab"))

            def is_first() -> bool:
                try:
                    if file:
                        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return False
                return True

            yield is_first

    def _begins(self, statement: str, is_last: bool) -> bool:
        """Whether the transaction could be begun; raises on the last try, and on other errors."""
        try:
            self.connection.execute(statement)
        except sqlite3.OperationalError as error:
            if is_last or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return False
        return True
