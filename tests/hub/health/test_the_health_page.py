"""The page Health shows each thing that goes wrong, how bad it is and what to do, and the command
and the metrics tell the same."""

import io
import os
import re
import time
from collections import namedtuple
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import override
from django_tasks_db.models import DBTaskResult
from wagtail.users.models import UserProfile

from hub.backup import backups
from hub.backup.places import Folder
from hub.email import delivery
from hub.health.findings import State, check, lines
from hub.health.page import may_see_health
from hub.hooks import registered
from hub.models import Clock, OutboxEntry, QueuedEmail, Topic
from hub.processes import last_seen
from hub.web import disk, health, schema
from search.extraction.tasks import extract_text
from search.index import indexer, upkeep
from search.index.history import History
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
DATABASE_TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture(autouse=True)
def a_hub_that_is_well(hub, settings, tmp_path, monkeypatch):
    """All parts have just been at work, there is a backup, and somebody is told of errors."""
    settings.DATA_DIR = tmp_path
    settings.BACKUP_DIR = str(tmp_path / "backups")
    settings.TASKS = DATABASE_TASKS
    settings.ADMINS = [("", "watch@example.org")]
    monkeypatch.setattr(last_seen, "_noted", {})
    for part in (last_seen.WORKER, last_seen.SCHEDULE):
        last_seen.note(part)
    Clock.look()
    indexer.ensure_current()
    _backup_of(timezone.now())


def _backup_of(moment):
    for backup in backups.backups_in(Folder(_folder())).values():
        backup.place.remove(backup.name)
    _folder().mkdir(exist_ok=True)
    (_folder() / f"hub-{moment.strftime(backups.STAMP)}.tar").write_bytes(b"")


def _folder():
    from pathlib import Path

    from django.conf import settings

    return Path(settings.BACKUP_DIR)


@pytest.fixture
def page(administrator, signed_in):
    """The text of each line of the page by its name, in a language."""
    client = signed_in(administrator)

    def text_of(language="th"):
        UserProfile.objects.update_or_create(
            user=administrator, defaults={"preferred_language": language})
        answer = client.get(reverse("hub_health"))
        assert answer.status_code == 200
        shown = re.split(r'id="health-(\w+)"', answer.content.decode())[1:]
        return {name: " ".join(strip_tags(text).split()) for name, text in
                zip(shown[::2], shown[1::2], strict=True)}

    return text_of


def state_of(name):
    (line,) = [line for line in lines() if line.check.name == name]
    return line.finding.state


def test_each_line_is_well_in_words_and_in_both_languages(page):
    # The index of the search in the admin is empty where no test asks for it.
    for language, word in (("th", "ปกติ"), ("en", "Well")):
        shown = page(language)
        assert set(shown) == {
            "database", "disk", "backup", "schedule", "worker", "tasks", "emails", "clock",
            "changes", "cache", "errors", "index", "editors_index", "versions"}
        for name, text in shown.items():
            assert (word in text) is (name != "editors_index"), f"{name}: {text}"


def test_only_superusers_see_it_and_may_act(signed_in, moderator, administrator, visitor):
    assert may_see_health(administrator) and not may_see_health(moderator)
    task = a_failed_task()
    client = signed_in(moderator)
    client.get("/admin/")
    for method, address in (
        ("get", reverse("hub_health")), ("post", reverse("hub_tasks_again")),
        ("post", reverse("hub_task", args=[task.pk])),
    ):
        answer = getattr(client, method)(address, follow=True)
        assert answer.status_code == 403 or answer.redirect_chain[-1][0] == "/admin/"
    assert DBTaskResult.objects.get().status == "FAILED"
    assert reverse("hub_health") not in client.get("/admin/").content.decode()
    assert reverse("hub_health") in signed_in(administrator).get("/admin/").content.decode()
    assert visitor.get(reverse("hub_health")).status_code == 302


def a_failed_task(words="ยาย สมศรี yai@example.org"):
    DBTaskResult.objects.all().delete()
    extract_text.enqueue(document_id=12345)
    task = DBTaskResult.objects.get()
    task.claim("worker")
    try:
        raise LookupError(words)
    except LookupError as error:
        task.set_failed(error)
    return task


# Each drill: a failed task, the mail server away, an old backup, a full disk, the worker or the
# schedule killed, a damaged index, a wrong clock.


def test_a_failed_task_is_named_with_what_happened_and_is_run_again(
    page, signed_in, administrator
):
    task = a_failed_task()
    shown = page("en")["tasks"]
    assert "Needs a look" in shown and "1 task failed." in shown
    assert "search.extraction.tasks.extract_text" in shown
    assert re.search(r"LookupError · \S*test_the_health_page\.py:\d+ a_failed_task", shown)
    assert "สมศรี" not in shown and "example.org" not in shown
    client = signed_in(administrator)
    client.post(reverse("hub_task", args=[task.pk]), {"again": ""})
    task.refresh_from_db()
    assert (task.status, task.traceback, task.worker_ids) == ("READY", "", [])
    assert "Well" in page("en")["tasks"]
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    task.refresh_from_db()
    assert (task.status, task.return_value) == ("SUCCESSFUL", "gone")


