"""People who take part, and the letters that the hub writes to them."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from members.models import Member

PASSWORD = "ปลากระบอก-7-ตัว"


@pytest.fixture
def member(hub, django_user_model):
    """Somebody who signed up, confirmed her address and agreed to the privacy notice."""
    user = django_user_model.objects.create_user(
        "member-abc", "somsri@example.org", PASSWORD, first_name="สมศรี มีสุข"
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    Member.objects.of(user).agree()
    return user


@pytest.fixture
def sign_in(client):
    """Signs in on the site's own page; returns the answer."""

    def with_name(name, password=PASSWORD, prefix="", **more):
        said = {"login": name, "password": password} | more
        return client.post(f"{prefix}/accounts/login/", said)

    return with_name


@pytest.fixture
def hers(member, sign_in, client):
    """The browser of the member, who has just shown once more that it is she."""
    sign_in(member.email)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.fixture
def link():
    """The path that the last letter leads to."""

    def of_last_letter(what):
        return re.search(rf"https?://[^/\s]+(\S*/{what}/\S+)", mail.outbox[-1].body)[1]

    return of_last_letter
