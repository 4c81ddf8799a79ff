"""Whatever happens to a search cluster: results within a second, no publish fails, and when it is
back it holds what the database holds."""

import shutil
import time

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import PageViewRestriction

from search.engines.cluster.client import address_of
from search.engines.contract import Filters
from search.engines.fields import SCHEMA_VERSION
from search.index import cluster, indexer
from search.models import ClusterQueueEntry
from search.query.find import find, suggest
from tests.conftest import matrix
from tests.factories import LessonPageFactory
from tests.search.clusters import PRODUCTS, cluster_url, forget
from tests.search.faulty_server import FAULTS, FaultyServer

PATIENCE = 8  # seconds; who waits for the faulty server takes fifteen and more

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
WORD = "กระพงทดลอง"
NOTICES = {
    "/search/": "ระบบค้นหาหลักไม่พร้อมชั่วคราว",
    "/en/search/": "The search service is away for the moment",
}


def found(text=WORD):
    """Titles, and whether the local index was the fallback."""
    answer = find(f'"{text}"')
    return [result.page.title for result in answer.results], answer.fell_back


@pytest.fixture
def page(hub):
    indexer.ensure_current()
    return LessonPageFactory(title=f"เรื่อง{WORD}")


@pytest.fixture
def server():
    server = FaultyServer()
    yield server
    server.stop()


@pytest.fixture(params=matrix(PRODUCTS, quick=["elasticsearch"]))
def failing(request, page, server, search_cluster):
    """Makes the hub's cluster fail in a way from the beginning."""

    def fail(fault):
        server.fault = fault
        return search_cluster(url=f"{request.param}://u:p@127.0.0.1:{server.port}/hub")

    return fail


@pytest.fixture(params=matrix(PRODUCTS, quick=["opensearch"]))
def real(request, page, server, search_cluster, monkeypatch):
    """A working cluster behind the faulty server, tried again at once after a failure."""
    url = cluster_url(request.param)
    address = address_of(url)
    server.backend = (address.host, address.port)
    target = search_cluster(
        url=f"{request.param}://127.0.0.1:{server.port}/{address.prefix}"
    )
    monkeypatch.setattr(target.breaker, "seconds", 0)
    monkeypatch.setattr(target.breaker, "trial", 0)
    # The machine may be busy.
    monkeypatch.setattr("search.query.fallback.CLUSTER_SECONDS", 5)
    monkeypatch.setattr("search.query.fallback.DRAIN_SECONDS", 5)
    cluster.rebuild()
    yield target
    server.stop()
    forget(url)


def test_a_search_answers_soon_with_a_notice(failing, page, visitor):
    for fault in FAULTS:
        failing(fault).breaker.succeeded()
        started = time.monotonic()
        assert found() == ([page.title], True), fault
        assert time.monotonic() - started < PATIENCE, fault
        for address, notice in NOTICES.items():
            answer = visitor.get(f"{address}?q={WORD}")
            assert page.title in answer.content.decode(), fault
            assert notice in answer.content.decode(), fault
            assert answer["Cache-Control"] == "no-store"  # nor does the page cache keep it


def test_suggestions_work_without_the_cluster(failing, page):
    for fault in FAULTS:
        failing(fault).breaker.succeeded()
        started = time.monotonic()
        assert [r.page.title for r in suggest("เรื่อง")] == [page.title], fault
        assert time.monotonic() - started < PATIENCE, fault


def test_without_a_local_index_the_database_answers(failing, page, visitor):
    failing("refuse")
    shutil.rmtree(indexer.engine().path)
    answer = find(f'"{WORD}"')
    assert [result.page.title for result in answer.results] == [page.title]
    assert answer.is_plain
    assert visitor.get(f"/search/?q={WORD}").status_code == 200
    call_command("keep_schedule", "--once")
    assert found() == ([page.title], True)


def test_after_a_failure_the_cluster_is_not_asked_for_a_while(failing, server, page):
    target = failing("hang")
    found()
    asked = server.connections
    started = time.monotonic()
    for _ in range(5):
        assert found() == ([page.title], True)
    assert time.monotonic() - started < PATIENCE
    assert server.connections == asked
    target.breaker.seconds = 0
    target.breaker.failed("again")
    found()
    assert server.connections > asked


def test_publishing_does_not_fail_and_is_hardly_slower(failing, server, monkeypatch):
    drain, taken = cluster.drain, []

    def timed_drain(*arguments):
        started = time.monotonic()
        drain(*arguments)
        taken.append(time.monotonic() - started)

    monkeypatch.setattr(cluster, "drain", timed_drain)
    pks = []
    for number, fault in enumerate(FAULTS):
        failing(fault).breaker.succeeded()
        taken.clear()
        late = LessonPageFactory(title=f"ปลาหมอคางดำ {number}")
        first, asked = max(taken), server.connections
        other = LessonPageFactory(title=f"ปลาหมอช้างเหยียบ {number}")
        assert late.live and other.live
        assert first < PATIENCE, fault
        assert server.connections == asked, fault  # the cluster is not asked
        pks += [late.pk, other.pk]
    assert len(found("ปลาหมอ")[0]) == 10
    assert set(pks) <= set(ClusterQueueEntry.objects.values_list("page_id", flat=True))


