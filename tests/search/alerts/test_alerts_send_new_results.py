"""Sending alerts: only what is new, in the language it was saved in, never twice."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone
from wagtail.models import Page, Site

from hub.email import subscriptions
from hub.email.delivery import deliver
from search.alerts.subscriptions import send_due
from search.models import Alert, DocumentText
from tests.factories import LessonPageFactory, document, home

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def start(hub, settings):
    """The moment at which the alerts of these tests were confirmed: a week ago."""
    settings.WAGTAILADMIN_BASE_URL = "http://localhost:8000"
    return timezone.now() - 7 * DAY


@pytest.fixture
def alert(start):
    def make(text="ปูม้า", language="th", frequency="day", **fields):
        number = Alert.objects.count()
        return Alert.objects.create(
            **{"email": f"r{number}@example.org", "language": language, "text": text,
               "frequency": frequency, "digest": str(number), "confirmed_at": start,
               "checked_until": start, "site": Site.objects.get(is_default_site=True)} | fields
        )

    return make


def published(title, moment, **fields):
    page = LessonPageFactory(title=title, **fields)
    Page.objects.filter(pk=page.pk).update(first_published_at=moment)
    page.refresh_from_db()
    page.save_revision().publish()
    return page


def test_only_new_results_are_sent(start, alert, mailoutbox):
    published("ปูม้าเก่า", start - DAY)
    published("ปูม้าใหม่", start + DAY, summary="เรื่องย่อของหน้าใหม่")
    published("ข้าวใหม่", start + DAY)
    alert()
    assert send_due() == 1
    [letter] = mailoutbox
    assert "ปูม้าใหม่" in letter.body and "เรื่องย่อของหน้าใหม่" in letter.body
    assert "ปูม้าเก่า" not in letter.body and "ข้าวใหม่" not in letter.body
    assert "http://localhost:8000/" in letter.body
    assert letter.to == ["r0@example.org"]


def test_a_page_that_was_only_changed_is_not_new(start, alert, mailoutbox):
    page = published("ปูม้าเก่า", start - DAY)
    page.title = "ปูม้าเก่าแก้แล้ว"
    page.save_revision().publish()
    alert()
    assert send_due() == 0 and not mailoutbox


def test_nothing_is_sent_twice_and_nothing_without_new_results(start, alert, mailoutbox):
    published("ปูม้าใหม่", timezone.now() - timedelta(minutes=5))
    alert()
    assert [send_due() for _run in range(3)] == [1, 0, 0]
    assert send_due(timezone.now() + DAY) == 0
    published("ปูม้าตัวถัดไป", timezone.now() + 1.5 * DAY)
    assert send_due(timezone.now() + 2 * DAY) == 1
    assert "ปูม้าใหม่" not in mailoutbox[-1].body and "ปูม้าตัวถัดไป" in mailoutbox[-1].body


@pytest.mark.postgresql
def test_a_late_commit_is_sent_by_the_next_check(start, alert, mailoutbox):
    """It was published before the last check, which could not see it yet."""
    alert()
    now = timezone.now()
    published("ปูม้าแรก", now - timedelta(minutes=2))
    assert send_due(now) == 1
    published("ปูม้าช้า", now - timedelta(minutes=1))
    assert send_due(now + DAY) == 1
    assert "ปูม้าช้า" in mailoutbox[1].body and "ปูม้าแรก" not in mailoutbox[1].body


def test_results_from_before_the_confirmation_are_not_new(start, alert, mailoutbox):
    now = timezone.now()
    published("ปูม้า", now - timedelta(minutes=10))
    alert(confirmed_at=now - timedelta(minutes=5), checked_until=now - timedelta(minutes=5))
    assert send_due(now + DAY) == 0


def test_daily_and_weekly_alerts_are_due_in_time(start, alert, mailoutbox):
    now = timezone.now()
    weekly = alert(frequency="week", checked_until=now - 6 * DAY)
    daily = alert(frequency="day", checked_until=now - timedelta(hours=20))
    due_now = alert(frequency="day", checked_until=now - timedelta(hours=23, minutes=45))
    unconfirmed = alert(confirmed_at=None, checked_until=None)
    assert list(Alert.objects.due(now)) == [due_now]
    assert set(Alert.objects.due(now + DAY)) == {weekly, daily, due_now}
    assert unconfirmed not in Alert.objects.due(now + 30 * DAY)


def test_emails_are_in_the_language_the_search_was_saved_in(start, alert, mailoutbox):
    published("ปูม้าใหม่", start + DAY)
    published("New crab bank", start + DAY, parent=home("en"))
    alert("ปูม้า")
    alert("crab", language="en", frequency="week", checked_until=start - DAY)
    assert send_due() == 2
    thai, english = sorted(mailoutbox, key=lambda letter: letter.to)
    assert thai.subject.startswith("เรื่องใหม่: ปูม้า – ")
    assert "เลิกรับ:" in thai.body and "วันละครั้ง" in thai.body
    assert english.subject.startswith("New: crab – ")
    assert "at most once a week" in english.body
    assert "http://localhost:8000/en/search/?q=crab" in english.body
    assert "http://localhost:8000/en/search/alert/stop/" in english.body
    for letter in (thai, english):
        message = letter.message()
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        stop = letter.extra_headers["List-Unsubscribe"].strip("<>")
        assert stop in letter.body
        assert message["Auto-Submitted"] == "auto-generated"


def test_a_new_file_on_an_old_page_is_a_new_result(start, alert, mailoutbox):
    page = published("หน้าเก่า", start - 30 * DAY)
    page.attachments.create(document=document("คู่มือปูม้า", "ปู.txt", "ปูม้า ".encode() * 20))
    page.save_revision().publish()
    alert()
    assert send_due() == 1
    assert "คู่มือปูม้า" in mailoutbox[0].body and "ไฟล์ในหน้า “หน้าเก่า”" in mailoutbox[0].body
    DocumentText.objects.update(read_at=start - DAY)
    Alert.objects.update(checked_until=start, sent_keys=[])
    assert send_due() == 0


def test_a_filter_or_the_whole_site_can_be_followed(start, alert, mailoutbox):
    from hub.models import Topic

    page = published("กลุ่มเรือเล็ก", start + DAY)
    page.topics.add(Topic.objects.get(slug="fishers"))
    page.save_revision().publish()
    published("นาข้าว", start + DAY)
    alert("", filters={"topics": ["fishers"]})
    alert("", filters={})
    assert send_due() == 2
    fishers, everything = sorted(mailoutbox, key=lambda letter: letter.to)
    assert "กลุ่มเรือเล็ก" in fishers.body and "นาข้าว" not in fishers.body
    assert "กลุ่มเรือเล็ก" in everything.body and "นาข้าว" in everything.body


def test_weak_matches_are_not_sent(start, alert, mailoutbox):
    published("ธนาคารปูม้า", start - DAY)
    published("ธนาคารต้นไม้ กับปูม้าตัวเดียว", start + DAY)
    published("ดาวเทียม", start + DAY)
    alert("ธนาคารปูม้า")  # another page has it as it stands, so having its parts is not enough
    alert("ดาวเทียม ดาวอังคาร")  # only some of the words
    assert send_due() == 0


def test_a_question_is_sent_new_pages_among_its_best_answers(start, alert, mailoutbox):
    published("ผู้สูงอายุอยู่คนเดียว เพื่อนบ้านผลัดกันเยี่ยม", start + DAY)
    alert("ผู้สูงอายุอยู่คนเดียวทำอย่างไร")
    assert send_due() == 1


def test_many_new_results_are_counted_instead_of_listed(start, alert, mailoutbox):
    for number in range(23):
        published(f"ปูม้า {number}", start + DAY)
    alert()
    assert send_due() == 1
    assert mailoutbox[0].body.count("* ปูม้า") == 20
    assert "และอีก 3 เรื่อง" in mailoutbox[0].body


def test_a_long_search_is_shortened_in_the_subject(start, alert, mailoutbox):
    published("ปูม้าใหม่" * 20, start + DAY)
    alert("ปูม้าใหม่" * 20)
    assert send_due() == 1
    assert len(mailoutbox[0].subject) < 110 and "…" in mailoutbox[0].subject
    assert "ปูม้าใหม่" * 20 in mailoutbox[0].body


def test_a_page_made_private_before_sending_is_not_sent(start, alert, mailoutbox):
    from wagtail.models import PageViewRestriction

    page = published("ปูม้าลับ", start + DAY)
    PageViewRestriction.objects.create(page_id=page.pk, restriction_type="login")
    taken = published("ปูม้าถอน", start + DAY)
    taken.unpublish()
    alert()
    assert send_due() == 0


@pytest.mark.postgresql
def test_when_killed_between_claiming_and_sending_the_next_check_sends(
    start, alert, mailoutbox, monkeypatch
):
    published("ปูม้าใหม่", start + DAY)
    alert()

    def killed(self, *args, **kwargs):
        raise SystemExit(9)

    with monkeypatch.context() as patched:
        patched.setattr(EmailMessage, "send", killed)
        with pytest.raises(SystemExit):
            send_due()
    assert send_due() == 1 and send_due(timezone.now() + DAY) == 0
    assert len(mailoutbox) == 1


def test_when_killed_before_claiming_the_next_check_sends(
    start, alert, mailoutbox, monkeypatch
):
    published("ปูม้าใหม่", start + DAY)
    alert()

    def killed(*args):
        raise SystemExit(9)

    with monkeypatch.context() as patched:
        patched.setattr(subscriptions, "_claim", killed)
        with pytest.raises(SystemExit):
            send_due()
    assert send_due() == 1 and len(mailoutbox) == 1


@pytest.mark.postgresql
def test_of_two_concurrent_senders_one_sends(start, alert, mailoutbox, monkeypatch):
    published("ปูม้าใหม่", start + DAY)
    alert()
    claim, others = subscriptions._claim, []

    def claim_after_another(alert, where, values):
        if not others:
            others.append(1)
            assert send_due() == 1
        return claim(alert, where, values)

    monkeypatch.setattr(subscriptions, "_claim", claim_after_another)
    assert send_due() == 0
    assert len(mailoutbox) == 1


def test_an_email_that_fails_is_sent_later_and_delays_no_other(
    start, alert, mailoutbox, monkeypatch, caplog
):
    published("ปูม้าใหม่", start + DAY)
    alert(), alert()
    send = EmailMessage.send

    def fail(self, *args, **kwargs):
        if self.to == ["r0@example.org"]:
            raise DatabaseError("r0@example.org")
        return send(self, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(EmailMessage, "send", fail)
        assert send_due() == 1
    assert "example.org" not in caplog.text
    assert [letter.to for letter in mailoutbox] == [["r1@example.org"]]
    assert send_due() == 1
    assert mailoutbox[-1].to == ["r0@example.org"]


def test_while_the_mail_server_is_down_emails_wait_in_the_queue(
    start, alert, mailoutbox, settings
):
    published("ปูม้าใหม่", start + DAY)
    alert(), alert(), alert()
    settings.EMAIL_BACKEND = "hub.email.backend.QueueBackend"
    assert send_due() == 3 and send_due() == 0
    assert not mailoutbox
    assert deliver() == 3
    assert {letter.to[0] for letter in mailoutbox} == {f"r{n}@example.org" for n in range(3)}


# The schedule lets go of connections.
@pytest.mark.django_db(transaction=True)
def test_the_schedule_sends_the_alerts(start, alert, mailoutbox):
    published("ปูม้าใหม่", start + DAY)
    alert()
    call_command("keep_schedule", once=True)
    assert len(mailoutbox) == 1


def test_the_address_of_a_site_of_its_own_is_used(start, alert, mailoutbox, settings):
    settings.WAGTAILADMIN_BASE_URL = "https://hub.example.org/"
    published("ปูม้าใหม่", start + DAY)
    alert()
    send_due()
    assert "https://hub.example.org/search/" in mailoutbox[0].body
    assert "localhost" not in mailoutbox[0].body
