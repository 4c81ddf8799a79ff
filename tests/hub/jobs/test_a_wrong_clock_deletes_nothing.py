"""A clock that jumped deletes nothing for its age until it is confirmed or has run steadily."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from courses.models import CourseFollower, CourseRun, Enrolment, Meeting
from hub.jobs.scheduler import Scheduler
from hub.models import Clock, QueuedEmail, clock
from members.models import AttemptCounter, Member
from search.models import Alert, SearchCount
from tests.factories import CurriculumPageFactory, home

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 4, 1, 5, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch):
    """Sets the clock to so many days after the first noon, and how long the machine has run; a
    machine that was switched off has another start."""
    monkeypatch.setattr(clock, "database_time", lambda: None)

    def set_to(days, ran=None, start="first"):
        monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(days=days))
        seconds = (days if ran is None else ran) * 86_400
        monkeypatch.setattr(clock, "uptime", lambda: (start, 1000.0 + seconds))

    set_to(0)
    return set_to


def looks(at, days, ran=None, start="first") -> bool:
    at(days, ran, start)
    Clock.look()
    return Clock.trusted()


@pytest.mark.postgresql
def test_a_clock_that_goes_as_the_machine_runs_is_trusted(at):
    assert Clock.trusted(), "a new hub"
    assert all(looks(at, days) for days in (0, 0.01, 30, 400))


def test_a_clock_that_jumped_is_trusted_once_it_is_back(at):
    assert looks(at, 0) and looks(at, 10)
    assert not looks(at, 740, ran=10.001)
    assert not looks(at, 740.01, ran=10.01)
    assert looks(at, 10.02)
    assert looks(at, 11)


def test_a_clock_that_jumped_is_trusted_after_it_has_run_steadily(at):
    assert looks(at, 0)
    assert not looks(at, 90, ran=0.001), "forward"
    assert not looks(at, 92.9, ran=2.9)
    assert not looks(at, 95, ran=2.91), "another jump begins the time again"
    assert not looks(at, 97.9, ran=5.8)
    assert looks(at, 98.1, ran=6.02)
    assert not looks(at, 50, ran=6.03), "back"


def test_a_weekend_without_power_is_no_jump_and_three_months_are_told_apart_by_time(at):
    assert looks(at, 0)
    assert looks(at, 1.9, ran=0, start="second"), "a weekend"
    assert not looks(at, 92, ran=0, start="third"), "three months, or a wrong clock"
    assert not looks(at, 94, ran=2, start="third")
    assert not looks(at, 94.5, ran=0, start="fourth"), "switched off meanwhile"
    assert looks(at, 95.6, ran=1.1, start="fourth")


def test_what_is_run_by_hand_while_no_schedule_runs_asks_the_clock_too(at):
    assert looks(at, 0)
    at(90, ran=0, start="second")
    assert not Clock.trusted()


@pytest.mark.postgresql
def test_the_clock_of_the_database_server_has_to_agree(at, monkeypatch):
    looks(at, 0)
    monkeypatch.setattr(clock, "database_time", lambda: NOON - timedelta(days=5))
    assert not Clock.trusted()
    assert not looks(at, 0.1)


def old_things():
    """Something that is too old two years after NOON for every job that deletes."""
    users = get_user_model().objects
    Session.objects.create(session_key="s", expire_date=NOON + timedelta(days=9))
    DBTaskResult.objects.create(
        status="SUCCESSFUL", finished_at=NOON, args_kwargs={"args": [], "kwargs": {}},
        task_path="hub.email.subscriptions.send_confirmation", backend_name="default",
        run_after=NOON, exception_class_path="", traceback="")
    someone = users.create_user("someone", "someone@example.org", date_joined=NOON)
    Member.objects.create(user=someone)
    someone.emailaddress_set.create(email=someone.email, verified=False)
    SearchCount.objects.create(day=NOON.date(), language="th", text="ปู", searches=1)
    page = CurriculumPageFactory(live=False)
    CourseFollower.objects.create(email="a@example.org", language="th", page=page, version=1,
                                  withdrawals=[], requested_at=NOON)
    Alert.objects.create(email="a@example.org", language="th", site=home().get_site(), text="ปู",
                         filters={}, frequency="day", requested_at=NOON)
    run = CourseRun.objects.create(curriculum=page, title="รุ่น", place="ศาลา", retention_days=30)
    Meeting.objects.create(run=run, date=NOON.date())
    Enrolment.objects.create(run=run, state="waiting", name="ชื่อ")
    AttemptCounter.objects.create(key="k", last_at=NOON, expires_at=NOON + timedelta(days=2))
    UserSession.objects.create(user=someone, session_key="s", ip="0.0.0.0", user_agent="|")
    QueuedEmail.objects.create(
        address_hash="h", content="waits", queued_at=NOON, next_try_at=NOON + timedelta(days=999))
    QueuedEmail.objects.create(
        address_hash="h", state="sent", queued_at=NOON, finished_at=NOON)


def deleted_by_the_schedule() -> set[str]:
    """The tables of which the jobs delete rows."""
    found = set()

    def watch(execute, sql, *rest):
        if table := re.match(r'\s*DELETE FROM "(\w+)"', sql):
            found.add(table[1])
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        assert Scheduler().run_due(once=True) == []
    return found


def test_no_job_of_the_registry_deletes_while_the_clock_is_not_trusted(
    hub, at, settings, client, administrator, caplog
):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    old_things()
    deleted_by_the_schedule()
    at(730, ran=0.001)
    assert deleted_by_the_schedule() == set()
    assert QueuedEmail.objects.filter(content="waits", state="waiting").exists()
    assert "Nothing is deleted for its age" in caplog.text
    client.force_login(administrator)
    assert "นาฬิกาของเครื่องนี้ตรงหรือไม่" in client.get("/admin/").content.decode()
    client.post("/admin/clock/confirm/")
    assert "นาฬิกาของเครื่องนี้ตรงหรือไม่" not in client.get("/admin/").content.decode()
    assert deleted_by_the_schedule() >= {
        "django_session", DBTaskResult._meta.db_table, "auth_user", "search_searchcount",
        "courses_coursefollower", "search_alert", "courses_enrolment", "hub_queuedemail",
        "members_attemptcounter", "usersessions_usersession",
    }
    assert not QueuedEmail.objects.filter(content="waits").exists()


def test_only_an_administrator_confirms_the_clock(moderator, signed_in, at):
    looks(at, 0)
    assert not looks(at, 730, ran=0.1)
    signed_in(moderator).post("/admin/clock/confirm/")
    assert not Clock.trusted()
