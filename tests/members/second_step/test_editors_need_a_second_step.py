"""Whoever may enter the admin sets up a second step within the days of grace."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from members.models import Member
from tests.conftest import make_user
from tests.members.sign_in.test_every_door import addresses

pytestmark = pytest.mark.django_db
DOORS = ["/accounts/login/", "/admin/login/", "/_util/login/"]
NEEDED = "/accounts/2fa/needed/"


@pytest.fixture(autouse=True)
def required(settings):
    settings.REQUIRE_SECOND_STEP, settings.SECOND_STEP_GRACE_DAYS = True, 14


@pytest.fixture
def days_later(monkeypatch):
    """Lets the second step's rules see a later day."""
    from members.second_step import rules

    def later(days):
        day = timezone.localdate() + timedelta(days=days)
        monkeypatch.setattr(
            rules.timezone, "localdate", lambda value=None: day if value is None else
            timezone.localtime(value).date())

    return later


def signed_in_at(door, user, password="secret"):
    client = Client()
    client.post(door, {"login": user.username, "username": user.username, "password": password})
    return client


@pytest.mark.parametrize("door", DOORS)
def test_the_days_are_counted_from_the_first_sign_in(editor, days_later, door):
    client = signed_in_at(door, editor)
    page = client.get("/admin/").content.decode()
    assert NEEDED in page and "ยืนยันตัวตนสองขั้น" in page
    days_later(13)
    assert client.get("/admin/").status_code == 200
    days_later(14)
    assert client.get("/admin/").headers["Location"] == NEEDED
    again = signed_in_at(door, editor)
    assert again.get("/admin/").headers["Location"] == NEEDED, "no new days by signing in again"
    assert "หมดเวลาตั้งค่าแล้ว" in client.get(NEEDED).content.decode()


def test_no_page_of_the_admin_works_after_the_days(administrator, days_later):
    client = signed_in_at("/admin/login/", administrator)
    days_later(20)
    paths = [path for path in addresses() if path.startswith("/admin/")]
    assert len(paths) > 100
    client.raise_request_exception = False
    for number, path in enumerate(paths):
        if path != "/admin/logout/":
            ask = (client.get, client.post)[number % 2]
            assert ask(path).headers.get("Location") == NEEDED, path
    assert client.post("/admin/logout/").headers["Location"] == "/admin/login/"


@pytest.mark.parametrize("kind", ["totp", "webauthn"])
def test_with_a_second_step_the_admin_opens_at_once(editor, signed_in, days_later, kind):
    client = signed_in(editor)
    days_later(20)
    assert client.get("/admin/").headers["Location"] == NEEDED
    Authenticator.objects.create(user=editor, type="recovery_codes", data={})
    assert client.get("/admin/").status_code == 302, "recovery codes alone are none"
    Authenticator.objects.create(user=editor, type=kind, data={})
    page = client.get("/admin/")
    assert page.status_code == 200 and NEEDED not in page.content.decode()
    assert client.get(NEEDED).headers["Location"] == "/accounts/2fa/"


def test_taking_it_away_gives_no_new_days(editor, signed_in, days_later):
    client = signed_in(editor)
    days_later(20)
    totp.TOTP.activate(editor, totp.generate_totp_secret())
    assert client.get("/admin/").status_code == 200
    Authenticator.objects.all().delete()
    assert client.get("/admin/").headers["Location"] == NEEDED


def test_whoever_gets_the_right_later_gets_all_days(hub, days_later):
    user = make_user("newcomer")
    client = signed_in_at("/accounts/login/", user)
    assert Member.objects.of(user).second_step_asked_at is None
    assert client.get(NEEDED).headers["Location"] == "/accounts/2fa/", "members need none"
    user.groups.add(Group.objects.get(name="Editors"))
    assert client.get("/admin/").status_code == 200
    assert Member.objects.of(user).second_step_asked_at
    user.groups.clear()
    signed_in_at("/accounts/login/", user)
    assert Member.objects.of(user).second_step_asked_at is None, "counted anew with the right"


def test_without_days_of_grace_it_is_needed_at_once(editor, settings):
    settings.SECOND_STEP_GRACE_DAYS = 0
    assert signed_in_at("/admin/login/", editor).get("/admin/").headers["Location"] == NEEDED


def test_where_it_is_not_required_nothing_is_asked(editor, settings, days_later):
    settings.REQUIRE_SECOND_STEP = False
    client = signed_in_at("/admin/login/", editor)
    days_later(20)
    assert client.get("/admin/").status_code == 200
    assert Member.objects.of(editor).second_step_asked_at is None


def helper_of(user, signed_in):
    """A client of ``user`` who has just entered the password again."""
    client = signed_in(user)
    client.post("/accounts/reauthenticate/", {"password": "secret"})
    return client


@pytest.fixture
def not_required(settings):
    settings.REQUIRE_SECOND_STEP = False


def test_an_administrator_takes_away_the_second_step(
    editor, administrator, signed_in, not_required
):
    totp.TOTP.activate(editor, totp.generate_totp_secret())
    theirs, path = signed_in(editor), f"/admin/users/{editor.pk}/sign-in/"
    asked = signed_in(administrator).get(path)
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/?next=")
    client = helper_of(administrator, signed_in)
    assert path in client.get("/admin/users/").content.decode()
    assert "ยกเลิกการยืนยันตัวตนสองขั้น" in client.get(path).content.decode()
    assert client.post(path, {"action": "nothing"}).status_code == 302
    assert Authenticator.objects.count() == 1
    client.post(path, {"action": "reset_second_step"})
    assert not Authenticator.objects.exists()
    assert theirs.get("/accounts/me/").status_code == 302, "signed out"
    entry = ModelLogEntry.objects.get(action="members.reset_second_step")
    assert (entry.user, entry.object_id) == (administrator, str(editor.pk))
    assert [letter.to for letter in mail.outbox] == [[editor.email]]
    assert "ยืนยันตัวตนสองขั้น" in mail.outbox[0].body


def test_an_administrator_ends_somebody_s_sessions(
    editor, administrator, signed_in, not_required
):
    theirs, client = signed_in(editor), helper_of(administrator, signed_in)
    client.post(f"/admin/users/{editor.pk}/sign-in/", {"action": "end_sessions"})
    assert theirs.get("/accounts/me/").status_code == 302
    assert client.get("/admin/").status_code == 200
    assert ModelLogEntry.objects.filter(action="members.end_sessions").exists()


def test_only_administrators_may(editor, moderator, administrator, signed_in, not_required):
    from django.contrib.auth.models import Permission

    path = "/admin/users/{}/sign-in/".format
    assert helper_of(moderator, signed_in).get(path(editor.pk)).status_code in (302, 403)
    moderator.user_permissions.add(Permission.objects.get(codename="change_user"))
    assert helper_of(moderator, signed_in).get(path(editor.pk)).status_code == 200
    for pk in (administrator.pk, moderator.pk):
        answer = helper_of(moderator, signed_in).post(
            path(pk), {"action": "reset_second_step"})
        assert answer.status_code == 302 and answer.headers["Location"] == "/admin/", pk
    assert helper_of(administrator, signed_in).get(path(999_999)).status_code == 404


def test_the_command_for_the_sole_administrator(administrator, capsys):
    totp.TOTP.activate(administrator, totp.generate_totp_secret())
    call_command("reset_second_step", administrator.email)
    assert not Authenticator.objects.exists()
    assert "1" in capsys.readouterr().out
    assert ModelLogEntry.objects.filter(action="members.reset_second_step").exists()
    with pytest.raises(CommandError):
        call_command("reset_second_step", "nobody")
