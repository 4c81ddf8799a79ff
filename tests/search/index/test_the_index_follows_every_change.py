"""The next search reflects every change in the admin; no failure stops publishing."""

import shutil

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hub.models import OutboxEntry
from search.index import indexer
from search.index.entries import EntryBuilder
from search.query.find import find
from tests.factories import LessonPageFactory, SectionPageFactory

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True), pytest.mark.editors_search,
]
WORD = "กระพงทดลอง"


def found(text=WORD):
    return [result.page.title for result in find(f'"{text}"').results]


@pytest.fixture
def page(hub):
    indexer.ensure_current()
    return LessonPageFactory(title=f"เรื่อง{WORD}", parent=SectionPageFactory(title="หมวด"))


@pytest.fixture
def client(moderator, signed_in):
    return signed_in(moderator)


def test_published_then_unpublished(page, client):
    assert found() == [page.title]
    client.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    assert found() == []


def test_made_private_and_open_again(page, administrator, signed_in):
    client = signed_in(administrator)
    address = reverse("wagtailadmin_pages:set_privacy", args=[page.pk])
    client.post(address, {"restriction_type": "login"})
    assert found() == []
    client.post(address, {"restriction_type": "none"})
    assert found() == [page.title]


def test_moved_under_a_private_page(page, administrator, signed_in):
    from wagtail.models import PageViewRestriction

    room = SectionPageFactory(title="ห้องใน")
    PageViewRestriction.objects.create(page_id=room.pk, restriction_type="login")
    assert found() == [page.title]
    signed_in(administrator).post(
        reverse("wagtailadmin_pages:move_confirm", args=[page.pk, room.pk])
    )
    assert found() == []


def test_deleted(page, client):
    assert found() == [page.title]
    client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    assert found() == []


def test_a_draft_of_a_live_page_is_not_found_until_it_is_published(page):
    page.title = "ปลากดเหลือง"
    revision = page.save_revision()
    assert found("ปลากดเหลือง") == []
    revision.publish()
    assert found("ปลากดเหลือง") == ["ปลากดเหลือง"]
    assert found() == []


def test_the_index_is_written_when_the_transaction_commits(page):
    assert not OutboxEntry.objects.unprocessed().exists()
    hits = dict(indexer.engine().digests())
    assert f"page:{page.pk}" in set(hits)


def test_the_next_search_indexes_what_a_killed_process_did_not(page, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("search.index.indexer.catch_up", lambda timeout=0: 0)
        late = LessonPageFactory(title="ปลาหมอคางดำ")
    indexer._engines.clear()
    assert OutboxEntry.objects.unprocessed().exists()
    assert found("ปลาหมอคางดำ") == [late.title]


def test_publishing_goes_on_when_the_index_cannot_be_written(page):
    indexer.engine().close()
    shutil.rmtree(settings.SEARCH_INDEX_DIR)
    settings.SEARCH_INDEX_DIR.write_text("a file where the folder should be")
    indexer._engines.clear()
    late = LessonPageFactory(title="ปลาหมอคางดำ")
    assert late.live
    settings.SEARCH_INDEX_DIR.unlink()
    assert found("ปลาหมอคางดำ") == [late.title]  # in the database
    call_command("keep_schedule", "--once")
    assert not find("ปลาหมอคางดำ").is_plain
    assert found("ปลาหมอคางดำ") == [late.title]


def test_the_check_lists_missing_and_surplus_entries(page, capsys):
    call_command("index", "--rebuild")
    call_command("index", "--check")
    assert "agrees" in capsys.readouterr().out
    indexer.engine().apply([], delete_pages=[page.pk])
    with pytest.raises(CommandError, match="1 missing, 0 surplus"):
        call_command("index", "--check")
    assert f"page:{page.pk}" in capsys.readouterr().out
    call_command("index", "--rebuild")
    type(page).objects.filter(pk=page.pk).update(live=False)
    with pytest.raises(CommandError, match="0 missing, 1 surplus"):
        call_command("index", "--check")


def test_a_check_asks_no_more_for_more_pages(page):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            list(EntryBuilder().entries())
        return len(queries)

    few = asked()
    for number in range(5):
        LessonPageFactory(title=f"หน้า {number}", parent=page.get_parent())
    assert asked() == few


def test_repair_fixes_what_the_check_found(page, capsys):
    other = LessonPageFactory(title="อีกหน้า")
    call_command("index", "--rebuild")
    indexer.engine().apply([], delete_pages=[page.pk])
    type(page).objects.filter(pk=other.pk).update(event="แม่ปูสลัดไข่")  # no signal, no row
    with pytest.raises(CommandError, match="1 missing, 0 surplus, 1 changed"):
        call_command("index", "--check")
    call_command("index", "--repair")
    assert "agrees" in capsys.readouterr().out
    call_command("index", "--check")
    assert [r.page.pk for r in find("สลัดไข่").results] == [other.pk]


def test_a_page_deleted_while_the_index_is_built_does_not_stop_it(page, monkeypatch):
    """Wagtail queries specific pages twice, and raises KeyError for one deleted in between."""
    from wagtail.query import SpecificIterable

    leaving, asked = LessonPageFactory(title="หน้าที่ถูกลบ"), []
    whole = SpecificIterable.__iter__

    def losing_a_race(self):
        asked.append(1)
        if len(asked) == 1:
            leaving.delete()
            raise KeyError(leaving.pk)
        return whole(self)

    monkeypatch.setattr(SpecificIterable, "__iter__", losing_a_race)
    call_command("index", "--rebuild")
    monkeypatch.undo()
    assert found() == [page.title]
    assert not indexer.difference()
