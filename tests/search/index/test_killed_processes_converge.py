"""kill -9 of any process, at any moment: the next process finds the hub consistent.

Real processes on one SQLite file and one index folder: an editor at work, a rebuild, the editors'
index being filled, the worker that reads files. Two at a time, each killed in a step chosen by a
seeded generator, at a random moment of that step. ``KILL_SEED`` takes another seed, ``KILLS``
another number.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.search.hub_in_processes import STEPS, Step
from tests.template_database import template_file

ROOT = Path(__file__).resolve().parents[3]
SEED = int(os.environ.get("KILL_SEED", 20260414))
QUICK_KILLS, THOROUGH_KILLS = 12, 54
STEPS_OF = {
    "editing": ["starting", "changing", "committed", "writing the index", "marking", "between"],
    "rebuilding": ["filling", "late changes", "swapping", "marking", "between"],
    "reading": ["between", "reading", "storing", "writing the index"],
    "refilling": ["refilling", "writing the index"],
}
PATIENCE = 1.5  # seconds to wait for a step to come


class Hub:
    """The parent of the hub's processes; see ``hub_in_processes``."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "tmp").mkdir()
        shutil.copy(template_file(), folder / "hub.sqlite3")
        environment = os.environ | {
            "DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/hub.sqlite3",
            "SEARCH_INDEX_DIR": str(folder / "index"), "TMPDIR": str(folder / "tmp"),
            "DJANGO_SETTINGS_MODULE": "hub.settings", "DEVELOPMENT": "1",
            "TASKS_BACKEND": "django_tasks_db.DatabaseBackend",
        }
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.search.hub_in_processes"], cwd=ROOT, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            stderr=open(folder / "errors", "w"),  # noqa: SIM115 lives as long as the process
        )

    def start(self, kind, **order) -> int:
        self.parent.stdin.write(json.dumps({"kind": kind, **order}) + "\n")
        self.parent.stdin.flush()
        return int(self.parent.stdout.readline())

    def run(self, kind, seconds=120):
        process = self.start(kind)
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
        self.parent.wait(10)


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


def seconds_in_each_step(hub, kind) -> dict[str, float]:
    """The mean length of each step, watched for a while."""
    step, process = hub.step(kind), hub.start(kind, seed=kind)
    seen, entered, last = defaultdict(list), time.monotonic(), None
    while sum(map(len, seen.values())) < 30 and (now := time.monotonic()) < entered + PATIENCE:
        if step.get() != last:
            seen[last].append(now - entered)
            entered, last = now, step.get()
        time.sleep(0.0003)
    kill(process)
    return {name: sum(taken) / len(taken) for name, taken in seen.items()}


def kill_in_step(step, process, wanted, length, generator) -> str:
    """Wait for the step, then for some of its length, and kill; the step that was hit."""
    deadline = time.monotonic() + PATIENCE
    while step.get() != wanted and time.monotonic() < deadline:
        time.sleep(0.0003)
    time.sleep(generator.uniform(0, length))
    hit = step.get()
    kill(process)
    return hit


def readers_without_parent(folder) -> list[str]:
    """Processes that still read a file of this hub."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = path.read_bytes()
            if b"child.py" in words and str(folder).encode() in words:
                found.append(words.decode("utf-8", "replace"))
    return found


@pytest.fixture
def hub(tmp_path):
    hub = Hub(tmp_path)
    yield hub
    hub.end()


@pytest.mark.processes
def test_the_hub_is_consistent_after_every_kill(hub, tmp_path, thorough):
    generator = random.Random(SEED)
    kills = int(os.environ.get("KILLS", THOROUGH_KILLS if thorough else QUICK_KILLS))
    print(f"seed {SEED}, {kills} kills")
    hub.run("prepare")
    lengths = {kind: seconds_in_each_step(hub, kind) for kind in STEPS_OF}
    hits, killed = Counter(), 0
    while killed < kills:
        others = generator.sample(sorted(STEPS_OF), 2)
        kinds = ["editing", next(k for k in others if k != "editing")]
        generator.shuffle(kinds)
        processes = {}
        for kind in kinds:
            hub.step(kind).set(STEPS[0])
            processes[kind] = hub.start(kind, seed=f"{SEED}-{killed}")
        for kind in kinds:
            wanted = generator.choice(STEPS_OF[kind])
            length = lengths[kind].get(wanted, 0.02)
            hit = kill_in_step(hub.step(kind), processes[kind], wanted, length, generator)
            hits[f"{kind}: {hit}"] += 1
            killed += 1
        wrong = hub.wrong_as_seen_by("check")
        assert not wrong, (SEED, killed, kinds, hits, wrong)
        assert not hub.exceptions(), hub.exceptions()
    print("\n".join(f"{number:4} × {step}" for step, number in sorted(hits.items())))
    assert len(hits) >= min(10, kills // 3), hits
    assert not readers_without_parent(tmp_path)
    assert hub.wrong_as_seen_by("drain") == []
