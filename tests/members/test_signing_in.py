"""Signing in by address or name: throttling, redirects, second factor, editor."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from wagtail.models import PageViewRestriction

from tests.factories import LessonPageFactory
from tests.members.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def with_app(member):
    """The member with an authenticator app; returns its secret."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(member, secret)
    return secret


def code_of(secret):
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


@pytest.mark.parametrize("name", ["somsri@example.org", "SOMSRI@example.org", "member-abc"])
def test_sign_in_by_address_or_by_name(client, member, sign_in, name):
    assert sign_in(name).headers["Location"] == "/accounts/me/"
    assert client.get("/accounts/me/").status_code == 200


def test_an_account_created_by_an_administrator_needs_no_confirmation(client, editor, sign_in):
    assert sign_in("editor", "secret").headers["Location"] == "/accounts/me/"
    assert EmailAddress.objects.get(user=editor).verified
    assert mail.outbox == []
    assert client.get("/admin/").status_code == 200, "one sign-in for both"


def test_who_shares_a_confirmed_address_is_not_locked_out(client, editor, moderator, sign_in):
    """An administrator gave both the same; only one can have confirmed it."""
    moderator.email = editor.email
    moderator.save()
    for name in ("editor", "moderator") * 2:
        assert sign_in(name, "secret").headers["Location"] == "/accounts/me/", name
        client.logout()
    assert list(EmailAddress.objects.filter(verified=True).values_list("user")) == [(editor.pk,)]
    assert mail.outbox == []


def test_asking_for_a_new_password_takes_no_confirmation_away(client, editor, sign_in):
    client.post("/accounts/password/reset/", {"email": editor.email})
    assert sign_in("editor", "secret").headers["Location"] == "/accounts/me/"


def test_who_signed_up_with_an_address_that_another_confirmed_stays_outside(
    client, editor, moderator, sign_in
):
    EmailAddress.objects.create(user=moderator, email=editor.email, primary=True)
    moderator.email = editor.email
    moderator.save()
    assert sign_in("editor", "secret").headers["Location"] == "/accounts/me/"
    client.logout()
    assert sign_in("moderator", "secret").headers["Location"] == "/accounts/confirm-email/"


def test_an_account_without_an_address_can_sign_in(editor, sign_in):
    editor.email = ""
    editor.save()
    assert sign_in("editor", "secret").headers["Location"] == "/accounts/me/"
    assert not EmailAddress.objects.exists()


@pytest.mark.parametrize(("wanted", "got"), [
    ("/search/?q=ปู", "/search/?q=%E0%B8%9B%E0%B8%B9"),
    ("//evil.example/", "/accounts/me/"), ("https://evil.example/", "/accounts/me/"),
    ("javascript:alert(1)", "/accounts/me/"), ("\\\\evil.example", "/accounts/me/"),
])
def test_the_redirect_after_sign_in_stays_on_this_site(member, sign_in, wanted, got):
    assert sign_in(member.email, next=wanted).headers["Location"] == got


@pytest.mark.parametrize(("prefix", "home"), [("", "/"), ("/en", "/en/")])
def test_signing_out_needs_a_post_and_redirects_home(client, member, sign_in, prefix, home):
    sign_in(member.email)
    assert client.get(f"{prefix}/accounts/logout/").status_code == 200
    assert client.get("/accounts/me/").status_code == 200
    assert client.post(f"{prefix}/accounts/logout/").headers["Location"] == home
    assert client.get("/accounts/me/").status_code == 302


def test_a_restricted_page_redirects_to_sign_in_and_back(client, member, sign_in):
    page = LessonPageFactory(title="เฉพาะสมาชิก")
    PageViewRestriction.objects.create(page_id=page.pk, restriction_type="login")
    door = client.get(page.url).headers["Location"]
    assert door.startswith("/accounts/login/?next=")
    answer = client.post(door, {"login": member.email, "password": PASSWORD})
    assert answer.headers["Location"] == page.url
    assert "เฉพาะสมาชิก" in client.get(page.url).content.decode()


def test_a_forgotten_password_is_reset_by_email(client, member, sign_in, link):
    client.post("/accounts/password/reset/", {"email": member.email})
    new = "แมงดา-ทะเล-99"
    page = client.get(client.get(link("password/reset/key")).headers["Location"])
    done = client.post(page.wsgi_request.path, {"password1": new, "password2": new})
    assert done.status_code == 302
    assert sign_in(member.email).status_code == 200
    assert sign_in(member.email, new).status_code == 302


def test_a_reset_does_not_reveal_unknown_addresses(client, member):
    answers = []
    for address in (member.email, "nobody@example.org"):
        posted = client.post("/accounts/password/reset/", {"email": address})
        page = client.get(posted.headers["Location"]).content.decode()
        answers.append((posted.status_code, posted.headers["Location"], page.replace(address, "")))
    assert answers[0] == answers[1]
    assert [email.to for email in mail.outbox] == [[member.email], ["nobody@example.org"]]


def test_emails_are_in_the_language_of_the_user(client, member):
    from wagtail.users.models import UserProfile

    UserProfile.objects.create(user=member, preferred_language="en")
    client.post("/accounts/password/reset/", {"email": member.email})
    assert "wants a new password" in mail.outbox[0].body
    assert "/en/accounts/password/reset/key/" in mail.outbox[0].body


def test_a_second_factor_is_required_at_every_sign_in(client, member, with_app, sign_in):
    assert sign_in(member.email).headers["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/accounts/me/").status_code == 302
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert wrong.context["form"].errors
    right = client.post("/accounts/2fa/authenticate/", {"code": code_of(with_app)})
    assert right.headers["Location"] == "/accounts/me/"
