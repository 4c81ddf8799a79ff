"""Tasks, files, index folders: the schedule finds and repairs what a killed process left."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from hub.models import HubDocument, OutboxEntry
from search.editors import wagtail_backend
from search.extraction.tasks import MAX_TRIES, extract_text
from search.index import indexer
from search.models import DocumentText
from tests.factories import LessonPageFactory, document

# The worker and the schedule let go of connections.
pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True), pytest.mark.editors_search,
]
QUEUE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture
def queue(settings, db):
    """Tasks as in production: in the database, done by a worker."""
    from django_tasks_db.models import DBTaskResult

    settings.TASKS = QUEUE
    return DBTaskResult.objects.filter(task_path=extract_text.module_path)


def work():
    call_command("db_worker", batch=True, startup_delay=False, interval=0, verbosity=0)


def an_hour_ago():
    return timezone.now() - timedelta(hours=1)


def waiting_file():
    return document("ไฟล์", "ก.txt", "ปลากระบอกตากแห้ง".encode() * 10)


def status():
    return DocumentText.objects.get().status


def test_a_task_whose_worker_was_killed_is_done_by_the_next(hub, queue):
    waiting_file()
    queue.update(status="RUNNING", started_at=an_hour_ago(), worker_ids=["killed"])
    work()
    assert status() == "waiting"
    call_command("keep_schedule", "--once")
    work()
    assert status() == "read"


def test_a_running_task_is_not_requeued(hub, queue):
    waiting_file()
    queue.update(status="RUNNING", started_at=timezone.now(), worker_ids=["busy"])
    call_command("keep_schedule", "--once")
    assert queue.get().status == "RUNNING"


def test_a_task_that_kills_every_worker_fails_and_the_editor_sees_it(hub, queue):
    waiting_file()
    queue.update(status="RUNNING", started_at=an_hour_ago(), worker_ids=["w"] * MAX_TRIES)
    call_command("keep_schedule", "--once")
    call_command("keep_schedule", "--once")
    assert queue.get().status == "FAILED"
    assert status() == "failed"


def test_a_file_that_waits_without_a_task_gets_one(hub, queue):
    waiting_file()
    queue.delete()
    call_command("keep_schedule", "--once")
    work()
    assert status() == "read"


def test_a_file_without_a_text_is_read(hub, queue):
    waiting_file()
    DocumentText.objects.all().delete()
    queue.delete()
    call_command("keep_schedule", "--once")
    work()
    assert status() == "read"


def test_no_text_of_a_recording_is_requested(hub, queue):
    document("เสียง", "เสียง.mp3", b"ID3\x03\x00")
    call_command("keep_schedule", "--once")
    assert not queue.exists()


def test_a_file_is_read_once_however_often_it_is_requested(hub, queue, monkeypatch):
    file = waiting_file()
    extract_text.enqueue(document_id=file.pk)
    rows = OutboxEntry.objects.count()
    work()
    assert OutboxEntry.objects.count() == rows + 1


def test_a_text_and_its_row_in_the_change_log_are_atomic(hub, monkeypatch):
    from search.extraction import tasks

    def killed(*args):
        raise SystemExit

    file = waiting_file()
    DocumentText.objects.update(status="waiting")
    monkeypatch.setattr(tasks, "record", killed)
    with pytest.raises(SystemExit):
        extract_text.call(document_id=file.pk)
    assert status() == "waiting"
    assert HubDocument.objects.filter(pk=file.pk).exists()


def test_leftovers_of_a_killed_rebuild_are_deleted_and_a_running_one_is_not(hub):
    from search.engines import generations

    indexer.rebuild()
    engine = indexer.engine()
    left = engine.path / "g-left"
    left.mkdir()
    (engine.path / "current.g-left").write_text("{}")
    with generations.new_folder(engine.path, engine.writing) as building:
        call_command("keep_schedule", "--once")
        assert not left.exists()
        assert not list(engine.path.glob("current.*"))
        assert building.exists()
    indexer.rebuild()
    assert len(list(engine.path.glob("g-*"))) == 1


def test_an_incomplete_editors_index_is_filled_again(hub):
    page = LessonPageFactory(title="บทเรียนข้าวพื้นเมือง")
    wagtail_backend.Rebuilder(wagtail_backend.EditorsIndex(type(page))).start()  # and killed
    assert not wagtail_backend.has_editors_index()
    call_command("keep_schedule", "--once")
    assert wagtail_backend.has_editors_index()


def test_a_change_committed_while_the_index_is_rebuilt_is_not_lost(hub, monkeypatch):
    page = LessonPageFactory()
    indexer.rebuild()
    take_in = indexer._apply

    def and_another_commits(target, changes):
        take_in(target, changes)
        type(page).objects.filter(pk=page.pk).update(title="เปลี่ยนระหว่างสร้าง")
        OutboxEntry.objects.create(kind="page", object_id=page.pk)

    monkeypatch.setattr(indexer, "_apply", and_another_commits)
    indexer.rebuild()
    monkeypatch.undo()
    assert not indexer.difference()


def test_a_rebuild_indexes_more_changes_than_the_log_keeps(hub, monkeypatch):
    from search.index.entries import EntryBuilder

    page, gone = LessonPageFactory(), LessonPageFactory()
    OutboxEntry.objects.create(kind="page", object_id=page.pk)
    read = EntryBuilder.entries

    def busy(self, pks=None):
        yield from list(read(self, pks))
        if pks is None and not OutboxEntry.objects.filter(kind="site").exists():
            type(page).objects.filter(pk=page.pk).update(title="เปลี่ยนแล้ว")
            type(page).objects.filter(pk=gone.pk).update(live=False)
            OutboxEntry.objects.create(kind="page", object_id=page.pk)
            OutboxEntry.objects.create(kind="page", object_id=gone.pk)
            OutboxEntry.objects.bulk_create(OutboxEntry(kind="site") for _ in range(300))
            OutboxEntry.objects.mark_processed(OutboxEntry.objects.values_list("pk", flat=True))

    monkeypatch.setattr(EntryBuilder, "entries", busy)
    indexer.rebuild()
    monkeypatch.undo()
    assert not indexer.difference()


def test_the_folder_of_a_killed_child_is_deleted_later(tmp_path, monkeypatch):
    from search.extraction.child_process import FOLDER_PREFIX, STALE_SECONDS
    from search.extraction.extractor import extract_safely

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    old, new = tmp_path / f"{FOLDER_PREFIX}old", tmp_path / f"{FOLDER_PREFIX}new"
    for folder in (old, new):
        folder.mkdir()
    then = time.time() - STALE_SECONDS - 1
    os.utime(old, (then, then))
    extract_safely(tmp_path / "none.txt", filename="none.txt")
    assert (old.exists(), new.exists()) == (False, True)


def test_the_child_process_ends_with_its_parent(tmp_path):
    import subprocess
    import sys

    program = (
        "import sys, os, time, subprocess; sys.path.insert(0, '.')\n"
        "from search.extraction import child_process as e\n"
        "order = 'from search.extraction import child as e; import os, time;'"
        "' e._exit_with(os.getppid()); print(os.getpid(), flush=True); time.sleep(60)'\n"
        "child = subprocess.Popen([sys.executable, '-c', order])\n"
        "time.sleep(60)"
    )
    asking = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    )
    child = int(asking.stdout.readline())
    asking.kill()
    asking.wait()
    state = Path(f"/proc/{child}/stat")
    deadline = time.monotonic() + 5
    while state.exists() and ") Z " not in state.read_text():  # a zombie, where none collects
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_index_whose_writer_was_killed_in_its_commit_can_be_written_again(hub):
    """The list of deleted entries was written, the index that refers to it was not."""
    page, _other = LessonPageFactory(), LessonPageFactory()
    indexer.rebuild()
    [folder] = indexer.engine().path.glob("g-*")
    before = (folder / "meta.json").read_bytes()
    indexer.engine().apply([], delete_pages=[page.pk])
    assert list(folder.glob("*.del"))
    indexer.engine().close()
    (folder / "meta.json").write_bytes(before)
    indexer.engine().apply([], delete_pages=[page.pk])
    assert indexer.difference().missing == [f"page:{page.pk}"]
