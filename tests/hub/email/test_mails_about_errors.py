"""Errors are mailed to ADMINS: with their place and the id of the request, without persons, at most
one an hour about the same."""

import json
import logging
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import OperationalError
from django.test import Client
from django.urls import path
from django.utils import timezone

from hub.email import error_mails
from hub.email.error_mails import ErrorMailHandler
from hub.logs import lines
from hub.logs.lines import RequestFilter
from hub.models import QueuedEmail
from hub.urls import urlpatterns as urls_of_hub

KEY = "1-c9wz0n-5f1d7e0b6a2c4d8e9f00aa11bb22cc33"
ROOT = Path(__file__).resolve().parents[3]
NOW = 1_800_000_000.0


def broken(request, key):
    raise RuntimeError(f"nobody expected {key} of ยาย สมศรี <yai@example.org>")


urlpatterns = [path("broken/<str:key>/", broken), *urls_of_hub]
handler500 = "hub.web.error_pages.server_error"
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture
def clock(monkeypatch):
    """What ``time.time`` says to the throttle; a list of one."""
    shown = [NOW]
    monkeypatch.setattr(error_mails.time, "time", lambda: shown[0])
    return shown


@pytest.fixture
def handler(settings, tmp_path, monkeypatch, clock):
    """The handler at the root of the log, whose sending the tests do themselves: a thread would
    have another connection than the test's transaction."""
    settings.DATA_DIR = tmp_path
    settings.ADMINS = [("", "one@example.org")]
    monkeypatch.setattr(ErrorMailHandler, "_start", lambda _self: None)
    made, root = ErrorMailHandler(), logging.getLogger()
    made.addFilter(RequestFilter())
    root.addHandler(made)
    yield made
    root.removeHandler(made)


def send_pending(handler):
    found = list(handler._pending.values())
    handler._pending.clear()
    for occurrence in error_mails.due(found):
        error_mails.send(occurrence)


def ask():
    return Client(raise_request_exception=False).get(f"/broken/{KEY}/")


def test_a_mail_tells_the_place_and_the_id_and_nothing_of_persons(handler, settings):
    answer = ask()
    assert answer.status_code == 500
    send_pending(handler)
    (message,) = mail.outbox
    assert message.to == ["one@example.org"]
    whole = message.subject + message.body
    assert answer["X-Request-ID"] in whole and "broken/<str:key>/" in whole
    assert "RuntimeError" in message.subject and "test_mails_about_errors.py" in message.subject
    assert "เกิดข้อผิดพลาดในระบบ" in message.body and "Something went wrong" in message.body
    assert message.body.index("เกิดข้อผิดพลาด") < message.body.index("Something went wrong")
    for private in (KEY, "สมศรี", "yai@", "nobody expected", settings.SECRET_KEY, str(ROOT)):
        assert private not in whole


def test_ten_thousand_errors_are_one_mail_an_hour_with_their_number(handler, clock):
    for _time in range(50):
        ask()
    send_pending(handler)
    (first,) = mail.outbox
    assert "It came 49 times more" in first.body
    for second in range(100):
        clock[0] = NOW + 30 * second
        ask()
        send_pending(handler)
    assert mail.outbox == [first]
    clock[0] = NOW + error_mails.QUIET_SECONDS
    ask()
    send_pending(handler)
    assert len(mail.outbox) == 2 and "It came 100 times more" in mail.outbox[1].body


def test_all_processes_remember_together(handler, tmp_path):
    """What another process has mailed within the hour is not mailed again."""
    ask()
    (found,) = handler._pending.values()
    assert error_mails.due([found]) == [found]
    values = json.dumps(json.dumps(vars(found)))
    code = (
        "import django, sys, json; django.setup()\n"
        "from hub.email import error_mails\n"
        f"found = error_mails.Occurrence(*json.loads({values}).values())\n"
        f"print(len(error_mails.due([found], now={NOW + 1})),"
        f" len(error_mails.due([found], now={NOW + 3601})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
        env={"DEVELOPMENT": "1", "DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin",
             "DJANGO_SETTINGS_MODULE": "hub.settings"})
    assert done.stdout.split() == ["0", "1"]


def test_another_error_is_another_mail_and_warnings_are_none(handler):
    logger = logging.getLogger("hub.test")
    logger.warning("only a warning")
    logger.error("The disk of %s takes no writes: %s", "/srv/ยาย", "ENOSPC")
    logger.error("%s of %s differ", 3, 7)
    send_pending(handler)
    assert len(mail.outbox) == 2
    assert "The disk of … takes no writes: …" in mail.outbox[0].body
    assert "3 of 7 differ" in mail.outbox[1].body
    assert not any("ยาย" in message.body for message in mail.outbox)


