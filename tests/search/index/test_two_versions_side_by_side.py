"""During a deployment two versions of the hub share the database, and each has an index."""

import os
import time
from contextlib import contextmanager

import pytest
from django.core.management import call_command

from hub.models import OutboxEntry
from hub.models.outbox_entry import KEPT
from search.engines.tantivy_engine import FOLDER
from search.index import indexer, upkeep
from search.index.history import History
from search.query.find import find
from tests.factories import LessonPageFactory

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
OTHER = "schema-999-format-7"


@contextmanager
def the_other_version():
    """What runs here is of another version of the schema."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for module in (indexer, upkeep):
            monkeypatch.setattr(module, "FOLDER", OTHER)
        monkeypatch.setattr("search.editors.wagtail_backend.FOLDER", OTHER)
        yield


def found(text):
    answer = find(text)
    assert not answer.is_plain
    return [result.page.title for result in answer.results]


def prepare():
    call_command("index", verbosity=0)


def built(settings):
    return {
        folder.name: History(folder).read()["built"]["times"]
        for folder in settings.SEARCH_INDEX_DIR.glob("schema-*")
    }


def test_neither_touches_the_index_of_the_other_and_both_follow_every_change(hub, settings):
    page = LessonPageFactory(title="เรื่องกระพงทดลอง")
    prepare()
    with the_other_version():
        prepare()
    for number in range(6):
        title = f"ปลาหมอคางดำ {number}"
        if number % 2:
            page.title = title
            page.save()
            assert found(f'"{title}"') == [title]
        with the_other_version():
            if not number % 2:
                page.title = title
                page.save()
            assert found(f'"{title}"') == [title]
            assert not indexer.difference()
            call_command("keep_schedule", "--once")
        assert found(f'"{title}"') == [title]
        assert not indexer.difference()
        call_command("keep_schedule", "--once")
        prepare()
    assert built(settings) == {FOLDER: 1, OTHER: 1}
    assert not OutboxEntry.objects.unprocessed().exists()


def test_a_version_that_missed_changes_builds_its_index_again(hub, settings):
    page = LessonPageFactory(title="เรื่องกระพงทดลอง")
    prepare()
    with the_other_version():
        prepare()
        page.delete()
        for _number in range(2):
            OutboxEntry.objects.bulk_create(OutboxEntry(kind="site") for _ in range(KEPT))
            indexer.catch_up()
    assert find("กระพง").total == 0
    call_command("keep_schedule", "--once")
    assert not indexer.difference()
    assert built(settings) == {FOLDER: 2, OTHER: 1}


def test_an_index_that_nobody_used_for_days_is_deleted(hub, settings):
    folder = settings.SEARCH_INDEX_DIR
    prepare()
    with the_other_version():
        prepare()
        call_command("keep_schedule", "--once")
    for name in ("current", "g-1"):  # of before each version had a folder
        (folder / name).mkdir()
    call_command("keep_schedule", "--once")
    assert (folder / OTHER / "current").exists() and (folder / "g-1").exists()
    long_ago = time.time() - (upkeep.UNUSED_DAYS + 1) * 86_400
    for path in (folder / OTHER / "used", folder / "current", folder / "g-1"):
        os.utime(path, (long_ago, long_ago))
    call_command("keep_schedule", "--once")
    assert {path.name for path in folder.iterdir()} == {FOLDER}
    assert indexer.engine().is_readable()