def test_a_recovered_cluster_catches_up(real, server, page, capsys):
    assert found() == ([page.title], False)
    for number, fault in enumerate(["refuse", "hang", "503", "half"]):
        server.fault = fault
        late = LessonPageFactory(title=f"ปลาหมอคางดำ {number}")
        page.delete()
        assert found(late.title) == ([late.title], True), fault
        with pytest.raises(CommandError, match="not available"):
            call_command("index", "--check")
        server.fault = None
        call_command("keep_schedule", "--once")
        assert not cluster.has_pending()
        capsys.readouterr()
        call_command("index", "--check")
        assert capsys.readouterr().out.count("agrees with the database") == 2
        assert found(late.title) == ([late.title], False)
        assert page.title not in found(page.title)[0]
        page = late


def test_the_next_search_updates_the_cluster_too(real, server):
    server.fault = "refuse"
    late = LessonPageFactory(title="ปลาหมอคางดำ")
    server.fault = None
    assert found("ปลาหมอคางดำ") == ([late.title], False)
    assert not cluster.has_pending()


def test_an_incomplete_index_is_not_used_and_is_rebuilt(real, page):
    for number in range(3):
        LessonPageFactory(title=f"หน้า {number}")
    held = real.engine.count()
    real.engine.apply([], delete_pages=[page.pk])  # behind the hub's back
    real.engine.client.request("POST", f"/{real.engine.alias}/_refresh", seconds=5)
    real._looked_at = None
    assert found() == ([page.title], True)
    call_command("keep_schedule", "--once")
    assert real.engine.count() == held
    assert found() == ([page.title], False)


def test_a_lost_or_mismatching_index_is_rebuilt(real, page):
    request = real.engine.client.request
    for meta in (
        None, {"schema": SCHEMA_VERSION, "complete": False},
        {"schema": SCHEMA_VERSION - 1, "complete": True},
    ):
        [name] = real.engine._aliased_indexes()
        if meta is None:
            request("DELETE", f"/{name}", seconds=5)
        else:
            request("PUT", f"/{name}/_mapping", {"_meta": meta}, seconds=5)
        real.engine.forget_index()
        assert found() == ([page.title], True)
        with pytest.raises(CommandError, match="not available"):
            call_command("index", "--check")
        call_command("keep_schedule", "--once")
        call_command("index", "--check")
        assert found() == ([page.title], False)
        assert real.engine._aliased_indexes() != [name]


def test_check_and_repair_name_the_index(real, page, capsys):
    LessonPageFactory(title="อีกหน้า")
    real.engine.apply([], delete_pages=[page.pk])
    with pytest.raises(CommandError, match=r"^\w+search at .*: 1 missing, 0 surplus, 0 changed"):
        call_command("index", "--check")
    told = capsys.readouterr().out
    assert "local index: agrees" in told
    assert f"missing: page:{page.pk}" in told
    call_command("index", "--repair")
    call_command("index", "--check")
    call_command("index")
    call_command("index", "--rebuild")
    assert real.engine.count() == indexer.engine().count() == 2


def test_no_count_includes_a_page_made_private_while_the_cluster_was_down(real, server, page):
    assert find(WORD).total == 1
    server.fault = "hang"
    PageViewRestriction.objects.create(page_id=page.pk, restriction_type="login")
    answer = find(WORD)
    assert (answer.total, answer.fell_back) == (0, True) and not any(answer.facets.values())
    server.fault = None
    assert find(WORD).total == 0
    assert not cluster.has_pending()


def test_a_page_changed_while_it_is_sent_is_sent_again(real, page, monkeypatch):
    apply, titles = type(real.engine).apply, ["ที่สอง", "ที่สาม"]

    def apply_and_change(engine, entries, **arguments):
        apply(engine, entries, **arguments)
        if titles:
            # Another process publishes: it indexes the change and finds the cluster's lock held.
            type(page).objects.filter(pk=page.pk).update(title=titles.pop(0))
            ClusterQueueEntry.objects.enqueue([page.pk])

    monkeypatch.setattr(type(real.engine), "apply", apply_and_change)
    ClusterQueueEntry.objects.enqueue([page.pk])
    cluster.drain_all()
    assert not cluster.has_pending()
    assert [h.title for h in real.engine.suggest("ที่สาม", Filters(["public"]), 5)] == ["ที่สาม"]