def test_a_failed_task_can_be_forgotten_and_one_of_another_version_not_run(
    page, signed_in, administrator
):
    task = a_failed_task()
    DBTaskResult.objects.update(task_path="hub.gone.task")
    client = signed_in(administrator)
    answer = client.get(reverse("hub_health")).content.decode()
    assert 'name="forget"' in answer and 'name="again"' not in answer
    client.post(reverse("hub_task", args=[task.pk]), {"again": ""})
    client.post(reverse("hub_tasks_again"))
    assert DBTaskResult.objects.get().status == "FAILED"
    client.post(reverse("hub_task", args=[task.pk]), {"forget": ""})
    assert not DBTaskResult.objects.exists()


def test_no_task_that_did_not_fail_is_forgotten_or_run_again(signed_in, administrator):
    DBTaskResult.objects.all().delete()
    extract_text.enqueue(document_id=1)
    task = DBTaskResult.objects.get()
    task.claim("worker")
    for data in ({"forget": ""}, {"again": ""}):
        signed_in(administrator).post(reverse("hub_task", args=[task.pk]), data)
    assert DBTaskResult.objects.get().status == "RUNNING"


def test_a_mail_server_that_is_away(page, settings):
    settings.EMAIL_BACKEND = "hub.email.backend.QueueBackend"
    settings.EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    EmailMessage("x", "y", to=["a@example.org"]).send()
    assert "Well" in page("en")["emails"]
    delivery.deliver()
    shown = page("en")["emails"]
    assert "Needs a look" in shown and "The mail server cannot be reached." in shown
    QueuedEmail.objects.update(queued_at=timezone.now() - timedelta(hours=1))
    shown = page("th")["emails"]
    assert "ใช้การไม่ได้" in shown and "รอส่งนานกว่าครึ่งชั่วโมง" in shown
    assert "example.org" not in shown


def test_an_old_backup_and_none(page, settings):
    _backup_of(timezone.now() - timedelta(days=3))
    assert "Broken" in page("en")["backup"] and backups.is_old()
    for backup in backups.backups_in(Folder(_folder())).values():
        backup.place.remove(backup.name)
    assert "No backup was made yet" in page("en")["backup"]
    settings.BACKUP_DIR = ""
    assert "Needs a look" in page("en")["backup"] and "BACKUP_DIR" in page("en")["backup"]


def test_a_full_disk(page, monkeypatch, visitor):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _folder: usage(10**9, 0, 20 * 2**20))
    shown = page("en")["disk"]
    assert "Needs a look" in shown and "20 MB are free" in shown
    assert visitor.get("/readyz").json()["disk"] == "nearly full"

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk.tempfile, "TemporaryFile", full)
    assert visitor.get("/readyz").json()["disk"] == "full"
    shown = page("en")["disk"]
    assert "Broken" in shown and "takes no writes" in shown and "Make room" in shown


@pytest.mark.parametrize(("part", "name", "command"), [
    (last_seen.WORKER, "worker", "db_worker"), (last_seen.SCHEDULE, "schedule", "keep_schedule"),
])
def test_a_part_that_was_killed(page, settings, part, name, command):
    file = settings.DATA_DIR / "last-seen" / part
    before = time.time() - 3600
    os.utime(file, (before, before))
    shown = page("en")[name]
    assert "Broken" in shown and "was last at work on" in shown and command in shown
    file.unlink()
    assert "It has never run here." in page("en")[name]


def test_the_parts_note_that_they_are_at_work(page, settings, monkeypatch):
    for file in (settings.DATA_DIR / "last-seen").iterdir():
        file.unlink()
    monkeypatch.setattr(last_seen, "_noted", {})
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    assert "Well" in page("en")["worker"] and "Broken" in page("en")["schedule"]
    monkeypatch.setattr("hub.jobs.scheduler.registered", lambda _name: [])
    call_command("keep_schedule", once=True)
    assert "Well" in page("en")["schedule"]


def test_a_damaged_index_and_that_it_was_mended(page):
    engine = indexer.engine()
    for file in engine.folder().glob("*.store"):
        file.write_bytes(b"nothing that can be read")
    (engine.folder() / "meta.json").write_text("{}")
    shown = page("en")["index"]
    assert "Broken" in shown and "manage.py index --repair" in shown
    upkeep.look_after()
    shown = page("en")["index"]
    assert "Needs a look" in shown and "was damaged on" in shown and "It can be read" in shown
    History(engine.path).path.unlink()
    assert "Well" in page("en")["index"]


def test_a_suspect_index(page):
    indexer.engine().suspect("a test")
    assert "Needs a look" in page("en")["index"]


