"""Letters before and after due dates: one a day, never twice, with links that need no sign-in."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone
from wagtail.models import PageViewRestriction
from wagtail.users.models import UserProfile

from hub.jobs.scheduler import Scheduler
from policy.models import ClauseReport, QuietAddress, Reminder, Verification
from policy.models.party import new_key
from policy.reports import reminders
from policy.reports.reminder_links import token_for
from policy.reports.reminders import send_due, step_of
from tests.policy.conftest import REPORT

pytestmark = pytest.mark.django_db
DUE = date(2024, 1, 1)  # of clause 1, which names the party alone; clause 2 has no date


def day(offset):
    return DUE + timedelta(days=offset)


def sent_to():
    return sorted(letter.to[0] for letter in mail.outbox)


def link_of(letter, what="link"):
    return next(
        line.split(" ")[-1] for line in letter.body.splitlines() if f"/follow-up/{what}/" in line
    )


@pytest.mark.parametrize(("offset", "step"), [
    (-31, None), (-30, -30), (-8, -30), (-7, -7), (0, -7), (1, 1), (30, 1), (31, 31), (60, 31),
    (61, 61), (400, 391),
])
def test_steps(offset, step):
    assert step_of(DUE, day(offset)) == step


def test_the_days_are_settings(settings):
    settings.REMIND_DAYS_BEFORE, settings.REMIND_EVERY_DAYS = [10], 14
    assert [step_of(DUE, day(d)) for d in (-11, -10, 0, 1, 14, 15, 28, 29)] == [
        None, -10, -10, 1, 1, 15, 15, 29]
    settings.REMIND_DAYS_BEFORE = []
    assert step_of(DUE, day(-1)) is None


def test_a_year_of_silence(resolution, party):
    """Every day once or twice: letters on the steps' days and on no other."""
    found = []
    for offset in range(-40, 100):
        for _look in range(2):
            before = len(mail.outbox)
            send_due(day(offset))
            found += [offset] * (len(mail.outbox) - before)
    assert found == [-30, -7, 1, 31, 61, 91]
    assert set(sent_to()) == {"tao@example.org"}


def test_a_schedule_that_slept_writes_once_for_all_it_missed(resolution):
    for offset in (50, 50, 51, 59, 60):
        send_due(day(offset))
    assert len(mail.outbox) == 1
    send_due(day(61))
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(("report", "finding", "offset", "writes"), [
    ({"reported_on": day(-40)}, None, -30, True),  # a bare claim: evidence is asked for
    ({"reported_on": day(-40), "evidence": "ใบสั่งจ้าง"}, None, -30, False),
    ({"reported_on": day(-3)}, None, 1, False),  # said lately
    ({"reported_on": day(-40)}, None, 1, True),
    ({"reported_on": day(-40), "evidence": "x"}, ("confirmed", day(-2)), 1, False),
    ({"reported_on": day(-40), "evidence": "x"}, ("contradicted", day(-2)), 1, True),
    (None, ("confirmed", day(-2)), 1, False),
])
def test_who_shows_or_spoke_lately_is_left_in_peace(
    resolution, key, party, report, finding, offset, writes
):
    made = report and ClauseReport.objects.create(
        clause_key=key, party=party, claim="ทำแล้ว", **report
    )
    if finding:
        Verification.objects.create(
            clause_key=key, party=party, report=made, finding=finding[0], seen="เห็น",
            seen_on=finding[1],
        )
    send_due(day(offset))
    assert bool(mail.outbox) is writes


def test_one_letter_a_day_lists_all_clauses(resolution, key, party, other_party):
    page = resolution.get_latest_revision_as_object()
    clauses = list(page.clauses.all())
    clauses[1].due = DUE
    page.clauses = clauses
    page.save_revision().publish()
    send_due(day(1))
    letter = next(m for m in mail.outbox if m.to == ["tao@example.org"])
    assert len(mail.outbox) == 1  # the other party has no address
    for shown in ("ให้ซ่อมทุ่น", "ให้เปิดวงคุย", "1 มกราคม 2567", "เกินกำหนด"):
        assert shown in letter.body
    assert "มติ 2 ข้อ" in letter.subject or "2 ข้อ" in letter.subject
    assert letter.body.count("/follow-up/link/") == 2


