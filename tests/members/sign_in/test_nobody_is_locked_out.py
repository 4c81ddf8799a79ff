"""Guessing is slowed; the owner gets in elsewhere, on a known device, by a passkey or by mail."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.utils import timezone

from members.models import AttemptCounter
from members.sign_in import throttle
from tests.members.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
STRANGER, OWNER = "198.51.100.1", "203.0.113.7"


@pytest.fixture
def clock(monkeypatch):
    """Moves the time that counters see: ``clock(seconds)``."""
    now = [timezone.now()]
    monkeypatch.setattr(throttle.timezone, "now", lambda: now[0])

    def forward(seconds):
        now[0] += timedelta(seconds=seconds)

    return forward


def sign_in(name, password, address=STRANGER, client=None, **more):
    return (client or Client()).post(
        "/accounts/login/", {"login": name, "password": password} | more, REMOTE_ADDR=address
    ).status_code


def guess(name, times, address=STRANGER):
    return [sign_in(name, "wrong", address) for _try in range(times)]


def test_a_stranger_does_not_lock_out_the_owner(member, clock):
    assert guess(member.email, 8) == [200] * 5 + [429] * 3
    assert sign_in(member.email, PASSWORD) == 429, "not even with the right password"
    assert sign_in(member.email, PASSWORD, OWNER) == 302


def test_the_waits_grow_and_end(member, clock):
    guess(member.email, 5)
    for seconds in (30, 60, 120, 240, 480, 900, 900):
        clock(seconds - 1)
        assert sign_in(member.email, "wrong") == 429
        clock(1)
        assert sign_in(member.email, "wrong") == 200, seconds
    clock(900)
    assert sign_in(member.email, PASSWORD) == 302


def test_a_refused_try_is_not_counted(member, clock):
    guess(member.email, 50)
    clock(30)
    assert sign_in(member.email, PASSWORD) == 302


def test_one_s_own_sign_in_clears_no_count_of_others(member, editor, clock):
    """Neither of another account from the same address nor of the same account from elsewhere."""
    guess(member.email, 4)
    assert sign_in("editor", "secret") == 302
    assert sign_in(member.email, PASSWORD, OWNER) == 302
    assert guess(member.email, 2) == [200, 429]


def test_a_right_password_clears_the_pair(member, clock):
    for _round in range(3):
        guess(member.email, 4)
        assert sign_in(member.email, PASSWORD) == 302


def test_many_addresses_guess_no_faster(member, clock):
    codes = [guess(member.email, 1, f"198.51.100.{n}")[0] for n in range(30)]
    assert codes == [200] * 20 + [429] * 10
    assert sign_in(member.email, PASSWORD, OWNER) == 429, "an unknown device waits, too"
    clock(300)
    assert sign_in(member.email, PASSWORD, OWNER) == 302


def test_a_known_device_passes_while_strangers_guess(member, clock):
    mine = Client()
    assert sign_in(member.email, PASSWORD, OWNER, mine) == 302
    mine.post("/accounts/logout/")
    for n in range(25):
        guess(member.email, 1, f"198.51.100.{n}")
    guess(member.email, 8, OWNER)  # from the same address, by another device
    assert sign_in(member.email, PASSWORD, OWNER, mine) == 302


def test_a_known_device_has_a_count_of_its_own(member, clock):
    mine = Client()
    sign_in(member.email, PASSWORD, OWNER, mine)
    mine.post("/accounts/logout/")
    codes = [sign_in(member.email, "wrong", OWNER, mine) for _try in range(11)]
    assert codes == [200] * 10 + [429]
    assert sign_in(member.email, PASSWORD, STRANGER) == 302, "other devices are not slowed by it"


def test_a_device_is_known_for_its_own_accounts_only(member, editor, clock):
    theirs = Client()
    assert sign_in("editor", "secret", client=theirs) == 302
    theirs.post("/accounts/logout/")
    codes = [sign_in(member.email, "wrong", client=theirs) for _try in range(6)]
    assert codes == [200] * 5 + [429]


def test_a_forged_device_is_unknown(member, clock):
    for n in range(20):
        guess(member.email, 1, f"198.51.100.{n}")
    for value in ("", "x", "W10:1:x", '["a", ["b"]]'):
        forged = Client()
        forged.cookies["known_device"] = value
        assert sign_in(member.email, PASSWORD, OWNER, forged) == 429


def test_a_new_password_by_mail_lets_the_owner_in(member, link, clock):
    for n in range(25):
        guess(member.email, 1, f"198.51.100.{n}")
    mine, new = Client(REMOTE_ADDR=OWNER), "แมงดา-ทะเล-99"
    mine.post("/accounts/password/reset/", {"email": member.email})
    page = mine.get(mine.get(link("password/reset/key")).headers["Location"])
    mine.post(page.wsgi_request.path, {"password1": new, "password2": new})
    assert sign_in(member.email, new, OWNER, mine) == 302


def test_a_passkey_is_let_in_whatever_is_guessed(member, clock, monkeypatch):
    from allauth.mfa.webauthn.internal import auth

    key = Authenticator.objects.create(user=member, type="webauthn", data={"credential": {}})
    monkeypatch.setattr(auth, "parse_authentication_response", lambda credential: None)
    monkeypatch.setattr(auth, "extract_user_from_response", lambda credential: member)
    monkeypatch.setattr(auth, "complete_authentication", lambda user, credential: key)
    for n in range(25):
        guess(member.email, 1, f"198.51.100.{n}")
    mine = Client(REMOTE_ADDR=OWNER)
    mine.post("/accounts/2fa/webauthn/login/", {"credential": '{"id": "x"}'})
    assert mine.get("/accounts/me/").status_code == 200


def test_spraying_many_names_is_slowed_by_the_address(member, clock):
    codes = [sign_in(f"nobody-{n}", "wrong") for n in range(52)]
    assert codes == [200] * 50 + [429] * 2
    assert sign_in(member.email, PASSWORD) == 429
    assert sign_in(member.email, PASSWORD, OWNER) == 302


def test_a_network_of_ipv6_is_one_address(member, clock):
    codes = [sign_in(member.email, "wrong", f"2001:db8:1:2::{n}") for n in range(1, 8)]
    assert codes == [200] * 5 + [429] * 2
    assert sign_in(member.email, PASSWORD, "2001:db8:1:3::1") == 302


def test_names_and_addresses_count_for_one_account(member, clock):
    names = ["member-abc", "somsri@example.org", "SOMSRI@example.org", "Member-ABC", "member-abc "]
    assert [sign_in(name, "wrong") for name in names] == [200] * 5
    assert sign_in(member.email, "wrong") == 429


def test_known_and_unknown_names_get_the_same_answers(member, clock):
    def answers(name, address):
        pages = []
        for _try in range(7):
            answer = Client(REMOTE_ADDR=address).post(
                "/en/accounts/login/", {"login": name, "password": "wrong"})
            body = answer.content.decode().replace(name, "NAME")
            pages.append((answer.status_code, answer.get("Retry-After"), _without_tokens(body)))
        return pages

    known = answers(member.email, STRANGER)
    assert known == answers("nobody@example.org", OWNER)
    assert known[-1][0] == 429


def _without_tokens(body):
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body)


@pytest.mark.parametrize("name", [
    "somsri@example.org", "member-abc", "nobody@example.org", "nobody", "unusable", "gone",
])
def test_a_password_is_hashed_once_whether_the_account_exists_or_not(
    member, monkeypatch, django_user_model, rf, name
):
    for other in ("unusable", "gone"):
        django_user_model.objects.create_user(other, f"{other}@example.org", is_active=False)
    gone = django_user_model.objects.get(username="gone")
    gone.set_password("secret")
    gone.save()
    hashes, encode = [], MD5PasswordHasher.encode

    def counted(*args):
        hashes.append(args)
        return encode(*args)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    assert authenticate(rf.post("/"), username=name, email=name, password="wrong") is None
    assert len(hashes) == 1


def test_counters_hold_nobody_s_name_or_address(member, clock):
    sign_in(member.email, "wrong", "192.0.2.55")
    sign_in("nobody@example.org", "wrong", "192.0.2.55")
    rows = list(AttemptCounter.objects.values())
    assert len(rows) == 5, "two pairs, two accounts, one network"
    for row in rows:
        assert set(row) == {"key", "level", "last_at", "expires_at"} and len(row["key"]) == 64


def test_counters_fade_and_are_deleted(member, clock, monkeypatch):
    guess(member.email, 30)
    clock(throttle.PAIR.half_life * 3)
    assert guess(member.email, 4) == [200] * 4, "what is counted halves in six hours"
    clock(throttle.PAIR.half_life * 10)
    throttle.delete_faded()
    assert not AttemptCounter.objects.exists()
    monkeypatch.setattr(throttle, "MOST_COUNTERS", 10)
    for n in range(20):
        sign_in(f"nobody-{n}", "wrong")
    throttle.delete_faded()
    assert AttemptCounter.objects.count() <= 10


def test_counters_survive_the_process(member, clock, settings):
    """They are rows: a cache of each process is not asked."""
    from django.core.cache import cache

    guess(member.email, 5)
    cache.clear()
    assert sign_in(member.email, "wrong") == 429


def test_signed_in_forms_count_wrong_passwords_too(member_client, member, clock):
    forms = {"/accounts/reauthenticate/": "password", "/accounts/me/leave/": "password",
             "/accounts/password/change/": "oldpassword"}
    for path, field in forms.items():
        AttemptCounter.objects.all().delete()
        codes = [member_client.post(path, {field: "wrong"}).status_code for _try in range(11)]
        assert codes[-1] == 429 and 429 not in codes[:10], path
    sign_in(member.email, PASSWORD, OWNER)
    assert member_client.get("/accounts/me/").status_code == 200
