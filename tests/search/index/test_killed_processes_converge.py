"""kill -9 of any process, at any moment: the next process finds the hub consistent.

Real processes on one database and one index folder: an editor at work, a rebuild, the editors'
index being filled, the worker that reads files. Two at a time, each killed in a step chosen by a
seeded generator, at a random moment of that step. ``KILL_SEED`` takes another seed, ``KILLS``
another number.
"""

import contextlib
import os
import random
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.conftest import matrix
from tests.search.hub_in_processes import STEPS
from tests.search.process_hub import DATABASES, Hub, kill

SEED = int(os.environ.get("KILL_SEED", 20260414))
QUICK_KILLS, THOROUGH_KILLS = 12, 200  # on each database
STEPS_OF = {
    "editing": ["starting", "changing", "committed", "writing the index", "marking", "between"],
    "rebuilding": ["filling", "late changes", "swapping", "marking", "between"],
    "reading": ["between", "reading", "storing", "writing the index"],
    "refilling": ["refilling", "writing the index"],
}
PATIENCE = 1.5  # seconds to wait for a step to come


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


@pytest.fixture(params=matrix(DATABASES, quick=["sqlite"]))
def hub(tmp_path, request):
    hub = Hub(tmp_path, request.param)
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