def test_a_wrong_clock(page, signed_in, administrator):
    Clock.objects.update(seen_at=timezone.now() - timedelta(days=30))
    assert "Needs a look" in page("en")["clock"]
    Clock.look()
    shown = page("en")["clock"]
    assert "Broken" in shown and "Nothing is deleted for its age" in shown
    signed_in(administrator).post(reverse("hub_confirm_clock"))
    assert "Well" in page("en")["clock"]


def test_changes_that_nobody_takes_in(page):
    entry = OutboxEntry.objects.create(kind="site")
    OutboxEntry.objects.filter(pk=entry.pk).update(
        created_at=timezone.now() - timedelta(hours=2))
    shown = page("en")["changes"]
    assert "Needs a look" in shown and "waits for the search index" in shown


def test_a_database_of_another_version(page, monkeypatch):
    monkeypatch.setattr(schema, "unapplied_migrations", lambda: ["hub.0009_more"])
    assert "was not migrated: hub.0009_more" in page("en")["database"]
    monkeypatch.setattr(schema, "missing", lambda: ["hub_area.colour"])
    shown = page("en")["database"]
    assert "Broken" in shown and "hub_area.colour" in shown and "upgrade" in shown


def test_the_plan_of_migrations_is_read(monkeypatch):
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    monkeypatch.setattr(schema, "_found_migrated", False)
    assert schema.unapplied_migrations() == []
    monkeypatch.setattr(schema, "_found_migrated", False)
    MigrationRecorder(connection).record_unapplied("demonstration", "0001_initial")
    assert schema.unapplied_migrations() == ["demonstration.0001_initial"]


def test_nobody_is_told_of_errors(page, settings):
    settings.ADMINS, settings.DEVELOPMENT = [], False
    assert "nobody is told" in page("en")["errors"]


def test_a_cache_that_is_away(page, monkeypatch):
    monkeypatch.setattr(health.fallback_cache, "state", lambda: "ConnectionError")
    assert "Needs a look" in page("en")["cache"] and "ConnectionError" in page("en")["cache"]


def test_a_check_that_fails_is_broken_and_hides_no_other(page, monkeypatch):
    def fails():
        raise RuntimeError("nobody expected this")

    hooks = registered("register_health_check")
    monkeypatch.setattr("hub.health.findings.registered",
                        lambda _name: [check("new", "New", fails), *hooks])
    shown = page("en")
    assert "Broken" in shown["new"] and "RuntimeError" in shown["new"] and len(shown) == 15
    assert next(iter(shown)) == "new", "the worst first"


def test_the_command_says_the_same_and_fails_when_something_is_broken():
    out = io.StringIO()
    call_command("health", stdout=out)
    assert out.getvalue().count("\n") >= 14 and "BROKEN" not in out.getvalue()
    _backup_of(timezone.now() - timedelta(days=3))
    out = io.StringIO()
    with pytest.raises(CommandError, match="Broken: backup"):
        call_command("health", stdout=out)
    assert "BROKEN      Backup: The newest is of" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("health", language="th", stdout=out)
    assert "การสำรองข้อมูล" in out.getvalue()


def test_every_line_that_is_not_well_says_what_to_do(settings, tmp_path):
    """In both languages, whatever a check finds on a machine where nothing runs."""
    settings.DATA_DIR, settings.ADMINS, settings.DEVELOPMENT = tmp_path / "none", [], False
    settings.BACKUP_DIR = ""
    a_failed_task()
    for language in ("th", "en"):
        with override(language):
            bad = [line for line in lines() if line.finding.state != State.WELL]
            assert {"disk", "worker", "schedule", "backup", "tasks", "errors"} <= {
                line.check.name for line in bad}
            assert all(line.finding.advice for line in bad)


def test_a_task_of_an_object_that_is_gone_ends_quietly(hub):
    from wagtail.tasks import update_reference_index_task

    topic = Topic.objects.create(name_th="x", name_en="x", slug="x")
    pk = topic.pk
    topic.delete()
    DBTaskResult.objects.all().delete()
    update_reference_index_task.enqueue("hub", "topic", str(pk))
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    task = DBTaskResult.objects.get()
    assert (task.status, task.return_value) == ("SUCCESSFUL", "gone")


def test_what_is_missing_beside_the_object_of_a_task_is_still_an_error(hub, monkeypatch):
    from hub.jobs.gone_objects import ending_when_gone

    def fails(app_label, model_name, pk):
        raise Topic.DoesNotExist

    topic = Topic.objects.create(name_th="x", name_en="x", slug="x")
    run = ending_when_gone(fails)
    with pytest.raises(Topic.DoesNotExist):
        run("hub", "topic", topic.pk)
    assert run("hub", "topic", topic.pk + 1) == "gone"


def test_a_moderator_is_no_administrator(hub):
    assert not may_see_health(make_user("somebody", "Moderators", is_staff=True))
