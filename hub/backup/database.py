"""The database of the hub in a file and back, by the means of the database itself."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection, connections

FILES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}


class DatabaseError(Exception):
    """What the programs of the database said."""


def file_name() -> str:
    """The name in a backup, which says the kind of database."""
    return FILES[connection.vendor]


def dump(path: Path) -> None:
    """Write the database as it is at one moment to ``path``, while others write to it."""
    if connection.vendor == "sqlite":
        _copy(str(connection.settings_dict["NAME"]), path)
    else:
        _run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={path}")


def load(path: Path, aside: str) -> None:
    """Put the database in ``path`` in the place of the present one; nobody may be using that.

    SQLite: the file that was there stays, with ``aside`` behind its name. PostgreSQL: all or
    nothing, in one transaction.
    """
    connections.close_all()
    if connection.vendor == "sqlite":
        name = Path(connection.settings_dict["NAME"])
        for tail in ("", "-wal", "-shm"):
            old = name.with_name(name.name + tail)
            if old.exists() and not old.stat().st_size:
                old.unlink()  # made by looking whether there is a database
            elif old.exists():
                old.rename(old.with_name(f"{name.name}{aside}{tail}"))
        shutil.move(path, name)
    else:
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--no-acl",
             "--single-transaction", "--exit-on-error", f"--dbname={_parameters()['dbname']}",
             str(path))


def is_empty() -> bool:
    """Whether there is nothing that loading would put away."""
    return not connection.introspection.table_names()


def _copy(source: str, path: Path) -> None:
    uri = source if source.startswith("file:") else f"{Path(source).absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as present, closing(sqlite3.connect(path)) as copy:
        present.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a write-ahead log
        (answer,) = copy.execute("PRAGMA quick_check").fetchone()
        if answer != "ok":
            raise DatabaseError(answer)


def _parameters() -> dict[str, str]:
    found = connection.get_connection_params()
    return {name: str(found[name]) for name in ("host", "port", "user", "password", "dbname")
            if found.get(name)}


def _run(program: str, *arguments: str) -> None:
    where = _parameters()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
             "dbname": "PGDATABASE"}
    environment = os.environ | {names[name]: value for name, value in where.items()}
    try:
        done = subprocess.run(
            [program, *arguments], env=environment, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise DatabaseError(
            f"{program} is not on this machine (Debian: apt install postgresql-client).") from error
    if done.returncode:
        raise DatabaseError(f"{program}: {done.stderr.strip()[-2000:]}")
