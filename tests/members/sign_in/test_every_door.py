"""Every address that signs somebody in counts wrong passwords and asks for the second step.

The doors are found by posting a right password to every address of the resolver.
"""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import Resolver404, URLPattern, get_resolver, resolve
from django.utils import translation
from django.utils.regex_helper import normalize

from members.models import AttemptCounter
from tests.members.conftest import PASSWORD
from tests.members.test_signing_in import code_of

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
NAME, GUESS = "somsri@example.org", "แมวน้ำ-guessed"
FIELDS = ("login", "username", "email", "user", "name")  # how forms call who signs in
AT_LEAST = {"/accounts/login/", "/en/accounts/login/", "/admin/login/", "/_util/login/",
            "/en/_util/login/"}


@pytest.fixture(scope="module")
def somsri(world):
    """A member who may enter the admin."""
    user = get_user_model().objects.create_user("somsri", NAME, PASSWORD)
    EmailAddress.objects.create(user=user, email=NAME, primary=True, verified=True)
    user.groups.add(Group.objects.get(name="Editors"))
    return user


@pytest.fixture(scope="module")
def doors(somsri):
    """The addresses where a right password signs in."""
    found, client = [], Client(raise_request_exception=False)
    for path in addresses():
        post(client, path, PASSWORD)
        if is_signed_in(client):
            found.append(path)
            client = Client(raise_request_exception=False)
    return found


def addresses() -> list[str]:
    """One address for each pattern of the resolver, in each language."""
    found = set()
    for language in ("th", "en"):
        with translation.override(language):
            for regex in regexes(get_resolver().url_patterns, ""):
                for template, names in normalize(regex):
                    found.add("/" + template % dict.fromkeys(names, "1"))
    return sorted(path for path in found if resolves(path))


def regexes(patterns, prefix):
    for pattern in patterns:
        regex = prefix + pattern.pattern.regex.pattern.removeprefix("^")
        if isinstance(pattern, URLPattern):
            yield regex
        else:
            yield from regexes(pattern.url_patterns, regex)


def resolves(path) -> bool:
    try:
        return bool(resolve(path))
    except Resolver404:
        return False


def post(client, path, password, **more):
    """Fill in whatever a form may call the name, and the password."""
    data = dict.fromkeys(FIELDS, NAME) | {"password": password, "next": "/accounts/me/"}
    return client.post(path, data, **more)


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_the_doors_are_found(doors):
    assert set(doors) >= AT_LEAST


def test_each_door_counts_wrong_passwords_and_keeps_the_name(doors):
    for number, path in enumerate(doors):
        AttemptCounter.objects.all().delete()
        client, stranger = Client(), {"REMOTE_ADDR": f"198.51.100.{number}"}
        answers = [post(client, path, GUESS, **stranger) for _try in range(6)]
        assert [a.status_code for a in answers] == [200] * 5 + [429], path
        assert 0 < int(answers[-1]["Retry-After"]) <= 30, path
        page = answers[-1].content.decode()
        assert f'value="{NAME}"' in page and GUESS not in page, path
        said = "Too many wrong tries" if path.startswith("/en/") else "ลองผิดหลายครั้งเกินไป"
        assert said in page and "password/reset/" in page, path
        assert post(client, path, PASSWORD, **stranger).status_code == 429, path
        for other in doors:
            assert post(Client(), other, PASSWORD, **stranger).status_code == 429, (path, other)


def test_each_door_asks_for_the_second_step(doors, somsri):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(somsri, secret)
    for path in doors:
        client = Client()
        answer = post(client, path, PASSWORD)
        assert answer.headers["Location"].endswith("/accounts/2fa/authenticate/"), path
        assert not is_signed_in(client), path
        assert client.get("/admin/").status_code == 302, path
    right = client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert right.headers["Location"] == "/accounts/me/" and is_signed_in(client)


def test_wrong_codes_of_the_second_step_are_counted(doors, somsri):
    totp.TOTP.activate(somsri, totp.generate_totp_secret())
    client = Client()
    post(client, doors[0], PASSWORD)
    codes = [client.post("/accounts/2fa/authenticate/", {"code": "000000"}) for _try in range(6)]
    assert [answer.status_code for answer in codes] == [200] * 5 + [429]
    assert int(codes[-1]["Retry-After"]) > 0


def test_each_door_remembers_the_device_and_the_session(doors, somsri):
    before = somsri.usersession_set.count()
    for path in doors:
        client = Client(HTTP_USER_AGENT="Mozilla/5.0 (Android 14) Firefox/130.0")
        post(client, path, PASSWORD)
        assert client.cookies["known_device"]["httponly"], path
        assert "Firefox บน Android" in client.get("/accounts/me/devices/").content.decode(), path
    assert somsri.usersession_set.count() == before + len(doors)
