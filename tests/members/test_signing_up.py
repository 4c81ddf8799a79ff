"""Signing up: form, confirmation e-mail, first sign-in, robots, privacy."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from hub.jobs.scheduler import Scheduler
from members.models import PRIVACY_NOTICE, Member
from tests.members.conftest import PASSWORD

pytestmark = pytest.mark.django_db
JOINING = {
    "name": "  อาหมัด   หะยี ", "email": "Ahmad@Example.org", "password1": PASSWORD, "consent": "on",
    "website": "",
}


@pytest.fixture(autouse=True)
def site(hub):
    """Every page here stands in the hub's frame."""


@pytest.mark.parametrize(("prefix", "language", "subject"), [
    ("", "th", "โปรดยืนยันอีเมลของคุณ"), ("/en", "en", "Please Confirm Your Email Address"),
])
def test_signing_up_and_confirming_signs_in(
    client, link, django_user_model, prefix, language, subject
):
    before = timezone.now()
    answer = client.post(f"{prefix}/accounts/signup/", JOINING)
    assert answer.headers["Location"] == f"{prefix}/accounts/confirm-email/"
    user = django_user_model.objects.get(email="ahmad@example.org")
    assert user.get_full_name() == "อาหมัด หะยี"
    assert "ahmad" not in user.get_username()
    assert not user.is_staff and not user.groups.exists()
    assert not user.has_perm("wagtailadmin.access_admin")
    assert user.wagtail_userprofile.preferred_language == language
    assert user.member.consent_version == PRIVACY_NOTICE
    assert before <= user.member.consented_at <= timezone.now()
    email = mail.outbox[0]
    assert email.to == ["ahmad@example.org"] and email.subject.startswith(subject)
    assert "ahmad" not in email.body
    path = link("confirm-email")
    assert path.startswith(f"{prefix}/accounts/")
    assert client.get(path).status_code == 200
    assert client.get("/accounts/me/").status_code == 302, "opening the link is not enough"
    assert client.post(path).headers["Location"] == f"{prefix}/accounts/me/"
    mine = client.get(f"{prefix}/accounts/me/")
    assert "อาหมัด หะยี" in mine.content.decode()
    assert client.get("/admin/").status_code == 302


def test_nobody_signs_in_before_the_address_is_confirmed(client, sign_in, link):
    client.post("/accounts/signup/", JOINING)
    path = link("confirm-email")
    client.logout()
    assert sign_in("ahmad@example.org").headers["Location"] == "/accounts/confirm-email/"
    assert client.get("/accounts/me/").status_code == 302
    client.post(path)
    assert sign_in("ahmad@example.org").headers["Location"] == "/accounts/me/"


@pytest.mark.parametrize(("left_out", "what"), [
    ({"consent": ""}, "consent"), ({"name": " "}, "name"), ({"email": "ไม่ใช่อีเมล"}, "email"),
    ({"password1": "12345678"}, "password1"), ({"password1": "สั้น"}, "password1"),
    ({"name": "\u200b"}, "name"), ({"name": "ก" * 151}, "name"),
])
def test_missing_and_weak_values_are_errors_at_their_fields(
    client, django_user_model, left_out, what
):
    answer = client.post("/accounts/signup/", JOINING | left_out)
    assert list(answer.context["form"].errors) == [what]
    assert not django_user_model.objects.filter(email="ahmad@example.org").exists()


@pytest.mark.postgresql
def test_a_known_address_is_not_revealed_and_gets_an_email(client, member, link):
    answer = client.post("/accounts/signup/", JOINING | {"email": member.email})
    assert answer.headers["Location"] == "/accounts/confirm-email/"
    known = client.get("/accounts/confirm-email/").content.decode()
    new = type(client)()
    new.post("/accounts/signup/", JOINING)
    unknown = new.get("/accounts/confirm-email/").content.decode()
    assert known.replace(member.email, "x") == unknown.replace("ahmad@example.org", "x")
    to_member = next(email for email in mail.outbox if email.to == [member.email])
    assert "/accounts/password/reset/" in to_member.body
    assert "มีบัญชีอยู่แล้ว" in to_member.body


def test_filling_the_honeypot_creates_no_account(client, django_user_model):
    answer = client.post("/accounts/signup/", JOINING | {"website": "http://spam"})
    assert answer.headers["Location"] == "/accounts/confirm-email/"
    assert not django_user_model.objects.filter(email="ahmad@example.org").exists()
    assert mail.outbox == []


def test_sign_ups_are_rate_limited(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "2/m/ip"}
    codes = [client.post("/accounts/signup/", {}).status_code for _try in range(3)]
    assert codes == [200, 200, 429]


def test_an_unconfirmed_account_is_deleted(client, django_user_model, member):
    client.post("/accounts/signup/", JOINING)
    users = django_user_model.objects
    Scheduler().run_due(once=True)
    assert users.filter(email="ahmad@example.org").exists()
    users.update(date_joined=timezone.now() - timedelta(days=8))
    Scheduler().run_due(once=True)
    assert not users.filter(email="ahmad@example.org").exists()
    assert users.filter(pk=member.pk).exists()
    assert Member.objects.count() == 1
