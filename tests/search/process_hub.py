"""A hub of processes of its own on a database of its own, SQLite or PostgreSQL."""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.search.hub_in_processes import Step
from tests.template_database import key, template_file

ROOT = Path(__file__).resolve().parents[2]


def postgresql_url() -> str:
    """The server that ``./test`` has started, or that of DATABASE_URL; empty without one."""
    url = os.environ.get("POSTGRESQL_URL") or os.environ.get("DATABASE_URL", "")
    return url if url.startswith("postgres") else ""


class OnSQLite:
    """A copy of the template in a file."""

    def __init__(self, folder):
        self.file = folder / "hub.sqlite3"
        shutil.copy(template_file(), self.file)
        self.url = f"sqlite:///{self.file}"
        self.impatient_url = f"{self.url}?timeout=1"

    @contextlib.contextmanager
    def away(self):
        """Another process holds the lock for longer than anybody waits for it."""
        with contextlib.closing(sqlite3.connect(self.file, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            yield
            holder.execute("ROLLBACK")

    def remove(self):
        pass


class OnPostgreSQL:
    """A database of its own on the tests' server, copied from the template there."""

    def __init__(self, folder):
        server = postgresql_url()
        if not server:
            pytest.skip("No PostgreSQL server: neither POSTGRESQL_URL nor DATABASE_URL names one.")
        self.server = urlsplit(server)._replace(path="/postgres").geturl()
        self.name = f"hub_processes_{os.getpid()}_{time.monotonic_ns()}"
        self.impatient_url = self.url = urlsplit(server)._replace(path=f"/{self.name}").geturl()
        subprocess.run(
            [sys.executable, "-m", "tests.template_database"], cwd=ROOT, check=True,
            env=os.environ | {"DATABASE_URL": server},
        )
        self._execute(f"CREATE DATABASE {self.name} TEMPLATE hub_template_{key()}")

    @contextlib.contextmanager
    def away(self):
        """Every connection is cut, and none is accepted."""
        self._execute(
            f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'",
        )
        yield
        self._execute(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS true")

    def remove(self):
        self._execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def _execute(self, *statements):
        import psycopg

        with contextlib.closing(psycopg.connect(self.server, autocommit=True)) as server:
            for statement in statements:
                server.execute(statement)


DATABASES = {"sqlite": OnSQLite, "postgresql": OnPostgreSQL}


class Hub:
    """The parent of the hub's processes; see ``hub_in_processes``."""

    def __init__(self, folder, database="sqlite", **settings):
        self.folder = folder
        (folder / "tmp").mkdir()
        self.database = DATABASES[database](folder)
        self.environment = os.environ | {
            "DATA_DIR": str(folder), "DATABASE_URL": self.database.url,
            "SEARCH_INDEX_DIR": str(folder / "index"), "TMPDIR": str(folder / "tmp"),
            "DJANGO_SETTINGS_MODULE": "hub.settings", "DEVELOPMENT": "1",
            "TASKS_BACKEND": "django_tasks_db.DatabaseBackend", **settings,
        }
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.search.hub_in_processes"], cwd=ROOT, env=self.environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            stderr=open(folder / "errors", "w"),  # noqa: SIM115 lives as long as the process
        )

    def start(self, kind, **order) -> int:
        self.parent.stdin.write(json.dumps({"kind": kind, **order}) + "\n")
        self.parent.stdin.flush()
        return int(self.parent.stdout.readline())

    def call(self, function, *arguments):
        """What ``function``, a dotted name, returns in a new process for DATA_DIR and
        ``arguments``; all of it as JSON has it."""
        answer = self.folder / "answer"
        answer.unlink(missing_ok=True)
        self.run("call", function=function, arguments=arguments)
        return json.loads(answer.read_text())

    def run(self, kind, seconds=300, **order):
        process = self.start(kind, **order)
        wait_for_end(process, seconds)
        assert not self.exceptions(), self.exceptions()

    def wrong_as_seen_by(self, kind) -> list[str]:
        """What a new process finds wrong."""
        answer = self.folder / "wrong"
        answer.unlink(missing_ok=True)
        self.run(kind)
        return json.loads(answer.read_text())

    def exceptions(self) -> str:
        """What workers raised; a worker here ends by being killed, never by itself."""
        path = self.folder / "exceptions"
        return path.read_text() if path.exists() else ""

    def step(self, kind) -> Step:
        return Step(self.folder / f"step-{kind}")

    def end(self):
        self.parent.stdin.close()
        self.parent.wait(60)
        self.database.remove()


def wait_for_end(process, seconds=10):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        time.sleep(0.002)
    raise AssertionError(f"process {process} still runs")


def kill(process):
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    wait_for_end(process)
