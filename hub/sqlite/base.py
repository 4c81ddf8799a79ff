"""Django's SQLite backend, with a fair wait for the write lock.

SQLite lets those who wait sleep, in the end for 100 ms between two tries. A process that begins its
next transaction at once takes the lock again while they sleep: of five publishers at work, one
wrote 97 times and another 3 times in 45 s, and three met "database is locked" after 20 s. Here
whoever waits tries every few milliseconds, so that each has the same chance.
"""

import random
import sqlite3
import time

from django.db.backends.sqlite3 import base

LEAST_SECONDS, MOST_SECONDS = 0.001, 0.01  # between two tries


class DatabaseWrapper(base.DatabaseWrapper):
    def _start_transaction_under_autocommit(self):
        seconds = self.settings_dict["OPTIONS"].get("timeout", 5.0)
        deadline = time.monotonic() + seconds
        statement = f"BEGIN {self.transaction_mode or ''}"
        with self.wrap_database_errors:
            self.connection.execute("PRAGMA busy_timeout = 0")
            try:
                while not self._begins(statement, is_last=time.monotonic() >= deadline):
                    time.sleep(random.uniform(LEAST_SECONDS, MOST_SECONDS))
            finally:
                self.connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")

    def _begins(self, statement: str, is_last: bool) -> bool:
        """Whether the transaction could be begun; raises on the last try, and on other errors."""
        try:
            self.connection.execute(statement)
        except sqlite3.OperationalError as error:
            if is_last or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return False
        return True
