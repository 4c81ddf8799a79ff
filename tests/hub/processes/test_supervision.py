"""A part that ends comes back; all end in order; what cannot start says why, in two languages."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes
ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60  # seconds until a test gives up; nothing takes as long
SUPERVISE = """
import json, os, sys
from hub.processes import supervisor
from hub.processes.backoff import Backoff
from hub.processes.supervisor import Part, Supervisor
supervisor.SHORTEST_SECONDS = 0.2
main = lambda: os.execv(sys.argv[0], sys.argv)
parts = [Part(p["name"], "ส่วน" + p["name"], main, [sys.executable, "-u", "-c", p["program"]],
              p["stop"])
         for p in json.loads(sys.argv[1])]
Supervisor(parts, backoff=lambda: Backoff(0.05, 0.2)).run()
"""
# Each writes its name and process id when it has started, and what ends it.
STEADY = """
import os, signal, sys, time
def end(*_):
    time.sleep({takes})
    print("{name} ended", file=sys.stderr)
    os._exit(0)
signal.signal(signal.SIGTERM, end)
print("{name} is", os.getpid(), file=sys.stderr)
while True: time.sleep(1)
"""
DEAF = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("{name} is", os.getpid(), file=sys.stderr)
while True: time.sleep(1)
"""
LISTENING = """
import os, socket, sys, time
server = socket.create_server(("127.0.0.1", {port}))
print("{name} is", os.getpid(), file=sys.stderr)
while True: time.sleep(1)
"""
# Ends for a new process after a while.
ASKING = """
import os, sys, time
print("{name} is", os.getpid(), file=sys.stderr)
time.sleep(0.5)
"""


class Supervised:
    """A supervisor in a process of its own, and what it and its parts wrote."""

    def __init__(self, *parts):
        self.written, self.seen = [], set()
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISE, json.dumps(parts)], cwd=ROOT, text=True,
            stderr=subprocess.PIPE, env=os.environ | {"DJANGO_SETTINGS_MODULE": "hub.settings"},
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stderr:
            self.written.append(line.rstrip())

    def until(self, text) -> str:
        """Wait for a line with ``text`` that was not waited for before; the line."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for number, line in enumerate(list(self.written)):
                if text in line and number not in self.seen:
                    self.seen.add(number)
                    return line
            time.sleep(0.01)
        pytest.fail(f"“{text}” was not written:\n" + "\n".join(self.written))

    def started(self, name) -> int:
        """The process id of a part, once it has written it."""
        return int(self.until(f"{name} is ").split()[-1])

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.reader.join(PATIENCE)
        return self.process.wait(PATIENCE)


def part(name, program=STEADY, stop=PATIENCE, takes=0, **values):
    return {"name": name, "stop": stop,
            "program": program.format(name=name, takes=takes, **values)}


@pytest.fixture
def supervise():
    running = []

    def start(*parts):
        running.append(Supervised(*parts))
        return running[-1]

    yield start
    for supervised in running:
        supervised.process.terminate()
        supervised.process.wait(PATIENCE)


def wait_for_end(process):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return
        if state == "Z":
            return
        time.sleep(0.01)
    pytest.fail(f"process {process} still runs")


def test_a_killed_part_comes_back_and_the_others_stay(supervise):
    hub = supervise(part("web"), part("worker"))
    web, worker = hub.started("web"), hub.started("worker")
    for _again in range(3):
        os.kill(worker, signal.SIGKILL)
        assert "SIGKILL" in hub.until("worker ended by itself")
        assert "หยุดทำงานเอง" in hub.until("ส่วนworker")
        worker = hub.started("worker")
    os.kill(web, 0)
    assert hub.end() == 0
    assert not any("web ended by itself" in line for line in hub.written)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_all_end_in_order_each_with_what_it_has_begun(supervise, number):
    hub = supervise(part("web", takes=0.3), part("worker", takes=0.3), part("schedule"))
    for name in ("web", "worker", "schedule"):
        hub.started(name)
    assert hub.end(number) == 0
    assert [line for line in hub.written if line.endswith(" ended")] == [
        "web ended", "worker ended", "schedule ended"]


def test_a_part_that_does_not_end_is_killed_after_its_time(supervise):
    hub = supervise(part("deaf", DEAF, stop=0.3), part("worker"))
    deaf = hub.started("deaf")
    hub.started("worker")
    assert hub.end() == 0
    assert "worker ended" in hub.written
    wait_for_end(deaf)


def test_a_taken_port_is_told_and_used_once_it_is_free(supervise):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        hub = supervise(part("web", LISTENING, port=port), part("worker"))
        assert "taken by another program" in hub.until("web could not be started 5 times")
        assert "พอร์ต" in hub.until("ไม่สำเร็จติดต่อกัน")
    hub.started("web")


def test_what_ends_without_a_known_reason_is_shown_with_its_last_words(supervise):
    hub = supervise(part("web", "raise SystemExit('the dog ate {name}')"))
    hub.until("web could not be started 5 times")
    assert hub.until("    the dog ate web")


def test_the_parts_end_with_a_killed_supervisor(supervise):
    hub = supervise(part("web"), part("worker"))
    parts = [hub.started("web"), hub.started("worker")]
    hub.process.kill()
    hub.process.wait(PATIENCE)
    for process in parts:
        wait_for_end(process)


def test_a_part_that_ends_without_an_error_gets_a_new_process_at_once(supervise):
    hub = supervise(part("web", ASKING), part("worker"))
    for _again in range(3):
        hub.started("web")
    assert hub.end() == 0
    assert not any("ended by itself" in line for line in hub.written)
