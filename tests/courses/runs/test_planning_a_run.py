"""Planning runs: dates, cancellation, the e-mails about them, and scheduled jobs."""

from datetime import datetime, time, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from courses.models import Attendance, CourseRun, Meeting
from courses.runs import enrolment, schedule

pytestmark = pytest.mark.django_db
ADD = "/admin/snippets/courses/courserun/add/"


def form(run=None, meetings=(), **fields):
    """The data of the admin form; ``meetings`` are dicts."""
    data = {
        "title": "รุ่นใหม่", "language": "th", "place": "ศาลา", "seats": "12", "reminder_days": "3",
        "retention_days": "365", "contact": "074", "note": "", "area": "", "required_meetings": "",
        "opens_on": "", "closes_on": "", "cancelled_reason": "",
        "meetings-TOTAL_FORMS": len(meetings), "meetings-INITIAL_FORMS": 0,
        "meetings-MIN_NUM_FORMS": 0, "meetings-MAX_NUM_FORMS": 1000,
    }
    if run:
        data |= {"curriculum": run.curriculum_id, "title": run.title, "place": run.place,
                 "seats": run.seats, "meetings-INITIAL_FORMS": len(
                     [m for m in meetings if m.get("id")])}
    for number, meeting in enumerate(meetings):
        values = {"starts_at": "09:00", "ends_at": "15:00", "place": "", "id": "",
                  "ORDER": number + 1, "DELETE": ""}
        for name, value in (values | meeting).items():
            data[f"meetings-{number}-{name}"] = value
    return data | fields


def row_of(meeting, **fields):
    return {"id": meeting.pk, "date": str(meeting.date), "starts_at": f"{meeting.starts_at:%H:%M}",
            "ends_at": f"{meeting.ends_at:%H:%M}"} | fields


def edit(run):
    return f"/admin/snippets/courses/courserun/edit/{run.pk}/"


def test_a_planned_run_is_shown_on_the_page_of_its_curriculum(
    curriculum, editor, facilitator, signed_in, visitor
):
    day = timezone.localdate() + timedelta(days=30)
    data = form(meetings=[{"date": str(day)}], curriculum=curriculum.pk,
                facilitators=[facilitator.pk])
    client = signed_in(editor)
    page = client.get(ADD).content.decode()
    assert "ครูดี" in page
    assert client.post(ADD, data).status_code == 302
    run = CourseRun.objects.get()
    assert [m.date for m in run.meeting_list] == [day] and list(run.facilitators.all())
    assert run.announced["place"] == "ศาลา"
    assert "รุ่นใหม่" in visitor.get(curriculum.url).content.decode()
    assert "ครูดี" in visitor.get(f"/courses/runs/{run.pk}/").content.decode()


def test_the_admin_shows_neither_members_nor_participants(
    run, enrol, member, editor, signed_in
):
    enrol(run, name="บังหมัด")
    client = signed_in(editor)
    for page in (ADD, edit(run), "/admin/snippets/courses/courserun/"):
        body = client.get(page).content.decode()
        assert "สมศรี" not in body and "บังหมัด" not in body
    data = form(run, [row_of(m) for m in run.meeting_list], facilitators=[member.pk])
    assert client.post(edit(run), data).status_code == 200, "other members cannot be chosen"


@pytest.mark.parametrize("bad", [
    {"cancelled": True}, {"seats": "0"}, {"opens_on": "2026-05-02", "closes_on": "2026-05-01"},
    {"meetings-0-ends_at": "08:00"}, {"meetings-0-date": "x"},
])
def test_invalid_runs_are_rejected(curriculum, editor, signed_in, bad):
    if bad.pop("cancelled", None):
        bad = {"is_cancelled": "on"}
    data = form(meetings=[{"date": "2030-05-01"}], curriculum=curriculum.pk) | bad
    assert signed_in(editor).post(ADD, data).status_code == 200
    assert not CourseRun.objects.exists()


def test_participants_are_notified_of_another_date_but_not_of_another_title(
    run, enrol, editor, signed_in, make_member
):
    enrol(run), enrol(run, make_member("ann", "en")), enrol(run, state="waiting")
    client = signed_in(editor)
    meetings = [row_of(m) for m in run.meeting_list]
    assert client.post(edit(run), form(run, meetings, title="ชื่อใหม่")).status_code == 302
    assert not mail.outbox
    day = timezone.localdate() + timedelta(days=40)
    meetings[1]["date"] = str(day)
    assert client.post(edit(run), form(run, meetings)).status_code == 302
    assert len(mail.outbox) == 3
    english = next(m for m in mail.outbox if m.to == ["ann@example.org"])
    assert "has changed" in english.subject and f"{day.day} " in english.body
    client.post(edit(run), form(run, meetings))
    assert len(mail.outbox) == 3, "sent once"


