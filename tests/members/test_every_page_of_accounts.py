"""Every account page opens in both languages and respects the content security policy."""

import re
from urllib.parse import quote, unquote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from tests.factories import LessonPageFactory
from tests.members.conftest import PASSWORD

pytestmark = pytest.mark.django_db
OUTSIDE = [
    "login/", "signup/", "password/reset/", "password/reset/done/", "password/reset/key/done/",
    "password/reset/key/1-set-password/", "confirm-email/", "confirm-email/nothing/", "inactive/",
    "privacy/", "left/", "logout/",
]
INSIDE = [
    "me/", "me/particulars/", "me/leave/", "email/", "password/change/", "logout/", "2fa/",
    "2fa/totp/activate/", "2fa/webauthn/", "2fa/webauthn/add/", "reauthenticate/",
]
WITH_APP = ["2fa/", "2fa/totp/deactivate/", "2fa/recovery-codes/", "2fa/recovery-codes/generate/",
            "2fa/reauthenticate/", "2fa/webauthn/", "2fa/webauthn/keys/%(key)s/edit/",
            "2fa/webauthn/keys/%(key)s/remove/"]
SAID_IN_THAI_TOO = {
    "English", "spam", "JSON", "PIN", "JavaScript", "CC", "BY", "Creative", "Commons", "localhost",
    "hub", "somsri", "example", "org", "testserver",
}


def look(client, address):
    answer = client.get(address, follow=True)
    assert answer.status_code in (200, 400), address
    body = answer.content.decode()
    assert "unsafe-" not in answer["Content-Security-Policy"]
    inline = r"<script(?![^>]*(?:\bsrc=|application/json))|<style|\sstyle=|\son\w+="
    assert not re.search(inline, body), address
    if address.startswith("/en/"):
        return
    main = re.sub(r"<script.*?</script>|<svg.*?</svg>", "", body, flags=re.S)
    main = re.sub(r"^.*<main[^>]*>|</main>.*$", "", main, flags=re.S)
    text = re.sub(r"&\w+;|<[^>]*>", " ", main)
    text = re.sub(r"\b[A-Z2-7]{32}\b", "", text)  # the key of the app
    assert set(re.findall(r"[A-Za-z]{2,}", text)) <= SAID_IN_THAI_TOO, address


@pytest.mark.parametrize("prefix", ["/", "/en/"])
def test_pages_for_everybody(hub, visitor, prefix):
    for page in OUTSIDE:
        look(visitor, f"{prefix}accounts/{page}")


@pytest.mark.parametrize("prefix", ["/", "/en/"])
def test_pages_for_members(member_client, prefix):
    for page in INSIDE:
        look(member_client, f"{prefix}accounts/{page}")


@pytest.mark.parametrize("prefix", ["/", "/en/"])
def test_pages_of_the_second_step(member, member_client, prefix):
    totp.TOTP.activate(member, totp.generate_totp_secret())
    key = Authenticator.objects.create(
        user=member, type="webauthn", data={"name": "โทรศัพท์", "credential": {}}
    )
    member_client.post(f"{prefix}accounts/2fa/recovery-codes/generate/")
    for page in WITH_APP:
        look(member_client, f"{prefix}accounts/{page % {'key': key.pk}}")
    key.delete()
    other = Client()
    other.post(f"{prefix}accounts/login/", {"login": member.email, "password": PASSWORD})
    look(other, f"{prefix}accounts/2fa/authenticate/")


@pytest.mark.parametrize("sent", [
    {}, {"login": "ก", "password": "ก"}, {"email": "ก", "password1": "12345", "name": "ก" * 200},
    {"email": "a@b", "password1": "password", "consent": "x"}, {"email": "a\0@example.org"},
])
def test_errors_are_in_thai(hub, client, sent):
    for page in ("login/", "signup/", "password/reset/"):
        errors = client.post(f"/accounts/{page}", sent).context["form"].errors
        messages_shown = [error for messages in errors.values() for error in messages]
        assert messages_shown and not re.search("[A-Za-z]", "".join(messages_shown)), messages_shown


@pytest.mark.parametrize("credential", ["", "x", "{}", "[]", "null", '{"id": 1}', '{"rawId": "ก"}'])
def test_a_malformed_passkey_is_rejected(hub, member_client, visitor, credential):
    for client, page in ((visitor, "login/"), (member_client, "add/")):
        client.get(f"/accounts/2fa/webauthn/{page}", headers={"Accept": "application/json"})
        answer = client.post(f"/accounts/2fa/webauthn/{page}", {"credential": credential})
        assert answer.status_code < 500
    assert not Authenticator.objects.exists()
    assert visitor.get("/accounts/me/").status_code == 302


def test_only_pages_with_forms_set_cookies(hub, visitor):
    page = LessonPageFactory()
    for address in ("/", "/en/", page.url, "/search/?q=ปู", "/nothing/", "/accounts/privacy/",
                    "/accounts/left/"):
        assert not visitor.get(address).cookies, address


def test_the_account_header_is_never_cached_for_others(member_client, visitor):
    page = LessonPageFactory()
    asked = visitor.get(page.url).content.decode()
    assert f'/accounts/login/?next={quote(unquote(page.url), safe="")}' in asked
    answer = member_client.get(page.url)
    assert "สมศรี มีสุข" in answer.content.decode()
    assert "private" in answer["Cache-Control"]
    for _time in range(2):
        assert "สมศรี" not in visitor.get(page.url).content.decode()


def test_messages_are_never_cached_for_others(hub, client, visitor):
    client.post("/accounts/password/reset/", {"email": "a@example.org"})
    client.cookies.pop("sessionid", None)
    from django.contrib.messages.storage.cookie import CookieStorage

    client.cookies["messages"] = "x"
    assert "ETag" not in client.get("/accounts/left/").headers, CookieStorage.cookie_name
    assert "ETag" in visitor.get("/accounts/left/").headers
