"""What all processes need is loaded once, and nothing that two processes must not share is open."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from hub.processes import memory
from hub.processes.memory import MAX_GROWTH, Growth

pytestmark = pytest.mark.processes
ROOT = Path(__file__).resolve().parents[3]
FORK = """
import json, os, selectors, sys, time
import django
django.setup()
from django.db import connections
from hub.processes import memory
from hub.processes.forked import Forked

memory.share()
before = {
    "threads": len(os.listdir("/proc/self/task")),
    "connections": [c.alias for c in connections.all(initialized_only=True) if c.connection],
    "sockets": [f for f in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{f}")
                and os.readlink(f"/proc/self/fd/{f}").startswith("socket:")],
}

def part():
    from search.text import thai
    loaded = thai._segmenter.loaded
    thai.words("ปูม้า")
    rollup = open("/proc/self/smaps_rollup").read()
    own = int(rollup.split("Private_Dirty:")[1].split()[0]) * 1024
    print(json.dumps({
        "argv": sys.argv, "own": own, "taken": memory.taken(),
        "loaded": [loaded, thai._segmenter.loaded],
    }), file=sys.stderr)

child = Forked(part, ["manage.py", "some_command"], selectors.DefaultSelector())
said = child.stderr.readall()
print(json.dumps(before | json.loads(said) | {"code": child.wait()}))
"""
ENDS = """
import selectors, sys
from hub.processes.forked import Forked
def part():
    {body}
child = Forked(part, ["manage.py", "some_command"], selectors.DefaultSelector())
print(child.stderr.readall().decode())
print("code", child.wait())
"""


def run(program) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "hub.settings"},
    ).stdout


@pytest.fixture(scope="module")
def forked():
    return json.loads(run(FORK))


def test_nothing_is_open_that_two_processes_must_not_share(forked):
    assert forked["threads"] == 1
    assert forked["connections"] == [] and forked["sockets"] == []


def test_a_part_is_called_as_a_program_and_shares_most_of_its_memory(forked):
    assert forked["code"] == 0
    assert forked["argv"] == ["manage.py", "some_command"]
    assert 0 < forked["own"] < forked["taken"] / 2


@pytest.mark.parametrize(("body", "code", "words"), [
    ("return 1", "code 0", ""),
    ("sys.exit(3)", "code 3", ""),
    ("sys.exit('no room')", "code 1", "no room"),
    ("raise ValueError('broken')", "code 1", "ValueError: broken"),
    ("import os; os.kill(os.getpid(), 9)", "code -9", ""),
])
def test_a_part_ends_as_a_program_does(body, code, words):
    said = run(ENDS.format(body=body))
    assert said.splitlines()[-1] == code
    assert words in said


def test_a_process_that_has_grown_too_much_ends_for_a_new_one(monkeypatch):
    sizes = [100]
    monkeypatch.setattr(memory, "taken", lambda: sizes.pop(0) if sizes[1:] else sizes[0])
    growth = Growth()
    sizes[:] = [100 + MAX_GROWTH]
    assert not growth.is_too_much()
    sizes[:] = [101 + MAX_GROWTH, 100]  # what was freed is given back
    assert not growth.is_too_much()
    sizes[:] = [101 + MAX_GROWTH]
    assert growth.is_too_much()


def test_the_schedule_ends_between_two_looks_when_it_has_grown(monkeypatch, db):
    looks = []
    monkeypatch.setattr("hub.management.commands.keep_schedule.Command._look",
                        lambda *_: looks.append(1))
    monkeypatch.setattr("hub.management.commands.keep_schedule._EndBetweenLooks.__init__",
                        lambda self: setattr(self, "asked", 0))
    monkeypatch.setattr(Growth, "is_too_much", lambda self: len(looks) == 3)
    call_command("keep_schedule", interval=0)
    assert len(looks) == 3


def test_the_memory_of_a_process_is_known():
    before = memory.taken()
    block = bytearray(b"x") * 2**26
    assert 2**25 < memory.taken() - before < 2**28
    del block
