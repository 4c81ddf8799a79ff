"""Reminders before and after due dates: one a day, never twice, with links without sign-in."""

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
from hub.models import QueuedEmail
from policy.models import ClauseReport, Reminder, ReminderOptOut, Verification
from policy.models.party import new_link_key
from policy.reports import reminders
from policy.reports.reminder_links import token_for
from policy.reports.reminders import send_due, step_of
from tests.policy.conftest import REPORT, amend_clause

pytestmark = pytest.mark.django_db
DUE = date(2024, 1, 1)  # of clause 1, which names the party alone; clause 2 has no date


def day(offset):
    return DUE + timedelta(days=offset)


def sent_to():
    return sorted(email.to[0] for email in mail.outbox)


def link_of(email, what="link"):
    return next(
        line.split(" ")[-1] for line in email.body.splitlines() if f"/follow-up/{what}/" in line
    )


@pytest.mark.parametrize(("offset", "step"), [
    (-31, None), (-30, -30), (-8, -30), (-7, -7), (0, -7), (1, 1), (30, 1), (31, 31), (60, 31),
    (61, 61), (400, 391),
])
def test_steps_of_reminders(offset, step):
    assert step_of(DUE, day(offset)) == step


def test_the_days_of_reminders_are_settings(settings):
    settings.REMIND_DAYS_BEFORE, settings.REMIND_EVERY_DAYS = [10], 14
    assert [step_of(DUE, day(d)) for d in (-11, -10, 0, 1, 14, 15, 28, 29)] == [
        None, -10, -10, 1, 1, 15, 15, 29]
    settings.REMIND_DAYS_BEFORE = []
    assert step_of(DUE, day(-1)) is None


@pytest.mark.postgresql
def test_reminders_are_sent_on_the_days_of_the_steps_only(resolution, party):
    """Running twice a day, reminders are sent on the days of the steps only."""
    found = []
    for offset in range(-40, 100):
        for _run in range(2):
            before = len(mail.outbox)
            send_due(day(offset))
            found += [offset] * (len(mail.outbox) - before)
    assert found == [-30, -7, 1, 31, 61, 91]
    assert set(sent_to()) == {"tao@example.org"}


def test_missed_steps_are_sent_as_one_reminder(resolution):
    for offset in (50, 50, 51, 59, 60):
        send_due(day(offset))
    assert len(mail.outbox) == 1
    send_due(day(61))
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(("report", "finding", "offset", "writes"), [
    ({"reported_on": day(-40)}, None, -30, True),  # without evidence
    ({"reported_on": day(-40), "evidence": "ใบสั่งจ้าง"}, None, -30, False),
    ({"reported_on": day(-3)}, None, 1, False),  # reported recently
    ({"reported_on": day(-40)}, None, 1, True),
    ({"reported_on": day(-40), "evidence": "x"}, ("confirmed", day(-2)), 1, False),
    ({"reported_on": day(-40), "evidence": "x"}, ("contradicted", day(-2)), 1, True),
    (None, ("confirmed", day(-2)), 1, False),
])
def test_evidence_or_a_recent_report_stops_reminders(
    resolution, key, party, report, finding, offset, writes
):
    made = report and ClauseReport.objects.create(
        clause_key=key, party=party, claim="ทำแล้ว", **report
    )
    if finding:
        Verification.objects.create(
            clause_key=key, party=party, report=made, finding=finding[0], observation="เห็น",
            observed_on=finding[1],
        )
    send_due(day(offset))
    assert bool(mail.outbox) is writes


def test_one_email_a_day_lists_all_clauses(resolution, key, party, other_party):
    amend_clause(resolution, "2", due=DUE)
    send_due(day(1))
    email = next(m for m in mail.outbox if m.to == ["tao@example.org"])
    assert len(mail.outbox) == 1  # the other party has no address
    for shown in ("ให้ซ่อมทุ่น", "ให้เปิดวงคุย", "1 มกราคม 2567", "เกินกำหนด"):
        assert shown in email.body
    assert "มติ 2 ข้อ" in email.subject or "2 ข้อ" in email.subject
    assert email.body.count("/follow-up/link/") == 2


def test_clauses_beyond_the_maximum_are_sent_the_next_day(resolution, monkeypatch):
    amend_clause(resolution, "2", due=DUE)
    monkeypatch.setattr(reminders, "MAX_CLAUSES_PER_EMAIL", 1)
    send_due(day(1))
    send_due(day(1))
    assert len(mail.outbox) == 1 and "อีก 1 ข้อ" in mail.outbox[0].body
    send_due(day(2))
    assert len(mail.outbox) == 2 and "ให้เปิดวงคุย" in mail.outbox[1].body
    send_due(day(3))
    assert len(mail.outbox) == 2


def test_contact_and_members_get_one_email_each_in_their_language(
    resolution, party, reporter, django_user_model
):
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


