"""Following a course by e-mail: subscribing, confirming, notifications, unsubscribing."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import PageViewRestriction

from courses.models import CourseFollower, CurriculumPage
from courses.updates import followers
from hub.chain.relations import Relation
from hub.email import subscriptions
from hub.email.delivery import deliver
from hub.people import personal_data
from hub.withdrawals import rules
from tests.factories import CurriculumPageFactory, ModelPageFactory, link

pytestmark = pytest.mark.django_db
READER = "reader@example.org"
DAY = timedelta(days=1)


@pytest.fixture
def course(hub, settings):
    settings.WAGTAILADMIN_BASE_URL = "http://localhost:8000"
    page = CurriculumPageFactory(title="หลักสูตรป่าชุมชน")
    return CurriculumPage.objects.get(pk=page.pk)


def publish(page, changes="แก้กลุ่มผู้เรียน"):
    page = CurriculumPage.objects.get(pk=page.pk)
    page.audience, page.changes = f"{page.audience}และครู", changes
    page.save_revision().publish()
    return CurriculumPage.objects.get(pk=page.pk)


def address_in(email, what) -> str:
    return unquote(re.search(rf"http://localhost:8000(\S*/{what}/\S+)", email.body)[1])


def ask(client, page, email=READER, prefix="", **fields):
    return client.post(f"{prefix}{page.url}follow/", {"email": email, "website": ""} | fields)


@pytest.fixture
def follower(course, visitor, mailoutbox):
    """A follower who confirmed two days ago."""
    ask(visitor, course)
    visitor.post(address_in(mailoutbox[-1], "confirm"))
    mailoutbox.clear()
    CourseFollower.objects.update(notified_at=timezone.now() - 2 * DAY)
    return CourseFollower.objects.get()


def test_a_subscription_is_confirmed_by_email(course, visitor, mailoutbox):
    assert f"{course.url}follow/" in visitor.get(course.url).content.decode()
    form = visitor.get(f"{course.url}follow/")
    assert course.title in form.content.decode() and "no-store" in form["Cache-Control"]
    answer = ask(visitor, course)
    assert answer["Location"] == f"{course.url}follow/asked/"
    assert visitor.get(answer["Location"]).status_code == 200
    (email,) = mailoutbox
    assert email.to == [READER] and course.title in email.body and "ยืนยัน" in email.subject
    address = address_in(email, "confirm")
    assert visitor.get(address).status_code == 200
    assert CourseFollower.objects.get().confirmed_at is None
    assert Client(enforce_csrf_checks=True).post(address).status_code == 200
    assert CourseFollower.objects.get().confirmed_at
    ask(visitor, course)
    assert "รับอีเมลเรื่องนี้อยู่แล้ว" in mailoutbox[-1].subject
    assert CourseFollower.objects.count() == 1


def test_english_readers_get_english_emails(course, english_home, visitor, mailoutbox):
    english = course.copy_for_translation(english_home.locale, copy_parents=True)
    english.title = "Community forests"
    english.save_revision().publish()
    ask(visitor, CurriculumPage.objects.get(pk=english.pk))
    (email,) = mailoutbox
    assert email.subject.startswith("Confirm your address")
    address = address_in(email, "confirm")
    assert address.startswith("/en/")
    assert "Yes, write to me" in visitor.get(address).content.decode()
    visitor.post(address)
    publish(english)
    assert followers.send_due(timezone.now() + DAY) == 1
    assert mailoutbox[-1].subject.startswith("Changed: Community forests")


@pytest.mark.postgresql
def test_followers_are_notified_once_of_a_new_version(course, follower, mailoutbox, visitor):
    assert followers.send_due() == 0, "nothing has changed"
    publish(course)
    assert followers.send_due() == 1
    (email,) = mailoutbox
    assert "ฉบับที่ 2" in email.body and "แก้กลุ่มผู้เรียน" in email.body
    since = re.search(r"/c/\w+/1/", email.body)[0]
    assert visitor.get(since)["Location"] == f"{course.url}since/1/"
    assert followers.send_due() == 0 and followers.send_due(timezone.now() + 3 * DAY) == 0


def test_changes_within_a_day_are_sent_together(course, follower, mailoutbox):
    publish(course)
    followers.send_due()
    publish(course, "แก้อีก")
    publish(course, "แก้อีกหน")
    assert followers.send_due() == 0
    assert followers.send_due(timezone.now() + DAY) == 1
    body = mailoutbox[-1].body
    assert "ฉบับที่ 3" in body and "ฉบับที่ 4" in body and "ฉบับที่ 2," not in body


def test_followers_are_notified_of_withdrawn_knowledge_in_the_course(course, follower, mailoutbox):
    model = ModelPageFactory(title="ธนาคารน้ำ")
    link(course, Relation.TEACHES, model)
    rules.withdraw(model, kind="withdrawn", reason="วัดผิดวิธี")
    assert followers.send_due() == 1
    (email,) = mailoutbox
    assert "ธนาคารน้ำ" in email.body and "วัดผิดวิธี" in email.body
    assert "ถูกถอน" in email.subject
    assert followers.send_due(timezone.now() + 2 * DAY) == 0


def test_followers_are_notified_when_the_course_is_withdrawn(course, follower, mailoutbox):
    rules.withdraw(course, kind="withdrawn", reason="ใช้ไม่ได้แล้ว")
    assert followers.send_due() == 1
    assert "หลักสูตรนี้ถูกถอนแล้ว" in mailoutbox[0].body
    assert "ใช้ไม่ได้แล้ว" in mailoutbox[0].body


def test_earlier_withdrawals_are_not_sent(course, visitor, mailoutbox):
    model = ModelPageFactory(title="ธนาคารน้ำ")
    link(course, Relation.TEACHES, model)
    rules.withdraw(model, kind="withdrawn", reason="วัดผิดวิธี")
    ask(visitor, course)
    visitor.post(address_in(mailoutbox[-1], "confirm"))
    assert followers.send_due(timezone.now() + 2 * DAY) == 0


@pytest.mark.parametrize("closed", ["draft", "members", "expired"])
def test_no_emails_about_private_courses(course, follower, mailoutbox, closed):
    course = publish(course)
    if closed == "draft":
        course.unpublish()
    elif closed == "expired":
        CurriculumPage.objects.filter(pk=course.pk).update(expire_at=timezone.now())
    else:
        PageViewRestriction.objects.create(page=course, restriction_type="login")
    assert followers.send_due() == 0 and not mailoutbox
    PageViewRestriction.objects.all().delete()
    CurriculumPage.objects.filter(pk=course.pk).update(live=True, expire_at=None)
    assert followers.send_due() == 1, "sent when the course is public again"


@pytest.mark.parametrize("closed", ["draft", "members"])
def test_private_courses_cannot_be_followed_and_are_not_named(
    course, follower, visitor, signed_in, member, closed
):
    if closed == "draft":
        course.unpublish()
    else:
        PageViewRestriction.objects.create(page=course, restriction_type="login")
    assert ask(visitor, course).status_code in (302, 404)
    client = signed_in(member)
    assert client.get(f"{course.url}follow/").status_code == 404
    assert f"{course.url}follow/" not in client.get(course.url).content.decode()
    for token, what in ((follower.confirm_token, "confirm"), (follower.stop_token, "stop")):
        answer = visitor.get(f"/courses/letters/{what}/{token}/")
        assert answer.status_code == 200 and course.title not in answer.content.decode()


def test_one_click_unsubscribe_deletes_the_address(course, follower, mailoutbox):
    publish(course)
    followers.send_due()
    headers = mailoutbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    for _again in range(2):
        answer = Client(enforce_csrf_checks=True).post(
            address, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert not CourseFollower.objects.exists()


def test_unsubscribing_asks_for_confirmation_and_can_include_all_courses(
    course, follower, visitor, mailoutbox
):
    other = CurriculumPageFactory(title="หลักสูตรปูม้า")
    ask(visitor, CurriculumPage.objects.get(pk=other.pk))
    address = f"/courses/letters/stop/{follower.stop_token}/"
    html = visitor.get(address).content.decode()
    assert course.title in html and "เลิกรับอีเมลของทุกหลักสูตร" in html and READER not in html
    assert CourseFollower.objects.count() == 2
    visitor.post(address, {"all": "1"})
    assert not CourseFollower.objects.exists()


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "ก" * 300])
def test_invalid_tokens_are_rejected(course, visitor, token):
    for what in ("confirm", "stop"):
        for method in (visitor.get, visitor.post):
            assert method(f"/courses/letters/{what}/{token}/").status_code in (400, 404)


@pytest.mark.parametrize(("data", "status"), [
    ({"email": ""}, 422), ({"email": "x"}, 422), ({"email": "a\0@example.org"}, 422),
    ({"email": "r@example.org", "website": "http://x"}, 302),
])
def test_invalid_addresses_and_bots_get_no_email(course, visitor, mailoutbox, data, status):
    assert ask(visitor, course, **data).status_code == status
    assert not mailoutbox and not CourseFollower.objects.exists()


def test_subscription_requests_are_limited(course, visitor, mailoutbox):
    for _again in range(subscriptions.CONFIRMATIONS_PER_ADDRESS + 2):
        ask(visitor, course)
    assert len(mailoutbox) == subscriptions.CONFIRMATIONS_PER_ADDRESS
    for number in range(subscriptions.REQUESTS_PER_VISITOR):
        status = ask(visitor, course, email=f"r{number}@example.org").status_code
    assert status == 429


def test_unconfirmed_subscriptions_are_deleted(course, visitor):
    ask(visitor, course)
    followers.send_due(timezone.now() + 2 * DAY)
    assert CourseFollower.objects.exists()
    followers.send_due(timezone.now() + 3 * DAY + timedelta(minutes=1))
    assert not CourseFollower.objects.exists()


@pytest.mark.postgresql
def test_concurrent_senders_send_one_email(course, follower, mailoutbox, monkeypatch):
    publish(course)
    claim, others = subscriptions._claim, []

    def claim_after_another(*args):
        if not others:
            others.append(1)
            assert followers.send_due() == 1
        return claim(*args)

    monkeypatch.setattr(subscriptions, "_claim", claim_after_another)
    assert followers.send_due() == 0 and len(mailoutbox) == 1


def test_emails_are_sent_later_when_the_mail_server_is_down(
    course, follower, mailoutbox, settings
):
    publish(course)
    settings.EMAIL_BACKEND = "hub.email.backend.QueueBackend"
    assert followers.send_due() == 1 and not mailoutbox
    assert deliver() == 1 and "ฉบับที่ 2" in mailoutbox[0].body


def test_subscriptions_are_in_the_account_page_the_export_and_the_erasure(
    course, follower, member, signed_in
):
    CourseFollower.objects.update(email=member.email)
    html = signed_in(member).get("/accounts/me/").content.decode()
    assert "หลักสูตรที่ฉันรับอีเมลแจ้ง" in html and follower.stop_token.split(":")[0] in html
    (item,) = personal_data.export_of(member)["course_runs"]["letters_about_courses"]
    assert item["course"] == course.title
    personal_data.erase(member)
    assert not CourseFollower.objects.exists()
