"""Members, signed-in clients and links in e-mails."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from members.models import Member

PASSWORD = "ปลากระบอก-7-ตัว"


@pytest.fixture
def member(hub, django_user_model):
    """Somebody who signed up, confirmed the address and agreed to the privacy notice."""
    user = django_user_model.objects.create_user(
        "member-abc", "somsri@example.org", PASSWORD, first_name="สมศรี มีสุข"
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    Member.objects.of(user).give_consent()
    return user


@pytest.fixture
def sign_in(client):
    """Posts the site's own sign-in form; returns the response."""

    def with_name(name, password=PASSWORD, prefix="", **more):
        data = {"login": name, "password": password} | more
        return client.post(f"{prefix}/accounts/login/", data)

    return with_name


@pytest.fixture
def member_client(member, sign_in, client):
    """A client of the member, who has just reauthenticated."""
    sign_in(member.email)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.fixture
def link():
    """Returns the path of the link in the last e-mail."""

    def in_last_email(what):
        return re.search(rf"https?://[^/\s]+(\S*/{what}/\S+)", mail.outbox[-1].body)[1]

    return in_last_email
