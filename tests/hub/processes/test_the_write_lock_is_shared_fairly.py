"""Of several processes that write to SQLite one transaction after the other, none starves."""

import contextlib
import multiprocessing
import sqlite3
import time

import pytest
from django.conf import settings
from django.db.utils import ConnectionHandler

pytestmark = pytest.mark.processes
WRITERS, TRANSACTIONS = 5, 150
HELD_SECONDS = 0.02


def write(path, name):
    """Take the lock again and again, each time at once, until all have written enough."""
    settings_of = settings.DATABASES["default"] | {"ENGINE": "hub.sqlite", "NAME": str(path)}
    connection = ConnectionHandler({"default": settings_of})["default"]
    connection.settings_dict["OPTIONS"] = {"timeout": 60, "transaction_mode": "IMMEDIATE",
                                           "init_command": "PRAGMA journal_mode=WAL;"}
    connection.connect()
    while True:
        connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM written")
            if cursor.fetchone()[0] >= TRANSACTIONS:
                return
            cursor.execute("INSERT INTO written VALUES (%s)", [name])
        time.sleep(HELD_SECONDS)
        connection.commit()
        connection.set_autocommit(True)


@pytest.mark.thorough
def test_each_writer_has_its_share(tmp_path, django_db_blocker):
    path = tmp_path / "lock.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE written (name TEXT)")
    fork = multiprocessing.get_context("fork")
    with django_db_blocker.unblock():
        writers = [fork.Process(target=write, args=(path, str(n))) for n in range(WRITERS)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(240)
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    with contextlib.closing(sqlite3.connect(path)) as database:
        shares = dict(database.execute("SELECT name, COUNT(*) FROM written GROUP BY name"))
    assert len(shares) == WRITERS and min(shares.values()) > TRANSACTIONS / WRITERS / 2, shares