def test_the_rest_of_many_clauses_comes_the_next_day(resolution, monkeypatch):
    page = resolution.get_latest_revision_as_object()
    clauses = list(page.clauses.all())
    clauses[1].due = DUE
    page.clauses = clauses
    page.save_revision().publish()
    monkeypatch.setattr(reminders, "CLAUSES_IN_A_LETTER", 1)
    send_due(day(1))
    send_due(day(1))
    assert len(mail.outbox) == 1 and "อีก 1 ข้อ" in mail.outbox[0].body
    send_due(day(2))
    assert len(mail.outbox) == 2 and "ให้เปิดวงคุย" in mail.outbox[1].body
    send_due(day(3))
    assert len(mail.outbox) == 2


def test_contact_and_members_each_in_her_language_and_once(resolution, party, reporter,
                                                           django_user_model):
    UserProfile.objects.create(user=reporter, preferred_language="en")
    same = django_user_model.objects.create_user("same", "TAO@example.org", "x")
    gone = django_user_model.objects.create_user("gone", "gone@example.org", "x", is_active=False)
    party.members.add(same, gone)
    send_due(day(1))
    assert sent_to() == ["reporter@example.org", "tao@example.org"]
    english = next(m for m in mail.outbox if m.to == ["reporter@example.org"])
    assert "1 clause waits" in english.subject and "Report here" in english.body
    assert "/en/follow-up/link/" in english.body and "1 January 2024" in english.body
    assert link_of(mail.outbox[0]) != link_of(mail.outbox[1])


def test_a_party_without_any_address_is_reminded_once_it_has_one(resolution, party):
    party.email = ""
    party.save()
    assert send_due(day(1)) == 0 and not Reminder.objects.exists()
    party.email = "new@example.org"
    party.save()
    assert send_due(day(2)) == 1


def test_resolutions_that_nobody_may_read_remind_nobody(resolution):
    PageViewRestriction.objects.create(page_id=resolution.pk, restriction_type="login")
    assert send_due(day(1)) == 0


def test_two_senders_at_once_write_once(resolution, monkeypatch):
    waiting = reminders._waiting(day(1))
    assert len(waiting) == 1
    monkeypatch.setattr(reminders, "_waiting", lambda day: waiting)  # both looked before
    assert send_due(day(1)) == 1
    assert send_due(day(1)) == 0
    assert len(mail.outbox) == 1


def test_what_is_rolled_back_writes_to_nobody_and_is_written_later(resolution, settings):
    from django_tasks_db.models import DBTaskResult

    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    before = DBTaskResult.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        assert send_due(day(1)) == 1
        raise RuntimeError
    assert not Reminder.objects.exists() and DBTaskResult.objects.count() == before
    assert send_due(day(1)) == 1
    assert Reminder.objects.count() == 1 and DBTaskResult.objects.count() == before + 1


def test_the_schedule_and_the_command_send(resolution, capsys):
    Scheduler().run_due(once=True)
    assert len(mail.outbox) == 1
    call_command("send_reminders")
    assert "0 letters." in capsys.readouterr().out


def test_a_due_date_that_moves_is_reminded_of_anew(resolution):
    send_due(day(1))
    page = resolution.get_latest_revision_as_object()
    clauses = list(page.clauses.all())
    clauses[0].due = day(100)
    page.clauses = clauses
    page.save_revision().publish()
    send_due(day(2))
    assert len(mail.outbox) == 1
    send_due(day(70))
    assert len(mail.outbox) == 2


# The link


@pytest.fixture
def letter(resolution):
    send_due(timezone.localdate())
    return mail.outbox.pop()


