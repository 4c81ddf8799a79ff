"""Seats, the waiting list, moving up, and what people are told of it."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, connections
from django.utils import timezone

from courses.models import CourseRun, Enrolment, State
from courses.runs import enrolment as enrolling
from hub.models import OutboxEntry
from tests.courses.conftest import FORM, SAID

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def states(run):
    return list(run.enrolments.order_by("asked_at", "pk").values_list("state", flat=True))


def test_a_member_enrols_and_hears_of_it(run, member, signed_in):
    client = signed_in(member)
    page = client.get(f"/courses/runs/{run.pk}/enrol/")
    assert page.status_code == 200 and 'value="สมศรี มีสุข"' in page.content.decode()
    answer = client.post(f"/courses/runs/{run.pk}/enrol/", FORM)
    assert answer.url == f"/courses/runs/{run.pk}/mine/"
    enrolment = Enrolment.objects.get()
    assert enrolment.is_enrolled and enrolment.consent_version == "1"
    assert enrolment.consented_at and enrolment.phone == SAID["phone"]
    [letter] = mail.outbox
    assert letter.to == [member.email] and "คุณมีที่นั่งในการอบรม" in letter.subject
    assert f"/courses/runs/{run.pk}/mine/" in letter.body and "ศาลาบ้านตัวอย่าง" in letter.body
    assert "คุณมีที่นั่ง" in client.get(answer.url).content.decode()


def test_english_readers_are_written_to_in_english(run, make_member):
    enrolling.enrol(run, make_member("ann", "en"), SAID)
    [letter] = mail.outbox
    assert "You have a seat in the course" in letter.subject
    assert f"/en/courses/runs/{run.pk}/mine/" in letter.body
    assert not any("\u0e00" <= c <= "\u0e7f" for c in letter.body.splitlines()[-3])


@pytest.mark.parametrize("lacking", ["name", "consent"])
def test_what_is_missing_is_said_at_its_field_and_the_rest_is_kept(
    run, member, signed_in, lacking
):
    said = FORM | {lacking: ""}
    answer = signed_in(member).post(f"/courses/runs/{run.pk}/enrol/", said)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [lacking]
    assert "ไม่กินหมู" in answer.content.decode()
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize("bad", [{"name": "ก" * 500}, {"phone": "1" * 99}, {"needs": "x" * 9999},
                                 {"name": "\u200b\0"}])
def test_bad_input_is_refused_without_an_error(run, member, signed_in, bad):
    answer = signed_in(member).post(f"/courses/runs/{run.pk}/enrol/", FORM | bad)
    assert answer.status_code == 422


def test_a_robot_gets_no_seat_and_nobody_enrols_without_end(run, member, signed_in):
    client = signed_in(member)
    client.post(f"/courses/runs/{run.pk}/enrol/", FORM | {"website": "x"})
    assert not Enrolment.objects.exists()
    codes = [client.post(f"/courses/runs/{run.pk}/enrol/", {}).status_code for _try in range(20)]
    assert codes[0] == 422 and codes[-1] == 429


def test_who_comes_after_the_last_seat_waits_in_line_and_moves_up(
    run, member, put_in, make_member, signed_in
):
    first, _second = put_in(run), put_in(run)
    line = [make_member("w1"), make_member("w2", "en")]
    for user in line:
        enrolling.enrol(run, user, SAID)
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
    [letter] = mail.outbox
    assert letter.to == ["w1@example.org"]
    first.refresh_from_db()
    assert {first.name, first.phone, first.organisation, first.needs} == {""}
    assert run.enrolments.waiting().get().place_in_line == 1
    assert client.get(f"/courses/runs/{run.pk}/mine/").status_code == 404


def test_who_left_may_come_back_at_the_end_of_the_line(run, put_in, make_member):
    first = put_in(run)
    put_in(run)
    enrolling.enrol(run, make_member("w1"), SAID)
    enrolling.leave(first)
    enrolling.enrol(run, first.user, SAID)
    first.refresh_from_db()
    assert first.is_waiting and first.place_in_line == 1
    assert Enrolment.objects.filter(user=first.user).count() == 1


def test_done_twice_it_is_one_seat_and_the_details_are_the_later_ones(run, member):
    enrolling.enrol(run, member, SAID)
    enrolling.enrol(run, member, SAID | {"needs": "ใช้รถเข็น"})
    enrolment = Enrolment.objects.get()
    assert enrolment.needs == "ใช้รถเข็น" and len(mail.outbox) == 1


@pytest.mark.parametrize(("days", "fields", "state"), [
    ((20,), {}, State.OPEN),
    ((20,), {"opens_on": 5}, State.SOON),
    ((20,), {"closes_on": -1}, State.CLOSED),
    ((20,), {"closes_on": 0}, State.OPEN),
    ((-2, 5), {}, State.CLOSED),
    ((-9, -2), {}, State.OVER),
    ((), {}, State.CLOSED),
    ((20,), {"is_cancelled": True, "cancelled_reason": "น้ำท่วม"}, State.CANCELLED),
])
def test_its_state_follows_from_dates_and_seats(make_run, member, signed_in, days, fields, state):
    today = timezone.localdate()
    fields = {
        name: today + timedelta(days=value) if name.endswith("_on") else value
        for name, value in fields.items()
    }
    run = make_run(days, **fields)
    assert run.state == state
    code = signed_in(member).post(f"/courses/runs/{run.pk}/enrol/", FORM).status_code
    assert code == (302 if state == State.OPEN else 409)
    assert Enrolment.objects.exists() is (state == State.OPEN)


def test_who_was_taken_off_the_list_does_not_enrol_again(run, put_in, signed_in):
    enrolment = put_in(run)
    enrolling.leave(enrolment, Enrolment.State.REMOVED)
    assert "ถูกนำออก" in mail.outbox[0].subject
    answer = signed_in(enrolment.user).post(f"/courses/runs/{run.pk}/enrol/", FORM)
    assert answer.status_code == 409
    enrolment.refresh_from_db()
    assert enrolment.state == "removed"


def test_the_public_pages_say_at_once_how_many_seats_are_free(
    run, curriculum, member, visitor
):
    pages = [curriculum.url, "/courses/runs/", f"/courses/runs/{run.pk}/",
             f"/en/courses/runs/{run.pk}/"]
    for page in pages:
        assert "2 of 2" in visitor.get(page).content.decode().replace("2 จาก 2", "2 of 2"), page
    before = OutboxEntry.objects.state()
    enrolling.enrol(run, member, SAID)
    assert OutboxEntry.objects.state() != before
    for page in pages:
        body = visitor.get(page).content.decode()
        assert "1 of 2" in body.replace("1 จาก 2", "1 of 2"), page
        assert "สมศรี" not in body


def test_runs_of_a_curriculum_that_is_not_public_are_not_shown(run, curriculum, visitor, member,
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


def test_the_overview_is_by_month_and_area(make_run, visitor):
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
def test_of_two_at_the_last_seat_one_sits_and_one_waits(make_run, make_member):
    """On PostgreSQL both come at once; in SQLite's memory one after the other, and then each may
    have looked at the run before the other took the seat."""
    run = make_run(seats=1)
    people = [make_member("a"), make_member("b")]
    looked = [CourseRun.objects.get(pk=run.pk) for _one in people]
    assert [one.free for one in looked] == [1, 1]
    if connection.vendor == "postgresql":
        start = threading.Barrier(2)

        def take(run, user):
            start.wait()
            enrolling.enrol(run, user, SAID)
            connections.close_all()

        threads = [threading.Thread(target=take, args=pair)
                   for pair in zip(looked, people, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    else:
        for one, user in zip(looked, people, strict=True):
            enrolling.enrol(one, user, SAID)
    assert sorted(states(run)) == ["enrolled", "waiting"]