def test_the_memory_of_errors_stays_short(handler, settings):
    logger = logging.getLogger("hub.test")
    for number in range(3 * error_mails.MAX_KINDS):
        logger.error(f"error number {number}")
    assert len(handler._pending) == error_mails.MAX_KINDS
    found = list(handler._pending.values())
    error_mails.due(found)
    error_mails.due([error_mails.replace(o, key=f"x{o.key}") for o in found])
    known = json.loads((settings.DATA_DIR / "error-mails.json").read_text())
    assert len(known) == error_mails.MAX_KINDS


@pytest.mark.parametrize("content", ["", "{", "[1, 2]", '{"a": 1}'])
def test_a_file_cut_short_by_a_full_disk_stops_no_mail(handler, settings, content):
    (settings.DATA_DIR / "error-mails.json").write_text(content)
    ask()
    send_pending(handler)
    assert mail.outbox


def test_where_no_file_can_be_kept_the_process_remembers(handler, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(error_mails, "_own", {})
    settings.DATA_DIR = tmp_path / "none"
    for _time in range(3):
        ask()
        send_pending(handler)
    assert len(mail.outbox) == 1


def test_it_waits_in_the_queue_and_goes_directly_when_the_database_is_away(
    handler, settings, monkeypatch, caplog
):
    settings.EMAIL_BACKEND = "hub.email.backend.QueueBackend"
    settings.ADMINS = [("", "one@example.org"), ("", "two@example.org")]
    logging.getLogger("hub.test").error("one")
    send_pending(handler)
    assert not mail.outbox and QueuedEmail.objects.count() == 2
    assert set(QueuedEmail.objects.values_list("kind", flat=True)) == {error_mails.TEMPLATE}

    def away(*_arguments, **_options):
        raise OperationalError("connection refused")

    monkeypatch.setattr(QueuedEmail.objects, "bulk_create", away)
    logging.getLogger("hub.test").error("two")
    send_pending(handler)
    assert len(mail.outbox) == 1

    settings.EMAIL_DELIVERY_BACKEND = "nothing.that.can.be.imported"
    logging.getLogger("hub.test").error("three")
    send_pending(handler)
    assert "No mail was sent about hub.test" in caplog.text


def test_an_error_of_a_task_is_logged_with_where_it_was(handler, settings):
    from django.core.management import call_command
    from django_tasks_db.models import DBTaskResult

    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    task = DBTaskResult.objects.create(
        task_path="wagtail.tasks.delete_file_from_storage_task", backend_name="default",
        args_kwargs={"args": [["no.such.Storage", [], {}], "x"], "kwargs": {}},
        run_after=timezone.now() - timedelta(minutes=1))
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    task.refresh_from_db()
    assert task.status == "FAILED"
    send_pending(handler)
    (message,) = mail.outbox
    assert "The task … failed." in message.body and "wagtail/tasks.py" in message.body
    assert "ModuleNotFoundError" in message.subject


def test_an_error_of_a_job_of_the_schedule_is_mailed(handler, monkeypatch):
    from hub.jobs import scheduler

    def job():
        raise ValueError("of the job")

    monkeypatch.setattr(scheduler, "registered", lambda _name: [scheduler.every(1, job)])
    scheduler.Scheduler().run_due(once=True)
    send_pending(handler)
    assert "ValueError" in mail.outbox[0].subject and "job" in mail.outbox[0].body


def test_the_handler_is_there_where_addresses_are_set_only():
    without, with_it = (
        lines.configuration(as_json=True, level="WARNING", mails=mails) for mails in (False, True))
    assert without["root"]["handlers"] == ["stream"]
    assert with_it["root"]["handlers"] == ["stream", "mails"]


@pytest.mark.any_database
def test_a_whole_process_sends_from_its_thread_before_it_ends(tmp_path):
    """From the variable to the mail: a process that meets an error and ends at once."""
    code = (
        "import django, logging; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', 'hub', verbosity=0)\n"
        "logging.getLogger('hub.x').error('in a process of %s', 'ยาย')\n"
        "logging.shutdown()\n"
        "from hub.models import QueuedEmail\n"
        "from hub.email.content import unpacked\n"
        "(row,) = QueuedEmail.objects.all()\n"
        "message = unpacked(row.content)\n"
        "print(message.recipient, 'in a process of …' in message.body, 'ยาย' in message.body)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True,
        env={"DEVELOPMENT": "1", "DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin",
             "ADMINS": "watch@example.org", "DJANGO_SETTINGS_MODULE": "hub.settings"})
    assert done.stdout.split() == ["watch@example.org", "True", "False"], done.stderr