def test_the_link_reports_without_signing_in_once(letter, key, party, settings):
    settings.WAGTAILADMIN_BASE_URL = "http://localhost:8000"
    address = link_of(letter).removeprefix("http://localhost:8000")
    visitor = Client()
    form = visitor.get(address)
    assert form.status_code == 200 and "ให้ซ่อมทุ่น" in form.content.decode()
    assert "no-store" in form["Cache-Control"]
    nameless = visitor.post(address, REPORT | {"reporter_name": ""})
    assert nameless.status_code == 422 and not ClauseReport.objects.exists()
    assert visitor.post(address, REPORT).status_code == 302
    report = ClauseReport.objects.get()
    assert (report.party, report.clause_key, report.reporter) == (party, key, None)
    assert report.reporter_name == "สมศรี"
    told = mail.outbox[-1]
    assert told.to == ["tao@example.org"] and "สมศรี" in told.body and "ซ่อมทุ่นครบแล้ว" in told.body
    for answer in (visitor.get(address), visitor.post(address, REPORT | {"claim": "อีก"})):
        assert answer.status_code == 404
        assert "ใช้ไม่ได้แล้ว" in answer.content.decode()
    assert ClauseReport.objects.count() == 1


def test_a_link_used_twice_at_one_moment_reports_once(letter, monkeypatch):
    from policy.reports import reminder_links

    address = link_of(letter).split("8000", 1)[-1]
    link = reminder_links.read(address.rstrip("/").rsplit("/", 1)[-1])
    monkeypatch.setattr(reminder_links, "read", lambda token: link)  # both looked before
    for claim in ("ซ่อมแล้ว", "ซ่อมครบแล้ว"):
        assert Client().post(address, REPORT | {"claim": claim}).status_code == 302
    assert ClauseReport.objects.get().claim == "ซ่อมแล้ว"


def test_the_links_of_a_letter_die_with_the_partys_key_and_with_time(letter, party, monkeypatch):
    from django.core import signing

    address = link_of(letter).split("8000", 1)[-1]
    assert Client().get(address).status_code == 200
    real = signing.time.time
    monkeypatch.setattr(signing.time, "time", lambda: real() + 29 * 86400)
    assert Client().get(address).status_code == 200
    monkeypatch.setattr(signing.time, "time", lambda: real() + 31 * 86400)
    assert Client().get(address).status_code == 404
    monkeypatch.undo()
    party.key = new_key()
    party.save()
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("token", ["x", "a:b:c", "ก", "WyIxIl0:1abc:xyz"])
def test_a_made_up_link_opens_nothing(hub, visitor, token):
    assert visitor.get(f"/follow-up/link/{token}/").status_code == 404
    assert visitor.post(f"/follow-up/quiet/{token}/").status_code == 404


def test_a_link_for_one_thing_does_not_do_for_another(resolution, key, party, visitor):
    token = token_for(party, key)
    assert visitor.post(f"/follow-up/quiet/{token}/").status_code == 404
    other = resolution.clauses.get(number="2").translation_key
    strange = token_for(party, other)
    assert visitor.get(f"/follow-up/link/{strange}/").status_code == 200
    # A clause that no longer names the party.
    page = resolution.get_latest_revision_as_object()
    clauses = list(page.clauses.all())
    clauses[1].parties = []
    page.clauses = clauses
    page.save_revision().publish()
    assert visitor.get(f"/follow-up/link/{strange}/").status_code in (403, 404)


def test_one_click_stops_and_can_be_taken_back(letter, resolution, visitor, party):
    address = letter.extra_headers["List-Unsubscribe"].strip("<>").split("8000", 1)[-1]
    assert address in letter.body
    assert visitor.get(address).status_code == 200 and not QuietAddress.objects.exists()
    assert visitor.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    visitor.post(address)
    assert QuietAddress.objects.get().email == "tao@example.org"
    assert send_due(timezone.localdate() + timedelta(days=60)) == 0
    visitor.post(address, {"again": "1"})
    assert send_due(timezone.localdate() + timedelta(days=60)) == 1
