"""Without an index, or with a damaged one, every search is answered, and the schedule mends it."""

import os
import resource
import shutil
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.models import PageViewRestriction

from hub.models import OutboxEntry
from lessons.models import LessonPage
from search.alerts.new_results import new_results_between
from search.alerts.saved_search import SavedSearch
from search.engines.contract import IndexUnavailable
from search.engines.tantivy_engine import TantivyEngine
from search.index import indexer
from search.index.history import History
from search.query.find import find, suggest
from tests.factories import LessonPageFactory, SectionPageFactory, document

pytestmark = pytest.mark.django_db
WORD, BODY = "กระพงทดลอง", "แม่ปูม้าในกระชัง"
NOTICES = {"/search/": "กำลังซ่อมดัชนีค้นหา", "/en/search/": "The search index is being mended"}


@pytest.fixture(scope="module")
def written(world):
    """A page that is found by its title, and another by its text."""
    section = SectionPageFactory(title="หมวด")
    page = LessonPageFactory(
        title=f"เรื่อง{WORD}", parent=section, event=BODY, first_published_at=timezone.now()
    )
    file = document("ไฟล์", "ก.txt", "ปลากระบอก".encode() * 20)
    page.attachments.create(document=file)
    page.save()
    for number in range(4):
        LessonPageFactory(title=f"เรื่องอื่น {number}", parent=section)
    return page


@pytest.fixture
def page(written):
    """The page, with an index that has several segments and a list of deleted entries."""
    indexer.rebuild()
    write_again()
    return written


def write_again():
    LessonPage.objects.filter(title="เรื่องอื่น 0").get().save()
    indexer.catch_up()


def schedule():
    call_command("keep_schedule", "--once")


def times(event):
    return History(indexer.engine().path).read().get(event, {}).get("times", 0)


def found(text=WORD):
    """Titles, and whether the database alone was asked."""
    answer = find(text)
    return [result.page.title for result in answer.results], answer.is_plain


def lose():
    shutil.rmtree(indexer.engine().path)


def new_process():
    """Nothing is open, and nothing known."""
    indexer.engine().close()
    indexer._engines.clear()
    indexer._seen.clear()


def test_a_missing_index_is_not_built_by_requests_but_by_the_schedule(page, visitor):
    built = times("built")
    lose()
    assert found() == ([page.title], True)
    assert found(BODY) == ([], True)
    assert [r.page.pk for r in suggest("เรื่องกระพง")] == [page.pk]
    for address, notice in NOTICES.items():
        answer = visitor.get(address, {"q": WORD})
        assert page.title in answer.content.decode()
        assert notice in answer.content.decode()
        assert answer["Cache-Control"] == "no-store"
    assert visitor.get(page.url).status_code == 200
    assert not list(indexer.engine().path.glob("g-*"))
    schedule()
    assert found(BODY) == ([page.title], False)
    for address, notice in NOTICES.items():
        assert notice not in visitor.get(address, {"q": WORD}).content.decode()
    schedule()
    assert times("built") == 1 and built


def test_changes_wait_for_the_index_that_is_built(page):
    lose()
    late = LessonPageFactory(title="ปลาหมอคางดำ", parent=page.get_parent())
    assert found("ปลาหมอคางดำ") == ([late.title], True)
    assert OutboxEntry.objects.unprocessed().exists()
    schedule()
    assert found("ปลาหมอคางดำ") == ([late.title], False)
    assert not OutboxEntry.objects.unprocessed().exists()
    assert not indexer.difference()


def test_a_plain_search_counts_nothing_that_is_private(page, visitor, administrator, signed_in):
    PageViewRestriction.objects.create(page_id=page.pk, restriction_type="login")
    lose()
    for filters in ({}, {"kind": "lesson"}):
        for text in (WORD, "เรื่อง", ""):
            answer = visitor.get("/search/", {"q": text, **filters})
            others = 4 if text != WORD and (text or filters) else 0
            assert answer.context["total"] == others
            counts = [v["count"] for f in answer.context["facets"] for v in f["values"]]
            assert max(counts, default=0) == others
            assert WORD not in answer.content.decode().replace(f'value="{text}"', "") or text
    assert suggest("เรื่องกระพง") == []
    assert signed_in(administrator).get("/search/", {"q": WORD}).context["total"] == 1


def test_a_plain_search_knows_filters_and_excluded_words(page, visitor):
    lose()

    def total(**parameters):
        return visitor.get("/search/", parameters).context["total"]

    year = str(page.year)
    assert total(q="เรื่อง") == total(q="เรื่อง", kind="lesson", year=year, lang="th") == 5
    assert total(q="เรื่อง", kind="model") == total(q="เรื่อง", year="1999") == 0
    assert total(q="เรื่อง", topic="none") == total(q="เรื่อง", area="9011") == 0
    assert total(q=f"เรื่อง -{WORD}") == 4
    assert total(kind="lesson") == 5
    for hostile in ('"', "%", "_", "\\", "a'b", "\x00", "ก" * 5000, "x " * 400):
        assert visitor.get("/search/", {"q": hostile}).status_code == 200


