"""Saving a search: the form, the confirmation e-mail, confirming, stopping, and abuse."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone

from hub.models import QueuedEmail
from search.alerts.subscriptions import send_due
from search.models import Alert
from tests.factories import LessonPageFactory

pytestmark = pytest.mark.django_db
READER = "reader@example.org"


@pytest.fixture
def page(hub, settings):
    settings.WAGTAILADMIN_BASE_URL = "http://localhost:8000"
    return LessonPageFactory(title="ปูม้าที่สทิงพระ")


def ask(client, email=READER, frequency="day", address="/search/alert/", **fields):
    question = fields.pop("question", "?q=ปูม้า")
    data = {"email": email, "frequency": frequency, "website": ""} | fields
    return client.post(address + question, data)


def link(email, what) -> str:
    found = re.search(rf"http://localhost:8000(\S*/alert/{what}/\S+)", email.body)
    return unquote(found[1])


def confirmed(client, mailoutbox, **options) -> Alert:
    ask(client, **options)
    address = link(mailoutbox[-1], "confirm")
    assert client.post(address).status_code == 200
    return Alert.objects.get(key=address.rstrip("/").rpartition("/")[2].split(":")[0])


def test_the_form_saves_the_search_and_sends_a_confirmation(page, visitor, mailoutbox):
    results = visitor.get("/search/?q=ปูม้า").content.decode()
    assert "แจ้งเตือนเมื่อมีเรื่องใหม่" in results
    assert 'href="/search/alert/?q=' in results
    form = visitor.get("/search/alert/?q=ปูม้า&kind=lesson")
    assert "ปูม้า · บทเรียน" in form.content.decode()
    assert "no-store" in form["Cache-Control"]
    answer = ask(visitor, question="?q=ปูม้า&kind=lesson")
    assert answer.status_code == 302
    assert visitor.get(answer.url).status_code == 200
    alert = Alert.objects.get()
    assert (alert.email, alert.text, alert.filters) == (READER, "ปูม้า", {"stages": ["lesson"]})
    assert (alert.language, alert.frequency, alert.confirmed_at) == ("th", "day", None)
    [email] = mailoutbox
    assert email.to == [READER]
    assert "ยืนยัน" in email.subject and "ปูม้า · บทเรียน" in email.body


def test_english_readers_get_english_emails(page, visitor, mailoutbox):
    answer = ask(visitor, address="/en/search/alert/", question="?q=crab")
    assert answer.url.startswith("/en/search/alert/asked/")
    [email] = mailoutbox
    assert email.subject.startswith("Confirm your alert")
    address = link(email, "confirm")
    assert address.startswith("/en/search/alert/confirm/")
    assert "Yes, write to me" in visitor.get(address).content.decode()
    assert "The alert is on" in visitor.post(address).content.decode()


def test_opening_the_link_does_not_confirm_but_the_button_does(page, visitor, mailoutbox):
    ask(visitor)
    address = link(mailoutbox[0], "confirm")
    for _scanner in range(2):
        assert visitor.get(address).status_code == 200
        assert visitor.head(address).status_code == 200
        assert Alert.objects.get().confirmed_at is None
    # Mail programs open pages without the cookies of the browser that sent the form.
    assert Client(enforce_csrf_checks=True).post(address).status_code == 200
    first = Alert.objects.get().confirmed_at
    assert first is not None
    assert visitor.post(address).status_code == 200
    assert Alert.objects.get().confirmed_at == first


def test_the_link_is_valid_for_three_days(page, visitor, mailoutbox, monkeypatch):
    import time

    ask(visitor)
    address, now = link(mailoutbox[0], "confirm"), time.time()
    monkeypatch.setattr("time.time", lambda: now + 3 * 86400 + 60)
    for answer in (visitor.get(address), visitor.post(address)):
        assert answer.status_code == 404
        assert "ลิงก์นี้ใช้ไม่ได้แล้ว" in answer.content.decode()
    assert Alert.objects.get().confirmed_at is None


def test_unconfirmed_alerts_are_deleted(page, visitor, mailoutbox):
    ask(visitor)
    confirmed(visitor, mailoutbox, email="other@example.org")
    send_due(timezone.now() + timedelta(days=2))
    assert Alert.objects.count() == 2
    send_due(timezone.now() + timedelta(days=3, minutes=1))
    assert [a.email for a in Alert.objects.all()] == ["other@example.org"]


@pytest.mark.parametrize("token", [
    "x", "a:b:c", "%00", "..%2F..", "ก" * 300, "AAAAAAAAAAAAAAAAAAAAAA:1abcde:AAAA",
])
def test_a_forged_link_is_rejected(page, visitor, token):
    for what in ("confirm", "stop"):
        for method in (visitor.get, visitor.post):
            assert method(f"/search/alert/{what}/{token}/").status_code in (400, 404)


def test_a_confirm_link_does_not_stop_and_a_stop_link_does_not_confirm(page, visitor, mailoutbox):
    ask(visitor)
    token = link(mailoutbox[0], "confirm").rstrip("/").rpartition("/")[2]
    assert visitor.post(f"/search/alert/stop/{token}/").status_code == 404
    stop = unquote(mailoutbox[0].extra_headers["List-Unsubscribe"].strip("<>").rstrip("/"))
    assert visitor.post(
        f"/search/alert/confirm/{stop.rpartition('/')[2]}/").status_code == 404


def test_one_click_of_a_mail_program_deletes_the_address(page, visitor, mailoutbox):
    confirmed(visitor, mailoutbox)
    headers = mailoutbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    program = Client(enforce_csrf_checks=True)
    for _again in range(2):
        answer = program.post(address, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert not answer.cookies
        assert not Alert.objects.exists()


def test_stopping_asks_first_and_may_stop_everything_of_an_address(page, visitor, mailoutbox):
    first = confirmed(visitor, mailoutbox)
    address = unquote(mailoutbox[0].extra_headers["List-Unsubscribe"].strip("<>"))
    address = address.removeprefix("http://localhost:8000")
    assert "เลิกรับทุกเรื่อง" not in visitor.get(address).content.decode()
    second = confirmed(visitor, mailoutbox, question="?q=ป่าชายเลน")
    other = confirmed(visitor, mailoutbox, email="other@example.org")
    body = visitor.get(address).content.decode()
    assert "เลิกรับทุกเรื่อง" in body and READER not in body
    assert Alert.objects.count() == 3
    visitor.post(address)
    assert set(Alert.objects.all()) == {second, other}
    again = confirmed(visitor, mailoutbox)
    assert again.pk != first.pk
    address = unquote(mailoutbox[-1].extra_headers["List-Unsubscribe"].strip("<>"))
    visitor.post(address.removeprefix("http://localhost:8000"), {"all": "1"})
    assert set(Alert.objects.all()) == {other}


@pytest.mark.postgresql
def test_an_address_that_is_known_gets_the_same_answer(page, visitor, mailoutbox):
    unknown = ask(visitor)
    unconfirmed = ask(visitor)
    visitor.post(link(mailoutbox[-1], "confirm"))
    known = ask(visitor)
    pages = [visitor.get(a.url).content for a in (unknown, unconfirmed, known)]
    assert unknown.url == unconfirmed.url == known.url
    assert pages[0] == pages[1] == pages[2]
    assert Alert.objects.count() == 1
    assert len(mailoutbox) == 3
    assert "อยู่แล้ว" in mailoutbox[-1].subject


@pytest.mark.postgresql
def test_the_same_search_in_another_order_or_case_is_the_same(page, visitor, mailoutbox):
    ask(visitor, question="?q=Crab&topic=fishers&topic=environment")
    ask(visitor, question="?q=crab&topic=environment&topic=fishers", email=READER.upper())
    assert Alert.objects.count() == 1


def test_an_address_gets_at_most_ten_alerts_and_five_emails_a_day(page, hub, mailoutbox):
    for number in range(12):
        # Each from elsewhere, so that the limit of the visitor is not met.
        answer = ask(Client(REMOTE_ADDR=f"192.0.2.{number}"), question=f"?q=ปู{number}")
        assert answer.status_code == 302
    assert len(mailoutbox) == Alert.objects.count() == 5
    from django.core.cache import cache

    cache.clear()  # the next day
    for number in range(12):
        ask(Client(REMOTE_ADDR=f"198.51.100.{number}"), question=f"?q=หอย{number}")
        cache.clear()
    assert Alert.objects.count() == Alert.MAX_PER_ADDRESS


def test_a_visitor_with_too_many_requests_has_to_wait(page, visitor, mailoutbox):
    answers = [ask(visitor, email=f"r{n}@example.org") for n in range(12)]
    assert [a.status_code for a in answers] == [302] * 10 + [429] * 2
    assert "หนึ่งชั่วโมง" in answers[-1].content.decode()
    assert len(mailoutbox) == 10
    assert ask(Client(REMOTE_ADDR="192.0.2.9")).status_code == 302


def test_neighbours_in_one_ipv6_network_count_as_one(page, hub, mailoutbox):
    codes = [
        ask(Client(REMOTE_ADDR=f"2001:db8:1:1::{n}"), email=f"r{n}@example.org").status_code
        for n in range(1, 13)
    ]
    assert codes[-1] == 429


def test_no_visitors_ip_address_is_stored(page, hub, mailoutbox, monkeypatch):
    from django.core.cache import cache

    names = []
    monkeypatch.setattr(cache, "add", lambda key, *args, **kwargs: names.append(key))
    ask(Client(REMOTE_ADDR="192.0.2.77"))
    assert len(set(names)) == 2
    assert not any("192.0.2" in name or "example" in name for name in names)


def test_a_robot_that_fills_in_the_honeypot_gets_no_alert(page, visitor, mailoutbox):
    answer = ask(visitor, website="https://spam.example")
    assert answer.status_code == 302
    assert not mailoutbox and not Alert.objects.exists()


@pytest.mark.parametrize("email", [
    "", "x", "a@b", "a@example.org\nBcc: b@example.org", "a@example.org,b@example.org",
    "<a@example.org>", "a" * 300 + "@example.org", "a@example.org\0", "ก@example.org",
])
def test_an_invalid_address_has_a_message_beside_the_field(page, visitor, email, mailoutbox):
    answer = ask(visitor, email=email)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not mailoutbox and not Alert.objects.exists()


@pytest.mark.parametrize("frequency", ["", "hour", "day' OR 1=1"])
def test_the_frequency_is_one_of_two(page, visitor, frequency):
    assert ask(visitor, frequency=frequency).status_code == 422


@pytest.mark.parametrize("question", [
    "?q=%22", "?q=%00", "?q=" + "ก" * 5000, "?topic=" + "x" * 60, "?q=%3Cscript%3E",
    "?q=a%0d%0aBcc:%20x@example.org", "?year=20000&lang=" + "x" * 51,
])
@pytest.mark.postgresql
def test_a_strange_search_is_accepted_or_rejected_clearly(page, visitor, question, mailoutbox):
    assert visitor.get("/search/alert/" + question).status_code in (200, 400)
    assert ask(visitor, question=question).status_code in (302, 400)
    for email in mailoutbox:
        assert email.recipients() == [READER]
        assert "\n" not in email.subject
        assert email.message()["Bcc"] is None
        assert "<script" not in visitor.get(link(email, "confirm")).content.decode().replace(
            '<script src="/static', "")


def test_the_form_needs_its_token_and_sets_no_other_cookie(page, hub, mailoutbox):
    client = Client(enforce_csrf_checks=True)
    assert ask(client).status_code == 403
    form = client.get("/search/alert/?q=ปูม้า")
    assert set(client.cookies) == {"csrftoken"}
    assert form.cookies["csrftoken"]["max-age"] == "", "it ends with the browser"
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.content.decode())[1]
    assert ask(client, csrfmiddlewaretoken=token).status_code == 302
    assert not Client().get("/search/?q=ปูม้า").cookies


def test_the_form_works_while_the_mail_server_is_down(page, visitor, settings):
    settings.EMAIL_DELIVERY_BACKEND = "hub.email.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert ask(visitor).status_code == 302
    assert QueuedEmail.objects.get().problem == "unreachable"
    assert Alert.objects.count() == 1
    assert READER not in str(Alert.objects.get())


def test_these_pages_are_not_for_robots(page, visitor, mailoutbox):
    confirmed(visitor, mailoutbox)
    stop = mailoutbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    for address in ("/search/alert/?q=ปู", "/search/alert/asked/?q=ปู", stop[21:]):
        assert '<meta name="robots" content="noindex">' in visitor.get(address).content.decode()
