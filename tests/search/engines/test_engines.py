"""The contract of engines: tantivy, OpenSearch and Elasticsearch pass the same tests."""

import json
import threading

import pytest

from search.engines.cluster.client import address_of, client_of
from search.engines.cluster.engine import ClusterEngine
from search.engines.contract import Filters, IndexUnavailable
from search.engines.tantivy_engine import TantivyEngine
from search.query import planning
from tests.search.clusters import cluster_url, forget
from tests.search.entries import EVERYONE, entry, found


@pytest.fixture(params=["tantivy", "opensearch", "elasticsearch"])
def make_engine(request, tmp_path):
    """Opens the engine, each time as another process would."""
    if request.param == "tantivy":
        yield lambda: TantivyEngine(tmp_path)
        return
    url = cluster_url(request.param)
    address = address_of(url)
    yield lambda: ClusterEngine(client_of(address), tmp_path / "cluster.lock")
    forget(url)


@pytest.fixture
def engine(make_engine):
    engine = make_engine()
    engine.rebuild([])
    return engine


def test_a_missing_index_raises_and_can_be_built(make_engine):
    for ask in (
        lambda e: e.count(), lambda e: found(e, "น้ำ"), lambda e: e.suggest("น้ำ", EVERYONE, 5),
        lambda e: e.apply([entry(1)]), lambda e: list(e.digests()),
    ):
        with pytest.raises(IndexUnavailable):
            ask(make_engine())
    assert make_engine().rebuild([entry(1)]) == 1
    assert make_engine().count() == 1


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


def test_unreadable_entries_are_neither_found_nor_counted(engine):
    engine.apply([
        entry(1, body="ลับ", topics=["a"]), entry(2, body="ลับ", topics=["a"], audience="p1"),
        entry(3, body="ลับ", topics=["a"], site="2"),
    ])
    answer = planning.run(engine, planning.plan("ลับ"), Filters(["public"], "1"))
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
    answer = planning.run(engine, planning.plan("น้ำ"), Filters(["public"], topics=["a"]))
    assert answer.total == 1
    assert dict(answer.facets["topics"]) == {"a": 1, "b": 2}
    assert answer.facets["years"] == [("2020", 1)]
    assert found(engine, "น้ำ", Filters(["public"], kinds=["file"])) == [3]


@pytest.mark.parametrize("typed", ["netw", "ประชา", "ชุม", "ชุมชน", "ธิปไต", "health"])
def test_titles_are_suggested_by_beginnings_and_middle_parts_of_words(engine, typed):
    engine.apply([entry(1, "ประชาธิปไตยชุมชน Network of Health"), entry(2, "อื่น")])
    assert [h.page_id for h in engine.suggest(typed, EVERYONE, 5)] == [1]


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


def test_characters_that_no_database_accepts_are_removed(engine):
    engine.apply([entry(1, "ก\ud800\x00ข", "ข้าว\udfff\x00", topics=["t"])])
    assert found(engine, "ข้าว") == [1]
    json.dumps([h.title for h in engine.suggest("ก", EVERYONE, 5)]).encode()


@pytest.mark.parametrize("offset, limit", [(0, 0), (10, 10), (-1, 5), (100_000, 10)])
def test_any_page_of_results_may_be_requested(engine, offset, limit):
    engine.apply([entry(1, body="น้ำ")])
    assert len(found(engine, "น้ำ", offset=offset, limit=limit)) <= 1


def test_hostile_filters_find_nothing(engine):
    engine.apply([entry(1, body="น้ำ")])
    for value in ("\ud800", "\x00", "a OR b", "*", ""):
        assert found(engine, "น้ำ", Filters(["public"], topics=[value])) == []


def test_another_process_sees_a_write_and_a_rebuild(engine, make_engine):
    reader = make_engine()
    assert reader.count() == 0
    engine.apply([entry(1, body="น้ำ")])
    assert found(reader, "น้ำ") == [1]
    engine.rebuild([entry(n, body="น้ำ") for n in range(5)])
    assert len(found(reader, "น้ำ")) == reader.count() == 5


def test_changes_during_a_rebuild_are_applied_before_the_swap(engine):
    engine.apply([entry(9)])
    engine.rebuild(
        [entry(1), entry(2)], before_swap=lambda new: new.apply([entry(3)], delete_pages=[1])
    )
    assert sorted(dict(engine.digests())) == ["page:2", "page:3"]


def test_rebuilds_do_not_disturb_readers(make_engine):
    engine = make_engine()
    engine.rebuild([entry(n, body="น้ำ") for n in range(20)])
    stop, seen = threading.Event(), set()

    def read():
        reader = make_engine()
        while not stop.is_set():
            try:
                seen.add(planning.run(reader, planning.plan("น้ำ"), EVERYONE).total)
            except Exception as error:
                seen.add(repr(error))

    thread = threading.Thread(target=read)
    thread.start()
    for _ in range(4):
        engine.rebuild([entry(n, body="น้ำ") for n in range(20)])
    stop.set()
    thread.join()
    assert seen == {20}


def test_writes_of_several_threads_are_all_kept(engine, make_engine):
    def write(first):
        own = make_engine()
        for number in range(first, first + 5):
            with own.writing(30):
                own.apply([entry(number)])

    threads = [threading.Thread(target=write, args=[first]) for first in (100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert engine.count() == len(list(engine.digests())) == 15


def test_browsing_is_sorted_by_date(engine):
    engine.apply([entry(n, published=n % 3 * 1000 + n) for n in range(1, 8)])
    browse = planning.plan("")
    answer = planning.run(engine, browse, EVERYONE)
    assert [h.page_id for h in answer.hits] == [5, 2, 7, 4, 1, 6, 3]
    assert answer.total == 7


def test_used_models_and_newer_entries_rank_first(engine):
    engine.apply([entry(1, body="น้ำ"), entry(2, body="น้ำ", standing=2), entry(3, body="น้ำ"),
                  entry(4, body="น้ำ", published=4_000_000_000)])
    assert found(engine, "น้ำ")[:2] == [2, 4]


def test_scores_are_equal_to_those_of_tantivy(engine, tmp_path):
    texts = [
        ("ธนาคารปูม้า", "ชาวประมงฝากแม่ปูที่มีไข่ไว้ในถัง ไข่ฟักแล้วปล่อยลูกปูคืนทะเล"),
        ("ป่าชายเลนหลังโรงเรียน", "เด็กปลูกต้นโกงกางในป่าชายเลน และปล่อยปูม้า"),
        ("ชมรมผู้สูงอายุ", "รำวงและทำอาหารทุกวันพุธ ปูเสื่อริมทะเล"),
        ("Community health", "health workers visit; ถังขยะ ถังน้ำ"),
    ]
    entries = [entry(n, *text, standing=n, published=n) for n, text in enumerate(texts)]
    engine.rebuild(entries)
    reference = TantivyEngine(tmp_path / "reference")
    reference.rebuild(entries)
    for asked in ("ปูม้า", "ปล่อยลูกปูคืนทะเล", "ขยะ", "ทะเล ไข่", "ทำไมเด็กปลูกต้นโกงกาง?", "health"):
        answers = [planning.run(e, planning.plan(asked), EVERYONE) for e in (engine, reference)]
        keys, scores = zip(*(([h.key for h in a.hits], [h.score for h in a.hits]) for a in answers),
                           strict=True)
        assert keys[0] == keys[1], asked
        assert scores[0] == pytest.approx(scores[1], rel=0.15), asked