DAMAGE = {
    "random bytes": lambda path: path.write_bytes(os.urandom(max(9, path.stat().st_size))),
    "half a file": lambda path: os.truncate(path, path.stat().st_size // 2),
    "no bytes": lambda path: os.truncate(path, 0),
    "no file": lambda path: path.unlink(),
}


# What the hub, or tantivy for its own writer, keeps beside what is searched; read anew or done
# without when it is damaged.
KEPT_BESIDE = ["verified.json", "progress.json", ".managed.json"]


def files_of_the_index():
    engine = indexer.engine()
    return ["current", *sorted(p.name for p in engine.folder().iterdir() if p.stat().st_size)]


def path_of(name):
    engine = indexer.engine()
    return engine.path / name if name == "current" else engine.folder() / name


def kind_of(name):
    return name if name.endswith(".json") else name.rpartition(".")[2]


@pytest.mark.parametrize("process", ["running", "new"])
def test_whatever_happens_to_a_file_searches_answer_and_the_index_is_mended(
    page, visitor, process, thorough
):
    kinds = {kind_of(name) for name in files_of_the_index()}
    assert {"del", "fast", "fieldnorm", "idx", "pos", "store", "term", "meta.json"} <= kinds
    for number, kind in enumerate(sorted(kinds)):
        for turn, (damage, do) in enumerate(DAMAGE.items()):
            if not thorough and (number + turn + (process == "new")) % len(DAMAGE):
                continue
            name = next(n for n in files_of_the_index() if kind_of(n) == kind)
            assert found(BODY) == ([page.title], False)
            do(path_of(name))
            told = f"{name}: {damage}"
            if process == "new":
                new_process()
            assert found() in (([page.title], True), ([page.title], False)), told
            assert visitor.get("/search/", {"q": f"{WORD} {number}"}).status_code == 200, told
            assert visitor.get("/search/suggest/", {"q": "เรื่อง"}).status_code == 200, told
            if name not in KEPT_BESIDE:
                with pytest.raises(CommandError, match="damaged"):
                    call_command("index", "--check")
                assert found() == ([page.title], True), told
            schedule()
            assert found(BODY) == ([page.title], False), told
            call_command("index", "--check")
            write_again()


def test_damage_that_shows_in_no_time_is_found_by_the_check(page, capsys):
    """A disk that returns other bytes than were written changes no time of the file."""
    [path] = list(indexer.engine().folder().glob("*.store"))[:1]
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[5] ^= 0xFF
    with open(path, "r+b") as file:
        file.write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert found()[0] == [page.title]
    with pytest.raises(CommandError, match="1 damaged"):
        call_command("index", "--check")
    assert f"{path.name}: its checksum does not fit" in capsys.readouterr().out
    damaged = times("damaged")
    schedule()
    assert times("damaged") == damaged + 1
    assert found(BODY) == ([page.title], False)
    call_command("index", "--check")
    assert "damaged 1 times" in capsys.readouterr().out


def test_the_schedule_reads_every_file_in_its_turn(page, monkeypatch):
    monkeypatch.setattr("search.index.upkeep.BYTES_PER_LOOK", 1)
    monkeypatch.setattr("search.index.upkeep.SECONDS_BETWEEN_CHECKS", 0)
    folder = indexer.engine().folder()
    [path] = list(folder.glob("*.pos"))[:1]
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[0] ^= 0xFF
    with open(path, "r+b") as file:
        file.write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    for _look in range(len(list(folder.iterdir()))):
        schedule()
        if times("damaged"):
            break
    assert times("damaged") == 1
    assert found(BODY) == ([page.title], False)


@pytest.mark.parametrize("error", [ValueError("unknown"), RuntimeError("x"), OSError(5, "I/O")])
def test_an_engine_that_fails_once_is_checked_and_used_again(page, visitor, monkeypatch, error):
    def fail(*arguments):
        raise error

    built = times("built")
    monkeypatch.setattr(TantivyEngine, "_search", fail)
    assert found() == ([page.title], True)
    assert visitor.get("/search/", {"q": WORD}).status_code == 200
    assert indexer.engine().is_suspect()
    monkeypatch.undo()
    assert found(BODY) == ([page.title], False)  # the next query may be another
    schedule()
    assert not indexer.engine().is_suspect()
    assert (times("built"), times("damaged")) == (built, 0)


@contextmanager
def full_disk(free):
    """No file of this process may grow beyond ``free`` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("free", [0, 300, 5000])
def test_a_full_disk_leaves_changes_waiting_and_the_index_whole(page, free):
    late = LessonPageFactory(title="ปลาหมอคางดำ", parent=page.get_parent())
    with full_disk(free):
        assert find("ปลาหมอคางดำ").is_plain is False
    assert found(BODY) == ([page.title], False)
    assert found("ปลาหมอคางดำ") == ([late.title], False)
    assert not OutboxEntry.objects.unprocessed().exists()
    assert not indexer.engine().is_suspect()
    assert indexer.engine().verify() == {}
    assert not indexer.difference()


def test_an_index_that_found_no_room_is_built_when_there_is_some(page):
    lose()
    with full_disk(2000):
        schedule()
        assert found() == ([page.title], True)
    schedule()
    assert found(BODY) == ([page.title], False)
    assert len(list(indexer.engine().path.glob("g-*"))) == 1


def test_alerts_wait_for_the_index(page):
    search, now = SavedSearch(WORD, {}), timezone.now()
    span = (None, now - timedelta(days=1), now + timedelta(days=1))
    assert len(new_results_between(search, *span)) == 1
    lose()
    with pytest.raises(IndexUnavailable):
        new_results_between(search, *span)
