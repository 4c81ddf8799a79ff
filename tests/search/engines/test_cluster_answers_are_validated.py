"""Invalid answers and a cluster that is busy or rejects entries: the engine raises."""

import json

import pytest

from search.engines.cluster.client import Address, Client, Unreachable, address_of, client_of
from search.engines.cluster.engine import ClusterEngine, DocumentsRejected, IndexMismatch
from search.engines.contract import IndexUnavailable
from search.engines.fields import SCHEMA_VERSION
from search.query import planning
from tests.search.entries import EVERYONE, entry
from tests.search.faulty_server import FAULTS, FaultyServer

SHARDS = {"total": 1, "successful": 1, "failed": 0}
SHOWN = json.dumps({
    "key": "page:1", "stage": "lesson", "title": "t", "page_id": 1, "document_id": None,
    "year": None, "summary": "", "sections": [],
})
ANSWER = {
    "timed_out": False, "_shards": SHARDS,
    "hits": {"total": {"value": 1, "relation": "eq"},
             "hits": [{"_index": "hub-1", "_score": 1.5, "_source": {"shown": SHOWN}}]},
    "aggregations": {
        name: {"values": {"buckets": [{"key": "a", "doc_count": 1}]}}
        for name in ("stages", "topics", "areas", "years", "languages")
    },
}
MAPPING = {"hub-1": {"mappings": {"_meta": {"schema": SCHEMA_VERSION, "complete": True}}}}


class RecordedClient(Client):
    """Answers by the end of the path, from a list one by one. Records the requests."""

    def __init__(self, **answers):
        super().__init__(Address("opensearch", False, "localhost", 9200, "hub"))
        self.answers = {"_mapping": MAPPING, "_refresh": {"_shards": SHARDS}} | answers
        self.asked = []

    def _send(self, method, path, body, params, seconds):
        name = path.rsplit("/", 1)[-1]
        self.asked.append((method, path, body, params))
        answer = self.answers[name]
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def engine_of(tmp_path, monkeypatch):
    monkeypatch.setattr("search.engines.cluster.engine.BACKOFF", 0.001)
    return lambda **answers: ClusterEngine(RecordedClient(**answers), tmp_path / "lock")


def ask(engine):
    return planning.run(engine, planning.plan("น้ำ"), EVERYONE)


def test_a_complete_answer_is_read(engine_of):
    answer = ask(engine_of(_search=ANSWER))
    assert [(h.key, h.score) for h in answer.hits] == [("page:1", 1.5)]
    assert (answer.total, answer.facets["areas"]) == (1, [("a", 1)])


@pytest.mark.parametrize("wrong", [
    {"timed_out": True}, {"_shards": {"total": 2, "successful": 1, "failed": 1}},
    {"_shards": {"total": 0, "successful": 0, "failed": 0}}, {"hits": None}, {"hits": {}},
    {"hits": {"total": 1, "hits": []}}, {"aggregations": {}}, {"_shards": []},
    {"hits": {"total": {"value": 10000, "relation": "gte"}, "hits": []}},
    {"hits": {"total": {"value": 1, "relation": "eq"}, "hits": [{"_index": "hub-1"}]}},
    {"hits": {"total": {"value": 1, "relation": "eq"},
              "hits": [{"_index": "hub-1", "_score": 1, "_source": {"shown": "{"}}]}},
])
def test_an_invalid_answer_raises_index_unavailable(engine_of, wrong):
    with pytest.raises(IndexUnavailable):
        ask(engine_of(_search=ANSWER | wrong))


@pytest.mark.parametrize("mapping", [
    {}, MAPPING | {"hub-2": MAPPING["hub-1"]}, {"hub-1": {"mappings": {}}},
    {"hub-1": {"mappings": {"_meta": {"schema": SCHEMA_VERSION, "complete": False}}}},
    {"hub-1": {"mappings": {"_meta": {"schema": SCHEMA_VERSION - 1, "complete": True}}}},
    Unreachable("no such index", 404),
])
def test_an_incomplete_index_or_one_of_another_version_is_a_mismatch(engine_of, mapping):
    with pytest.raises(IndexMismatch):
        ask(engine_of(_mapping=mapping, _search=ANSWER))


def test_the_index_of_a_newer_version_is_left_alone(engine_of):
    newer = {"hub-1": {"mappings": {"_meta": {"schema": SCHEMA_VERSION + 1, "complete": True}}}}
    with pytest.raises(IndexUnavailable, match="newer") as raised:
        ask(engine_of(_mapping=newer, _search=ANSWER))
    assert not isinstance(raised.value, IndexMismatch)  # which has the index built again