def test_private_resolutions_send_no_reminders(resolution):
    PageViewRestriction.objects.create(page_id=resolution.pk, restriction_type="login")
    assert send_due(day(1)) == 0


@pytest.mark.postgresql
def test_two_concurrent_senders_send_once(resolution, monkeypatch):
    waiting = reminders._due_cells(day(1))
    assert len(waiting) == 1
    monkeypatch.setattr(reminders, "_due_cells", lambda day: waiting)  # both read it before
    assert send_due(day(1)) == 1
    assert send_due(day(1)) == 0
    assert len(mail.outbox) == 1


@pytest.mark.postgresql
def test_a_rolled_back_reminder_is_sent_later(resolution, settings):
    settings.EMAIL_BACKEND = "hub.email.backend.QueueBackend"
    with pytest.raises(RuntimeError), transaction.atomic():
        assert send_due(day(1)) == 1
        raise RuntimeError
    assert not Reminder.objects.exists() and not QueuedEmail.objects.exists()
    assert send_due(day(1)) == 1
    assert Reminder.objects.count() == QueuedEmail.objects.count() == 1


def test_the_schedule_and_the_command_send(resolution, capsys):
    Scheduler().run_due(once=True)
    assert len(mail.outbox) == 1
    call_command("send_reminders")
    assert "0 e-mails." in capsys.readouterr().out


def test_a_changed_due_date_gets_new_reminders(resolution):
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
def email(resolution):
    send_due(timezone.localdate())
    return mail.outbox.pop()


def test_a_link_takes_one_report_without_sign_in(email, key, party, settings):
    settings.WAGTAILADMIN_BASE_URL = "http://localhost:8000"
    address = link_of(email).removeprefix("http://localhost:8000")
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
    notice = mail.outbox[-1]
    assert notice.to == ["tao@example.org"]
    assert "สมศรี" in notice.body and "ซ่อมทุ่นครบแล้ว" in notice.body
    for answer in (visitor.get(address), visitor.post(address, REPORT | {"claim": "อีก"})):
        assert answer.status_code == 404
        assert "ใช้ไม่ได้แล้ว" in answer.content.decode()
    assert ClauseReport.objects.count() == 1


@pytest.mark.postgresql
def test_concurrent_use_of_a_link_creates_one_report(email, monkeypatch):
    from policy.reports import reminder_links

    address = link_of(email).split("8000", 1)[-1]
    link = reminder_links.read(address.rstrip("/").rsplit("/", 1)[-1])
    monkeypatch.setattr(reminder_links, "read", lambda token: link)  # both read it before
    for claim in ("ซ่อมแล้ว", "ซ่อมครบแล้ว"):
        assert Client().post(address, REPORT | {"claim": claim}).status_code == 302
    assert ClauseReport.objects.get().claim == "ซ่อมแล้ว"


def test_links_expire_and_are_revoked_by_a_new_key(email, party, monkeypatch):
    from django.core import signing

    address = link_of(email).split("8000", 1)[-1]
    assert Client().get(address).status_code == 200
    real = signing.time.time
    monkeypatch.setattr(signing.time, "time", lambda: real() + 29 * 86400)
    assert Client().get(address).status_code == 200
    monkeypatch.setattr(signing.time, "time", lambda: real() + 31 * 86400)
    assert Client().get(address).status_code == 404
    monkeypatch.undo()
    party.link_key = new_link_key()
    party.save()
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("token", ["x", "a:b:c", "ก", "WyIxIl0:1abc:xyz"])
def test_an_invalid_link_is_404(hub, visitor, token):
    assert visitor.get(f"/follow-up/link/{token}/").status_code == 404
    assert visitor.post(f"/follow-up/quiet/{token}/").status_code == 404


def test_a_link_is_valid_for_one_purpose_only(resolution, key, party, visitor):
    token = token_for(party, key)
    assert visitor.post(f"/follow-up/quiet/{token}/").status_code == 404
    other = resolution.clauses.get(number="2").translation_key
    strange = token_for(party, other)
    assert visitor.get(f"/follow-up/link/{strange}/").status_code == 200
    # A clause that no longer names the party.
    amend_clause(resolution, "2", parties=[])
    assert visitor.get(f"/follow-up/link/{strange}/").status_code in (403, 404)


def test_opting_out_with_one_click_and_resuming(email, resolution, visitor, party):
    address = email.extra_headers["List-Unsubscribe"].strip("<>").split("8000", 1)[-1]
    assert address in email.body
    assert visitor.get(address).status_code == 200 and not ReminderOptOut.objects.exists()
    assert visitor.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    visitor.post(address)
    assert ReminderOptOut.objects.get().email == "tao@example.org"
    assert send_due(timezone.localdate() + timedelta(days=60)) == 0
    visitor.post(address, {"again": "1"})
    assert send_due(timezone.localdate() + timedelta(days=60)) == 1
