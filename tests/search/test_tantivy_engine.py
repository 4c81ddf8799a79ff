"""The embedded index: atomic, shared by processes, never a crash for what was typed or killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from search import query
from search.engine import Entry, Filters, IndexUnavailable, Section
from search.tantivy_engine import TantivyEngine

EVERYONE = Filters(["public"])
WRITER = """
import sys
sys.path.insert(0, {tests!r})
from test_tantivy_engine import entry
from search.tantivy_engine import TantivyEngine
engine = TantivyEngine({path!r})
print("ready", flush=True)
"""


def entry(number, title="เรื่อง", body="", **changes):
    values = {
        "key": f"page:{number}", "kind": "page", "stage": "lesson", "language": "th",
        "title": title, "summary": "", "sections": [Section("s", "", body)],
        "audience": "public", "site": "1", "url": "/", "page_id": number,
    }
    return Entry(**{**values, **changes})


@pytest.fixture
def engine(tmp_path):
    engine = TantivyEngine(tmp_path)
    engine.rebuild([])
    return engine


def found(engine, text, filters=EVERYONE, **arguments):
    answer = query.run(engine, query.plan(text), filters, **arguments)
    return [hit.page_id for hit in answer.hits]


def process(path, code):
    code = WRITER.format(tests=os.path.dirname(__file__), path=str(path)) + code
    started = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=os.getcwd(),
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    assert started.stdout.readline() == "ready\n"
    return started


def test_an_entry_is_found_replaced_and_deleted(engine):
    engine.apply([entry(1, body="ถังขยะ"), entry(2, body="ข้าวสาร")])
    assert found(engine, "ขยะ") == [1]
    engine.apply([entry(1, body="ต้นไม้")])
    assert found(engine, "ขยะ") == []
    assert sorted(dict(engine.digests())) == ["page:1", "page:2"]
    engine.apply([], delete_pages=[1])
    engine.apply([], delete_keys=["page:2"])
    assert engine.count() == 0


def test_deleting_a_page_deletes_its_files(engine):
    engine.apply([entry(1), entry(1, key="file:1:7", kind="file", document_id=7), entry(2)])
    engine.apply([], delete_pages=[1])
    assert list(dict(engine.digests())) == ["page:2"]


def test_what_may_not_be_read_is_neither_found_nor_counted(engine):
    engine.apply([
        entry(1, body="ลับ", topics=["a"]), entry(2, body="ลับ", topics=["a"], audience="p1"),
        entry(3, body="ลับ", topics=["a"], site="2"),
    ])
    answer = query.run(engine, query.plan("ลับ"), Filters(["public"], "1"))
    assert [h.page_id for h in answer.hits] == [1]
    assert answer.total == 1
    assert answer.facets["topics"] == [("a", 1)]
    assert found(engine, "ลับ", Filters([])) == []
    assert engine.suggest("เรื่", Filters([]), 5) == []


def test_filters_narrow_and_facets_count_the_alternatives(engine):
    engine.apply([
        entry(1, body="น้ำ", topics=["a"], year=2020), entry(2, body="น้ำ", topics=["b"], year=2021),
        entry(3, body="น้ำ", topics=["b"], kind="file", key="file:3:1"),
    ])
    answer = query.run(engine, query.plan("น้ำ"), Filters(["public"], topics=["a"]))
    assert answer.total == 1
    assert dict(answer.facets["topics"]) == {"a": 1, "b": 2}
    assert answer.facets["years"] == [("2020", 1)]
    assert found(engine, "น้ำ", Filters(["public"], kinds=["file"])) == [3]


@pytest.mark.parametrize("typed", ["netw", "ประชา", "ชุม", "ชุมชน", "ธิปไต", "health"])
def test_titles_are_suggested_by_beginnings_and_middle_parts_of_words(engine, typed):
    engine.apply([entry(1, "ประชาธิปไตยชุมชน Network of Health"), entry(2, "อื่น")])
    assert [h.page_id for h in engine.suggest(typed, EVERYONE, 5)] == [1]


@pytest.mark.parametrize(
    "pointer",
    [None, "", "{", "[]", '"x"', '{"schema": 1}', '{"schema": 1, "generation": "g-none"}',
     '{"schema": 999, "generation": "g"}', '{"schema": 1, "generation": 5}'],
)
def test_an_index_that_cannot_be_read_says_so_and_can_be_rebuilt(tmp_path, pointer):
    if pointer is not None:
        (tmp_path / "current").write_text(pointer)
    engine = TantivyEngine(tmp_path)
    with pytest.raises(IndexUnavailable):
        engine.count()
    assert engine.rebuild([entry(1)]) == 1
    assert engine.count() == 1


@pytest.mark.parametrize("broken", ["meta.json", ".idx", ".store", ".term", ".fast"])
def test_damaged_files_say_so_and_can_be_rebuilt(tmp_path, broken):
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
def test_damage_met_while_in_use_says_so_until_a_rebuild(tmp_path, broken):
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


def test_a_writer_waits_no_longer_than_told(engine, tmp_path):
    other = process(tmp_path, (
        "import time\nwith engine.writing():\n    print('held', flush=True)\n    time.sleep(30)"
    ))
    assert other.stdout.readline() == "held\n"
    started = time.monotonic()
    with pytest.raises(TimeoutError), engine.writing(timeout=0.2):
        pass
    assert time.monotonic() - started < 2
    assert engine.count() == 0  # reading goes on
    other.send_signal(signal.SIGKILL)
    other.wait()
    with engine.writing(timeout=2):
        engine.apply([entry(1)])


@pytest.mark.parametrize("work", [
    "for n in range(9999): engine.apply([entry(n % 50, body='น้ำ ' * 500)])",
    "for n in range(9999): engine.rebuild([entry(m, body='น้ำ ' * 99) for m in range(50)])",
])
def test_kill_9_at_any_moment_leaves_a_readable_index(engine, tmp_path, work):
    engine.apply([entry(900, body="ข้าว")])
    for pause in (0.02, 0.3, 0.7, 1.1):
        writer = process(tmp_path, work)
        time.sleep(pause)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        assert TantivyEngine(tmp_path).count() == len(list(TantivyEngine(tmp_path).digests())) >= 1
        TantivyEngine(tmp_path).apply([entry(901, body="ข้าว")])
        assert 901 in found(TantivyEngine(tmp_path), "ข้าว")


def test_readers_never_notice_rebuilds_and_old_generations_go(tmp_path):
    engine = TantivyEngine(tmp_path)
    engine.rebuild([entry(n, body="น้ำ") for n in range(20)])
    stop, seen = threading.Event(), set()

    def read():
        reader = TantivyEngine(tmp_path)
        while not stop.is_set():
            try:
                seen.add(query.run(reader, query.plan("น้ำ"), EVERYONE).total)
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


def test_a_rebuild_that_fails_leaves_the_old_index(engine):
    engine.apply([entry(1)])

    def entries():
        yield entry(2)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        engine.rebuild(entries())
    assert list(dict(engine.digests())) == ["page:1"]


def test_one_bad_entry_does_not_stop_the_next_apply(engine):
    with pytest.raises(AttributeError):
        engine.apply([entry(1), None])
    engine.apply([entry(2)])
    assert list(dict(engine.digests())) == ["page:2"]


def test_text_no_database_takes_is_indexed_cleaned(engine):
    engine.apply([entry(1, "ก\ud800\x00ข", "ข้าว\udfff\x00", topics=["t"])])
    assert found(engine, "ข้าว") == [1]
    json.dumps([h.title for h in engine.suggest("ก", EVERYONE, 5)]).encode()


@pytest.mark.parametrize("offset, limit", [(0, 0), (10, 10), (-1, 5), (100_000, 10)])
def test_any_page_of_results_may_be_asked_for(engine, offset, limit):
    engine.apply([entry(1, body="น้ำ")])
    assert len(found(engine, "น้ำ", offset=offset, limit=limit)) <= 1


def test_hostile_filters_find_nothing(engine):
    engine.apply([entry(1, body="น้ำ")])
    for value in ("\ud800", "\x00", "a OR b", "*", ""):
        assert found(engine, "น้ำ", Filters(["public"], topics=[value])) == []
