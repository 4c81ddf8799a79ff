"""A lock held for longer than anybody waits, or a database that is away for some time: server,
worker and schedule live through it, and nothing is lost."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from urllib.parse import quote

import pytest
from django.conf import settings

from tests.conftest import matrix
from tests.search.process_hub import DATABASES, ROOT, Hub

pytestmark = pytest.mark.processes
SEARCH = f"/search/?q={quote('ปูม้า')}"
PATIENCE = 120  # seconds until a test gives up
SERVE = """
import django
django.setup()
from dataclasses import replace
from hub.processes import memory
from hub.processes.parts import parts
from hub.processes.supervisor import Supervisor
server, worker, schedule = parts()
memory.share()
Supervisor([server, replace(worker, command=[*worker.command, "--no-startup-delay"]),
            replace(schedule, command=[*schedule.command, "--interval", "0.5"])]).run()
"""


class Served:
    """The three parts under the supervisor, as ``./run`` serves them."""

    def __init__(self, hub):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.written = []
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE], cwd=ROOT, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, env=hub.environment | {
                "DATABASE_URL": hub.database.impatient_url, "PORT": str(self.port),
                "WEB_CONCURRENCY": "1", "EMAIL_URL": "dummymail://",
            },
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.written.append(line.rstrip())

    def get(self, path) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        except OSError as error:
            return 0, str(error)
        finally:
            connection.close()

    def until(self, condition, what):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if condition():
                return
            time.sleep(0.05)
        pytest.fail(f"{what} did not come:\n" + "\n".join(self.written[-60:]))

    def has_written(self, text, after=0) -> bool:
        return any(text in line for line in self.written[after:])

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)


@pytest.fixture(params=matrix(DATABASES, quick=["postgresql"]))
def hub(tmp_path, request):
    hub = Hub(tmp_path, request.param)
    hub.run("prepare")
    (tmp_path / "static").symlink_to(settings.STATIC_ROOT)
    yield hub
    hub.end()


@pytest.fixture
def served(hub):
    served = Served(hub)
    served.until(lambda: served.get("/readyz")[0] == 200, "the server")
    yield served
    served.end()


def test_all_parts_outlive_a_database_that_is_away(hub, served):
    parts = children_of(served.process.pid)
    assert len(parts) == 3
    assert "/p01/" in served.get(SEARCH)[1]
    hub.run("leave a change and a task")
    with hub.database.away():
        served.until(lambda: served.has_written("the worker goes on in"), "the worker's wait")
        served.until(lambda: served.has_written("trying again"), "the schedule's wait")
        if hub.database.url.startswith("sqlite"):  # readers need no lock
            assert served.get("/")[0] == 200
            assert "/p01/" in served.get(SEARCH)[1]
        else:
            assert served.get("/readyz")[0] == 503
        assert served.get("/livez")[0] == 200
    served.until(lambda: served.get("/readyz")[0] == 200, "the server")
    served.until(lambda: "/p00/" in served.get("/search/?q=afterwards")[1], "the waiting change")
    served.until(lambda: hub.wrong_as_seen_by("tasks done") == [], "the waiting task")
    assert children_of(served.process.pid) == parts, "no part had to be started again"
    served.end()
    assert hub.wrong_as_seen_by("check") == []
    assert hub.wrong_as_seen_by("drain") == []


def children_of(process) -> list[int]:
    """The process ids of the parts: each leads a session of its own."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == process and fields[0] != "Z":
            found.append(int(name))
    return sorted(found)
