"""The embedded index: atomic, shared by processes, safe against any query and any kill."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from search.engines.contract import IndexUnavailable
from search.engines.tantivy_engine import TantivyEngine
from search.query import planning
from tests.search.entries import EVERYONE, entry, found

ROOT = Path(__file__).resolve().parents[3]
WRITER = """
import sys
sys.path.insert(0, {root!r})
from tests.search.entries import entry
from search.engines.tantivy_engine import TantivyEngine
engine = TantivyEngine({path!r})
print("ready", flush=True)
"""


@pytest.fixture
def engine(tmp_path):
    engine = TantivyEngine(tmp_path)
    engine.rebuild([])
    return engine


def process(path, code):
    code = WRITER.format(root=str(ROOT), path=str(path)) + code
    started = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=os.getcwd(),
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    assert started.stdout.readline() == "ready\n"
    return started


@pytest.mark.parametrize(
    "pointer",
    [None, "", "{", "[]", '"x"', '{"schema": 1}', '{"schema": 1, "generation": "g-none"}',
     '{"schema": 999, "generation": "g"}', '{"schema": 1, "generation": 5}'],
)
def test_an_unreadable_index_raises_and_can_be_rebuilt(tmp_path, pointer):
    if pointer is not None:
        (tmp_path / "current").write_text(pointer)
    engine = TantivyEngine(tmp_path)
    with pytest.raises(IndexUnavailable):
        engine.count()
    assert engine.rebuild([entry(1)]) == 1
    assert engine.count() == 1


@pytest.mark.parametrize("broken", ["meta.json", ".idx", ".store", ".term", ".fast"])
def test_damaged_files_raise_and_can_be_rebuilt(tmp_path, broken):
    TantivyEngine(tmp_path).rebuild([entry(1, body="น้ำ")])
    for file in tmp_path.glob("g-*/*"):
        if file.name.endswith(broken):
            os.truncate(file, 10)
    engine = TantivyEngine(tmp_path)
    with pytest.raises(IndexUnavailable):
        found(engine, "น้ำ")
    engine.rebuild([entry(1, body="น้ำ")])
    assert found(engine, "น้ำ") == [1]


@pytest.mark.parametrize("broken", [".pos", ".store"])
def test_damage_detected_while_in_use_raises_until_a_rebuild(tmp_path, broken):
    engine = TantivyEngine(tmp_path)
    engine.rebuild([entry(n, body="น้ำ ดิน") for n in range(50)])
    [file] = tmp_path.glob(f"g-*/*{broken}")
    content = bytearray(file.read_bytes())
    # The footer is left as it was, so that opening the file goes well.
    content[: len(content) // 2] = os.urandom(len(content) // 2)
    if broken == ".pos":
        file.unlink()
    else:
        file.write_bytes(content)
    engine = TantivyEngine(tmp_path)
    with pytest.raises(IndexUnavailable):
        found(engine, "น้ำดิน")
    engine.rebuild([entry(1, body="น้ำ")])
    assert found(engine, "น้ำ") == [1]
    assert engine.count() == 1


def test_a_full_disk_stops_writing_but_not_reading(engine, monkeypatch):
    engine.apply([entry(1, body="น้ำ")])

    def full(*_arguments):
        raise ValueError("An IO error occurred: 'No space left on device (os error 28)'")

    monkeypatch.setattr(engine, "_write", full)
    with pytest.raises(IndexUnavailable):
        engine.apply([entry(2)])
    assert found(engine, "น้ำ") == [1]
    assert engine.count() == 1


def test_another_process_sees_a_commit_and_a_rebuild(engine, tmp_path):
    reader = TantivyEngine(tmp_path)
    assert reader.count() == 0
    process(tmp_path, "engine.apply([entry(1)])").wait(30)
    assert reader.count() == 1
    process(tmp_path, "engine.rebuild([entry(n) for n in range(5)])").wait(30)
    assert reader.count() == 5


def test_two_processes_write_one_after_the_other(engine, tmp_path):
    code = "for n in range({0}, {0} + 15): engine.apply([entry(n)])"
    writers = [process(tmp_path, code.format(first)) for first in (100, 200)]
    assert [w.wait(60) for w in writers] == [0, 0]
    assert engine.count() == 30


def test_a_writer_waits_no_longer_than_its_timeout(engine, tmp_path):
    other = process(tmp_path, (
        "import time\nwith engine.writing():\n    print('held', flush=True)\n    time.sleep(30)"
    ))
    assert other.stdout.readline() == "held\n"
    started = time.monotonic()
    with pytest.raises(TimeoutError), engine.writing(timeout=0.2):
        pass
    assert time.monotonic() - started < 20  # the other holds it for thirty
    assert engine.count() == 0  # reading goes on
    other.send_signal(signal.SIGKILL)
    other.wait()
    with engine.writing(timeout=2):
        engine.apply([entry(1)])


@pytest.mark.parametrize("work", [
    "for n in range(9999): engine.apply([entry(n % 50, body='น้ำ ' * 500)])",
    "for n in range(9999): engine.rebuild([entry(m, body='น้ำ ' * 99) for m in range(50)])",
])
def test_kill_9_at_any_moment_leaves_a_readable_index(engine, tmp_path, work, thorough):
    engine.apply([entry(900, body="ข้าว")])
    for pause in (0.02, 0.3, 0.7, 1.1) if thorough else (0.02, 0.4):
        writer = process(tmp_path, work)
        time.sleep(pause)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        assert TantivyEngine(tmp_path).count() == len(list(TantivyEngine(tmp_path).digests())) >= 1
        TantivyEngine(tmp_path).apply([entry(901, body="ข้าว")])
        assert 901 in found(TantivyEngine(tmp_path), "ข้าว")


def test_rebuilds_do_not_disturb_readers_and_old_generations_are_deleted(tmp_path):
    engine = TantivyEngine(tmp_path)
    engine.rebuild([entry(n, body="น้ำ") for n in range(20)])
    stop, seen = threading.Event(), set()

    def read():
        reader = TantivyEngine(tmp_path)
        while not stop.is_set():
            try:
                seen.add(planning.run(reader, planning.plan("น้ำ"), EVERYONE).total)
            except Exception as error:
                seen.add(repr(error))

    thread = threading.Thread(target=read)
    thread.start()
    for _ in range(15):
        engine.rebuild([entry(n, body="น้ำ") for n in range(20)])
        engine.count()
    stop.set()
    thread.join()
    assert seen == {20}
    assert len(list(tmp_path.glob("g-*"))) <= 2
