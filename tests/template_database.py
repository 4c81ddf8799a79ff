"""A migrated database with reference data, kept in var/ between runs; every worker copies it.

Migrating and loading takes fifteen seconds, copying an instant. On SQLite the template is a file
and each worker's copy is in memory; on PostgreSQL both are databases of one server. ``python -m
tests.template_database`` builds the template of ``DATABASE_URL`` in advance.
"""

import fcntl
import hashlib
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var/test-template"
LOADS_REFERENCE = re.compile(r"hub\.reference|load_reference|reference_loaded")


@cache
def key() -> str:
    """A hash of the migrations, the reference data, the code that loads it and the packages."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(_sources()):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _sources():
    yield from [ROOT / "requirements.txt", ROOT / "hub/settings.py"]
    for migrations in ROOT.glob("*/migrations"):
        app = migrations.parent
        yield from app.rglob("*.csv")
        yield from app.rglob("*.txt")
        for path in app.rglob("*.py"):
            rooms = path.relative_to(app).parts
            if {"migrations", "reference"} & {*rooms} or (
                path.name != "apps.py" and LOADS_REFERENCE.search(path.read_text("utf-8"))
            ):
                yield path


def template_of(connection):
    """The template database for the vendor of ``connection``."""
    return {"sqlite": InMemory, "postgresql": OnServer}[connection.vendor](connection)


def template_file() -> Path:
    """An SQLite database to be copied."""
    template = InMemory(connection=None)
    template.make()
    return template.template


def _load(database_url):
    """Migrate and load the database at ``database_url`` in a separate process."""
    code = (
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0)\n"
        "call_command('load_reference')\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "--verbosity=0", "-c", code],
            cwd=ROOT, capture_output=True, text=True, env=os.environ | {
                "DATABASE_URL": database_url, "DATA_DIR": folder, "DEVELOPMENT": "1",
                "SEARCH_INDEX_DIR": f"{folder}/index", "SEARCH_URL": "",
            },
        )
    if done.returncode:
        raise RuntimeError(f"The template database could not be built:\n{done.stdout}{done.stderr}")


@contextmanager
def exclusive(what):
    """A lock: one process builds ``what`` in the template folder while the others wait."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / f"{what}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class InMemory:
    """SQLite: the template is a file, the copy is in memory."""

    NAME = "file:memorydb_default?mode=memory&cache=shared"

    def __init__(self, connection):
        self.connection = connection
        self.template = FOLDER / f"{key()}.sqlite3"

    def make(self):
        with exclusive("sqlite"):
            if self.template.exists():
                return
            for old in FOLDER.glob("*.sqlite3*"):
                old.unlink()
            partial = self.template.with_suffix(".sqlite3-part")
            partial.unlink(missing_ok=True)
            _load(f"sqlite:///{partial}")
            with closing(sqlite3.connect(partial)) as database:
                # A single file, without a write-ahead log.
                database.execute("PRAGMA journal_mode=DELETE")
            partial.rename(self.template)

    def copy(self):
        """Give the connection a fresh copy of the template."""
        self.connection.settings_dict["NAME"] = self.NAME
        self.connection.ensure_connection()
        with closing(sqlite3.connect(f"file:{self.template}?mode=ro", uri=True)) as template:
            template.backup(self.connection.connection)

    def remove(self):
        pass


class OnServer:
    """PostgreSQL: template and copies are databases on the server of ``DATABASE_URL``."""

    def __init__(self, connection):
        self.connection = connection
        self.template = f"hub_template_{key()}"
        self.name = f"hub_test_{os.getpid()}"

    def make(self):
        with exclusive("postgresql"), self._server() as server:
            if server.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [self.template]
            ).fetchone():
                return
            partial = f"{self.template}_part"
            server.execute(f"DROP DATABASE IF EXISTS {partial} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {partial}")
            _load(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{partial}").geturl())
            server.execute(f"ALTER DATABASE {partial} RENAME TO {self.template}")

    def copy(self):
        """Give the connection a fresh copy of the template."""
        self.remove()
        with self._server() as server:
            server.execute(f"CREATE DATABASE {self.name} TEMPLATE {self.template}")
        self.connection.settings_dict["NAME"] = self.name

    def remove(self):
        self.connection.close()
        with self._server() as server:
            server.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def _server(self):
        import psycopg

        found = self.connection.get_connection_params() | {"dbname": "postgres"}
        wanted = ("host", "port", "user", "password", "dbname")
        return closing(psycopg.connect(
            autocommit=True, **{name: found[name] for name in wanted if name in found}
        ))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")
    import django

    django.setup()
    from django.db import connection

    template_of(connection).make()