def test_participants_are_notified_of_a_cancellation_and_nobody_moves_up(
    run, enrol, editor, signed_in
):
    one = enrol(run)
    enrol(run)
    waits = enrol(run, state="waiting")
    data = form(run, [row_of(m) for m in run.meeting_list], is_cancelled="on",
                cancelled_reason="น้ำท่วมทาง")
    client = signed_in(editor)
    client.post(edit(run), data)
    assert len(mail.outbox) == 3 and "น้ำท่วมทาง" in mail.outbox[0].body
    enrolment.leave(one)
    waits.refresh_from_db()
    assert waits.is_waiting and len(mail.outbox) == 3
    client.post(edit(run), form(run, [row_of(m) for m in run.meeting_list]))
    assert len(mail.outbox) == 6, "two reinstated, one moved up"
    waits.refresh_from_db()
    assert waits.is_enrolled


def test_more_seats_move_people_up(run, enrol, editor, signed_in):
    enrol(run), enrol(run)
    waits = [enrol(run, state="waiting") for _number in range(2)]
    signed_in(editor).post(edit(run), form(run, [row_of(m) for m in run.meeting_list], seats="3"))
    assert [e.user for e in run.enrolments.enrolled()][-1] == waits[0].user
    assert [m.to for m in mail.outbox] == [[waits[0].user.email]]


def test_a_meeting_with_attendance_cannot_be_deleted(run, enrol, editor, signed_in):
    first, second = run.meeting_list
    Attendance.objects.create(meeting=second, enrolment=enrol(run))
    client = signed_in(editor)
    answer = client.post(edit(run), form(run, [row_of(first), row_of(second, DELETE="on")]))
    assert answer.status_code == 200 and "บันทึกแล้วว่าใครมา" in answer.content.decode()
    assert Meeting.objects.count() == 2
    assert client.post(
        edit(run), form(run, [row_of(first, DELETE="on"), row_of(second)])
    ).status_code == 302
    assert Meeting.objects.get() == second


def test_a_run_with_enrolments_cannot_be_deleted(run, enrol, moderator, signed_in):
    enrol(run)
    client = signed_in(moderator)
    address = f"/admin/snippets/courses/courserun/delete/{run.pk}/"
    assert client.post(address).status_code in (302, 403)
    assert CourseRun.objects.filter(pk=run.pk).exists()
    run.enrolments.all().delete()
    client.post(address)
    assert not CourseRun.objects.filter(pk=run.pk).exists()


def noon(day):
    return timezone.make_aware(datetime.combine(day, time(12)))


def test_one_reminder_covers_all_meetings_within_days(run, enrol):
    enrol(run), enrol(run, state="waiting")
    first = run.meeting_list[0].date
    assert schedule.send_reminders(noon(first - timedelta(days=4))) == 0
    assert schedule.send_reminders(noon(first - timedelta(days=3))) == 1
    [email] = mail.outbox
    assert email.body.count("09:00–15:00") == 2, "both days in one e-mail"
    assert schedule.send_reminders(noon(first - timedelta(days=2))) == 0
    later = timezone.localdate() + timedelta(days=50)
    Meeting.objects.filter(run=run).update(date=later)
    assert schedule.send_reminders(noon(later - timedelta(days=1))) == 1


@pytest.mark.parametrize("fields", [{"is_cancelled": True}, {"reminder_days": 0}])
def test_no_reminders_for_cancelled_runs_or_without_reminder_days(make_run, enrol, fields):
    run = make_run(**fields)
    enrol(run)
    assert schedule.send_reminders(noon(run.meeting_list[0].date - timedelta(days=1))) == 0


def test_the_schedule_sends_reminders_and_erases_details(make_run, enrol):
    from hub.jobs.scheduler import Scheduler

    enrol(make_run(days=(1,)))
    old = enrol(make_run(days=(-400,)))
    Scheduler().run_due(once=True)
    assert len(mail.outbox) == 1
    old.refresh_from_db()
    assert old.phone == "" and old.name


def test_permissions_are_added_once(editor, moderator):
    from courses.runs.permissions import LEAD_ANY, add_permissions

    assert editor.has_perm("courses.change_courserun") and not editor.has_perm(LEAD_ANY)
    assert moderator.has_perm(LEAD_ANY)
    group = editor.groups.get()
    group.permissions.remove(*group.permissions.filter(codename="add_courserun"))
    add_permissions({})
    assert not group.permissions.filter(codename="add_courserun").exists()