def test_an_alias_moved_to_another_version_is_detected_by_the_next_answer(engine_of):
    other = {"hub-2": {"mappings": {"_meta": {"schema": 1, "complete": True}}}}
    moved = json.loads(json.dumps(ANSWER).replace("hub-1", "hub-2"))
    engine = engine_of(_mapping=[MAPPING, other], _search=[ANSWER, moved])
    ask(engine)
    with pytest.raises(IndexMismatch):
        ask(engine)


def bulk(*statuses):
    return {"items": [{"index": {"status": s, "error": {"reason": "r"}}} for s in statuses]}


def test_what_the_cluster_was_too_busy_for_is_sent_again(engine_of):
    busy = Unreachable("busy", 429)
    engine = engine_of(_bulk=[busy, bulk(201, 429, 503), bulk(429, 201), bulk(200)])
    engine.apply([entry(1), entry(2), entry(3)])
    sent = [body.count('"index"') for _m, path, body, _p in engine.client.asked if "_bulk" in path]
    assert sent == [3, 3, 2, 1]


def test_a_cluster_that_stays_busy_raises(engine_of):
    with pytest.raises(Unreachable):
        engine_of(_bulk=[bulk(429)] * 9).apply([entry(1)])
    with pytest.raises(Unreachable):
        engine_of(_bulk=[Unreachable("busy", 503)] * 9).apply([entry(1)])


def test_rejected_entries_raise(engine_of):
    with pytest.raises(DocumentsRejected) as raised:
        engine_of(_bulk=[bulk(201, 400)]).apply([entry(1), entry(2)])
    assert raised.value.keys == {"page:2"}


def test_writing_never_creates_an_index(engine_of):
    engine = engine_of(_bulk=[bulk(201)])
    engine.apply([entry(1)])
    [params] = [params for _m, path, _b, params in engine.client.asked if "_bulk" in path]
    assert params["require_alias"] == "true"


def test_values_selected_in_a_facet_do_not_narrow_its_own_counts(engine_of):
    from search.engines.contract import Filters

    engine = engine_of(_search=ANSWER)
    planning.run(engine, planning.plan("น้ำ"), Filters(["public"], "1", topics=["a"]))
    body = engine.client.asked[-1][2]
    assert json.dumps({"terms": {"topic": ["a"]}}) in json.dumps(body["post_filter"])
    filters = {name: json.dumps(part["filter"]) for name, part in body["aggs"].items()}
    assert '"topic"' not in filters["topics"]
    assert '"topic"' in filters["areas"]
    assert all('"audience"' in part for part in (*filters.values(), json.dumps(body["query"])))
    assert body["track_total_hits"] is True


@pytest.mark.parametrize("url, expected", [
    ("opensearch://h", ("opensearch", "http://h:9200", "hub", "", "")),
    ("opensearch+tls://u:p%40ss@h:9201/idx-1",
     ("opensearch", "https://h:9201", "idx-1", "u", "p@ss")),
    ("elasticsearch+https://[::1]/x", ("elasticsearch", "https://[::1]:9200", "x", "", "")),
])
def test_valid_search_urls_are_parsed(url, expected):
    a = address_of(url)
    assert (a.product, a.url, a.prefix, a.user, a.password) == expected
    assert "p@ss" not in repr(a) + str(a)


@pytest.mark.parametrize("url", [
    "http://h", "opensearch+ssh://h", "opensearch://", "opensearch://h/Hub", "opensearch://h/a/b",
    "opensearch://h:x/a", "opensearch://h/_all", "opensearch://h/a,b", "opensearch://h/*",
])
def test_invalid_search_urls_raise_without_the_password(url):
    with pytest.raises(ValueError, match=r"\bits? "):
        address_of(url)


@pytest.mark.parametrize("product", ["opensearch", "elasticsearch"])
def test_no_request_takes_longer_than_its_limit(product):
    import time

    for fault in FAULTS:
        server = FaultyServer(fault)
        client = client_of(address_of(f"{product}://127.0.0.1:{server.port}/hub"))
        started = time.monotonic()
        if fault != "other_json":
            with pytest.raises(Unreachable):
                client.request("GET", "/hub/_mapping", seconds=0.3)
        # The server takes fifteen seconds and more; this machine may be busy.
        assert time.monotonic() - started < 8, fault
        server.stop()
