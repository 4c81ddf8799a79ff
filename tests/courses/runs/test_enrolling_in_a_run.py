"""Enrolment: seats, the waiting list, and e-mails about them."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, connections
from django.utils import timezone

from courses.models import CourseRun, Enrolment, RunState
from courses.runs import enrolment as enrolling
from hub.models import OutboxEntry
from tests.courses.conftest import DETAILS, FORM

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def states(run):
    return list(run.enrolments.order_by("requested_at", "pk").values_list("state", flat=True))


def test_a_member_enrols_and_gets_an_email(run, member, signed_in):
    client = signed_in(member)
    page = client.get(f"/courses/runs/{run.pk}/enrol/")
    assert page.status_code == 200 and 'value="สมศรี มีสุข"' in page.content.decode()
    answer = client.post(f"/courses/runs/{run.pk}/enrol/", FORM)
    assert answer.url == f"/courses/runs/{run.pk}/mine/"
    enrolment = Enrolment.objects.get()
    assert enrolment.is_enrolled and enrolment.consent_version == "1"
    assert enrolment.consented_at and enrolment.phone == DETAILS["phone"]
    [email] = mail.outbox
    assert email.to == [member.email] and "คุณมีที่นั่งในการอบรม" in email.subject
    assert f"/courses/runs/{run.pk}/mine/" in email.body and "ศาลาบ้านตัวอย่าง" in email.body
    assert "คุณมีที่นั่ง" in client.get(answer.url).content.decode()


def test_english_readers_get_english_emails(run, make_member):
    enrolling.enrol(run, make_member("ann", "en"), DETAILS)
    [email] = mail.outbox
    assert "You have a seat in the course" in email.subject
    assert f"/en/courses/runs/{run.pk}/mine/" in email.body
    assert not any("\u0e00" <= c <= "\u0e7f" for c in email.body.splitlines()[-3])


@pytest.mark.parametrize("missing", ["name", "consent"])
def test_missing_values_are_field_errors_and_other_input_is_kept(
    run, member, signed_in, missing
):
    data = FORM | {missing: ""}
    answer = signed_in(member).post(f"/courses/runs/{run.pk}/enrol/", data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [missing]
    assert "ไม่กินหมู" in answer.content.decode()
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize("bad", [
    {"name": "ก" * 500}, {"name": "\u200b\0"}, {"phone": "1" * 99}, {"needs": "x" * 9999},
])
def test_invalid_input_is_rejected_without_a_server_error(run, member, signed_in, bad):
    answer = signed_in(member).post(f"/courses/runs/{run.pk}/enrol/", FORM | bad)
    assert answer.status_code == 422


def test_bots_get_no_seat_and_requests_are_limited(run, member, signed_in):
    client = signed_in(member)
    client.post(f"/courses/runs/{run.pk}/enrol/", FORM | {"website": "x"})
    assert not Enrolment.objects.exists()
    codes = [client.post(f"/courses/runs/{run.pk}/enrol/", {}).status_code for _try in range(20)]
    assert codes[0] == 422 and codes[-1] == 429


def test_people_after_the_last_seat_join_the_waiting_list_and_move_up(
    run, member, enrol, make_member, signed_in
):
    first, _second = enrol(run), enrol(run)
    line = [make_member("w1"), make_member("w2", "en")]
    for user in line:
        enrolling.enrol(run, user, DETAILS)
    assert states(run) == ["enrolled", "enrolled", "waiting", "waiting"]
    assert [e.place_in_line for e in run.enrolments.waiting()] == [1, 2]
    assert "ลำดับที่ 1" in mail.outbox[0].body and "place 2" in mail.outbox[1].body
    assert "ลำดับที่ 1" in signed_in(line[0]).get(
        f"/courses/runs/{run.pk}/mine/").content.decode()
    mail.outbox.clear()
    client = signed_in(first.user)
    assert client.get(f"/courses/runs/{run.pk}/leave/").status_code == 200
    assert client.post(f"/courses/runs/{run.pk}/leave/").status_code == 302
    assert states(run) == ["left", "enrolled", "enrolled", "waiting"]
    [email] = mail.outbox
    assert email.to == ["w1@example.org"]
    first.refresh_from_db()
    assert {first.name, first.phone, first.affiliation, first.needs} == {""}
    assert run.enrolments.waiting().get().place_in_line == 1
    assert client.get(f"/courses/runs/{run.pk}/mine/").status_code == 404


def test_people_who_left_may_rejoin_at_the_end_of_the_waiting_list(run, enrol, make_member):
    first = enrol(run)
    enrol(run)
    enrolling.enrol(run, make_member("w1"), DETAILS)
    enrolling.leave(first)
    enrolling.enrol(run, first.user, DETAILS)
    first.refresh_from_db()
    assert first.is_waiting and first.place_in_line == 1
    assert Enrolment.objects.filter(user=first.user).count() == 1


def test_enrolling_again_updates_details_and_takes_no_second_seat(run, member):
    enrolling.enrol(run, member, DETAILS)
    enrolling.enrol(run, member, DETAILS | {"needs": "ใช้รถเข็น"})
    enrolment = Enrolment.objects.get()
    assert enrolment.needs == "ใช้รถเข็น" and len(mail.outbox) == 1


@pytest.mark.parametrize(("days", "fields", "state"), [
    ((20,), {}, RunState.OPEN),
    ((20,), {"opens_on": 5}, RunState.SOON),
    ((20,), {"closes_on": -1}, RunState.CLOSED),
    ((20,), {"closes_on": 0}, RunState.OPEN),
    ((-2, 5), {}, RunState.CLOSED),
    ((-9, -2), {}, RunState.OVER),
    ((), {}, RunState.CLOSED),
    ((20,), {"is_cancelled": True, "cancelled_reason": "น้ำท่วม"}, RunState.CANCELLED),
])
def test_the_state_follows_from_dates_and_seats(make_run, member, signed_in, days, fields, state):
    today = timezone.localdate()
    fields = {
        name: today + timedelta(days=value) if name.endswith("_on") else value
        for name, value in fields.items()
    }
    run = make_run(days, **fields)
    assert run.state == state
    code = signed_in(member).post(f"/courses/runs/{run.pk}/enrol/", FORM).status_code
    assert code == (302 if state == RunState.OPEN else 409)
    assert Enrolment.objects.exists() is (state == RunState.OPEN)


def test_removed_people_cannot_enrol_again(run, enrol, signed_in):
    enrolment = enrol(run)
    enrolling.leave(enrolment, Enrolment.State.REMOVED)
    assert "ถูกนำออก" in mail.outbox[0].subject
    answer = signed_in(enrolment.user).post(f"/courses/runs/{run.pk}/enrol/", FORM)
    assert answer.status_code == 409
    enrolment.refresh_from_db()
    assert enrolment.state == "removed"


def test_public_pages_show_free_seats_at_once(
    run, curriculum, member, visitor
):
    pages = [curriculum.url, "/courses/runs/", f"/courses/runs/{run.pk}/",
             f"/en/courses/runs/{run.pk}/"]
    for page in pages:
        assert "2 of 2" in visitor.get(page).content.decode().replace("2 จาก 2", "2 of 2"), page
    before = OutboxEntry.objects.state()
    enrolling.enrol(run, member, DETAILS)
    assert OutboxEntry.objects.state() != before
    for page in pages:
        body = visitor.get(page).content.decode()
        assert "1 of 2" in body.replace("1 จาก 2", "1 of 2"), page
        assert "สมศรี" not in body


def test_runs_of_private_curricula_are_hidden(run, curriculum, visitor, member,
                                                               signed_in):
    from wagtail.models import PageViewRestriction

    PageViewRestriction.objects.create(page_id=curriculum.pk, restriction_type="login")
    assert "รุ่นที่ 1 จะนะ" not in visitor.get("/courses/runs/").content.decode()
    for what in ("", "calendar.ics"):
        assert visitor.get(f"/courses/runs/{run.pk}/{what}").status_code == 404
    assert signed_in(member).get(f"/courses/runs/{run.pk}/").status_code == 200
    curriculum.unpublish()
    assert signed_in(member).get(f"/courses/runs/{run.pk}/").status_code == 404
    assert signed_in(member).post(f"/courses/runs/{run.pk}/enrol/", FORM).status_code == 404


def test_the_overview_is_grouped_by_month_and_filtered_by_area(make_run, visitor):
    from hub.models import Area

    make_run((20,), title="ที่จะนะ", area=Area.objects.get(geocode="900301"))
    make_run((60,), title="ที่ระโนด", area=Area.objects.get(geocode="9007"))
    make_run((-9,), title="ผ่านไปแล้ว")
    body = visitor.get("/en/courses/runs/").content.decode()
    assert body.index("ที่จะนะ") < body.index("ที่ระโนด") and "ผ่านไปแล้ว" not in body
    body = visitor.get("/courses/runs/?area=9003").content.decode()
    assert "ที่จะนะ" in body and "ที่ระโนด" not in body
    assert visitor.get("/courses/runs/?area=%27zz").status_code == 200


def test_the_calendar_has_every_meeting(run, visitor):
    answer = visitor.get(f"/courses/runs/{run.pk}/calendar.ics")
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/calendar")
    assert text.count("BEGIN:VEVENT") == 2 and "STATUS:CONFIRMED" in text
    day = run.meeting_list[0].date
    assert f"DTSTART;TZID=Asia/Bangkok:{day:%Y%m%d}T090000" in text
    CourseRun.objects.update(is_cancelled=True, cancelled_reason="น้ำท่วม")
    assert "STATUS:CANCELLED" in visitor.get(
        f"/courses/runs/{run.pk}/calendar.ics").content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_the_last_seat_one_is_enrolled_and_one_waits(make_run, make_member):
    """On PostgreSQL both enrol concurrently; on SQLite one after the other, with instances of the
    run that were loaded before either took the seat."""
    run = make_run(seats=1)
    people = [make_member("a"), make_member("b")]
    looked = [CourseRun.objects.get(pk=run.pk) for _one in people]
    assert [one.free_seats for one in looked] == [1, 1]
    if connection.vendor == "postgresql":
        start = threading.Barrier(2)

        def take(run, user):
            start.wait()
            enrolling.enrol(run, user, DETAILS)
            connections.close_all()

        threads = [threading.Thread(target=take, args=pair)
                   for pair in zip(looked, people, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    else:
        for one, user in zip(looked, people, strict=True):
            enrolling.enrol(one, user, DETAILS)
    assert sorted(states(run)) == ["enrolled", "waiting"]
