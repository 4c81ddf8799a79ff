"""Where somebody is signed in: listed in plain words, ended singly or all, gone with expiry."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from members import sessions
from tests.members.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
PAGE = "/accounts/me/devices/"
IPHONE = ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
          " Gecko) Version/18.0 Mobile/15E148 Safari/604.1")
WINDOWS = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
           "Chrome/130.0.0.0 Safari/537.36")
EDGE, LINE = WINDOWS + " Edg/130.0.0.0", IPHONE + " Line/14.1"
ANDROID = ("Mozilla/5.0 (Linux; Android 14; SM-A055F) AppleWebKit/537.36 (KHTML, like Gecko) "
           "SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36")


def client_of(member, agent=WINDOWS):
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR="2001:db8::77")
    client.post("/accounts/login/", {"login": member.email, "password": PASSWORD})
    return client


def is_in(client) -> bool:
    return client.get("/accounts/me/").status_code == 200


@pytest.mark.parametrize(("agent", "kept"), [
    (IPHONE, "Safari|iPhone"), (WINDOWS, "Chrome|Windows"), (EDGE, "Edge|Windows"),
    (LINE, "LINE|iPhone"), (ANDROID, "Samsung Internet|Android"), ("curl/8", "|"), ("", "|"),
    ("<script>" * 100, "|"),
])
def test_two_words_are_kept_and_no_address(member, agent, kept):
    client = client_of(member, agent)
    assert is_in(client)
    assert list(UserSession.objects.values_list("user_agent", "ip")) == [(kept, "0.0.0.0")]


def test_sessions_are_listed_in_both_languages(member):
    client_of(member, IPHONE)
    client = client_of(member)
    page = client.get(PAGE).content.decode()
    assert "Safari บน iPhone" in page and "Chrome บน Windows" in page
    assert page.count("เครื่องนี้") == 2  # the mark and the button of the current one
    english = client.get(f"/en{PAGE}").content.decode()
    assert "Safari on iPhone" in english and "this device" in english


def test_one_session_is_ended(member, editor):
    other, mine = client_of(member, IPHONE), client_of(member)
    rows = {row.user_agent: row for row in UserSession.objects.all()}
    strangers = Client()
    strangers.post("/accounts/login/", {"login": "editor", "password": "secret"})
    phone = rows["Safari|iPhone"].pk
    assert strangers.post(PAGE, {"session": phone}).status_code == 404, "only one's own"
    for wrong in ("", "x", "٣", "9" * 30, "-1"):
        assert mine.post(PAGE, {"session": wrong}).status_code == 404
    assert is_in(other)
    mine.post(PAGE, {"session": phone})
    assert not is_in(other) and is_in(mine)
    mine.post(PAGE, {"session": rows["Chrome|Windows"].pk})
    assert not is_in(mine)
    assert UserSession.objects.filter(user=member).count() <= 1
    assert is_in(strangers)


def test_all_others_are_ended(member):
    others, mine = [client_of(member, IPHONE) for _ in range(2)], client_of(member)
    mine.post(PAGE, {"others": "1"})
    assert [is_in(other) for other in others] == [False, False] and is_in(mine)
    assert UserSession.objects.count() == Session.objects.count() == 1


def test_a_new_password_ends_the_others_and_keeps_this_one_listed(member):
    other, mine, new = client_of(member, IPHONE), client_of(member), "แมงดา-ทะเล-99"
    answer = mine.post("/accounts/password/change/", {
        "oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert not is_in(other) and is_in(mine)
    page = mine.get(PAGE).content.decode()
    assert "Chrome บน Windows" in page and "iPhone" not in page


def test_the_settings_of_the_editor_keep_the_session_listed(administrator):
    client = Client()
    client.post("/admin/login/", {"username": "administrator", "password": "secret"})
    for _time in range(2):
        client.post("/admin/account/", {
            "name_email-first_name": "ก", "name_email-last_name": "ข", "locale-preferred_language":
            "th", "locale-current_time_zone": "", "theme-theme": "system",
            "theme-contrast": "system", "theme-density": "default"})
        assert client.get(PAGE).content.decode().count("<strong>") == 1
    assert UserSession.objects.get().session_key == client.session.session_key


def test_the_day_of_the_last_visit_is_kept_once_a_day(member):
    client, long_ago = client_of(member), timezone.now() - timedelta(days=9)
    UserSession.objects.update(last_seen_at=long_ago)
    client.get("/accounts/me/")
    assert UserSession.objects.get().last_seen_at == long_ago, "noted today already"
    session = client.session
    session[sessions.NOTED] = [session.session_key, "2026-01-02"]
    session.save()
    client.get("/accounts/me/")
    assert timezone.localdate(UserSession.objects.get().last_seen_at) == timezone.localdate()


def test_rows_go_with_the_session_and_with_the_person(member):
    client_of(member)
    kept, expired = client_of(member, IPHONE), UserSession.objects.first()
    Session.objects.filter(session_key=expired.session_key).update(expire_date="2020-01-01T00:00Z")
    sessions.delete_ended()
    assert UserSession.objects.get().user_agent == "Safari|iPhone"
    kept.post("/accounts/me/leave/", {"password": PASSWORD})
    assert not UserSession.objects.exists()
