"""Personal data is exported and erased; contributions that others build on stay."""

import json

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.utils import timezone, translation
from wagtail import hooks
from wagtail.models import ModelLogEntry, Site
from wagtail.users.models import UserProfile

from hub.people import personal_data
from hub.people.personal_data import name_of
from lessons.models import LessonAnswer
from members import account
from members.models import PRIVACY_NOTICE, Member
from search.models import Alert
from tests.factories import LessonPageFactory, ModelPageFactory
from tests.members.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
DELETE_ACCOUNT = "/accounts/me/leave/"


@pytest.fixture
def member_client(member, member_client):
    """A client of a member who has an alert, a page and an answer about a lesson."""
    now = timezone.now()
    Alert.objects.create(
        email=member.email, language="th", site=Site.objects.get(is_default_site=True),
        text="ปูม้า", digest="1", confirmed_at=now, checked_until=now,
    )
    lesson = LessonPageFactory(title="บทเรียนของสมศรี", owner=member)
    LessonAnswer.objects.create(
        lesson=lesson, target=ModelPageFactory(), answer="not_used", reason="คนละน้ำ", user=member
    )
    return member_client


def test_a_member_downloads_their_data_without_secrets(member_client, member, editor):
    Authenticator.objects.create(user=member, type="totp", data={"secret": "JBSWY3DP"})
    answer = member_client.get("/accounts/me/data/")
    assert answer["Content-Disposition"] == 'attachment; filename="member-abc.json"'
    assert "no-store" in answer["Cache-Control"]
    held = json.loads(answer.content)
    assert held["account"]["name"] == "สมศรี มีสุข"
    assert held["account"]["email_addresses"] == [{"email": member.email, "verified": True}]
    consent = held["account"]["consent"]
    assert consent["version"] == PRIVACY_NOTICE and consent["at"]
    assert held["account"]["sign_in_with"][0]["kind"]
    assert held["sessions"][0]["since"]
    assert held["alerts"][0]["text"] == "ปูม้า"
    assert held["pages"][0]["title"] == "บทเรียนของสมศรี"
    assert held["answers_about_lessons"][0]["reason"] == "คนละน้ำ"
    text = answer.content.decode()
    assert "สมศรี" in text, "readable as it is"
    assert editor.email not in text and "JBSWY3DP" not in text and member.password not in text


def test_every_registered_app_exports_and_erases(member_client, member):
    erased = []
    comments = personal_data.PersonalData(
        "comments", lambda user: [{"at": timezone.now()}], erased.append
    )
    with hooks.register_temporarily("register_personal_data", lambda: comments):
        assert json.loads(member_client.get("/accounts/me/data/").content)["comments"][0]["at"]
        member_client.post(DELETE_ACCOUNT, {"password": PASSWORD})
    assert erased == [member]


def test_deleting_an_account_erases_the_person_and_keeps_contributions(
    member_client, member, visitor, sign_in, django_user_model
):
    member_client.post("/accounts/login/", {"login": member.email, "password": "wrong"})
    assert UserSession.objects.filter(user=member).exists()
    ModelLogEntry.objects.log_action(member, "wagtail.edit")
    answer = member_client.post(DELETE_ACCOUNT, {"password": PASSWORD})
    assert answer.headers["Location"] == "/accounts/left/"
    assert visitor.get("/accounts/left/").status_code == 200
    left = django_user_model.objects.get(pk=member.pk)
    assert not left.is_active and not left.has_usable_password() and left.last_login is None
    row = json.dumps(list(django_user_model.objects.filter(pk=member.pk).values()), default=str)
    for text in ("สมศรี", "somsri", "member-abc"):
        assert text not in row
    assert name_of(left) == name_of(None) == "อดีตสมาชิก"
    for gone in (EmailAddress, Authenticator, Member, UserProfile, UserSession, Alert):
        assert not gone.objects.exists(), gone
    assert "member-abc" not in ModelLogEntry.objects.latest("timestamp").label
    page = left.owned_pages.get().specific
    assert "บทเรียนของสมศรี" in visitor.get(page.url).content.decode()
    assert member_client.get("/accounts/me/").status_code == 302, "the session ended"
    assert sign_in("somsri@example.org").status_code == 200, "nobody gets in again"
    assert [m.to for m in mail.outbox] == [["somsri@example.org"]]


def test_the_address_can_be_used_again_afterwards(member_client, member, django_user_model):
    member_client.post(DELETE_ACCOUNT, {"password": PASSWORD})
    member_client.post("/accounts/signup/", {
        "name": "สมศรี", "email": "somsri@example.org", "password1": PASSWORD, "consent": "on",
    })
    assert django_user_model.objects.get(email="somsri@example.org").pk != member.pk


@pytest.mark.parametrize("password", ["", "wrong", "ก\0ข"])
def test_without_the_password_nothing_is_erased(member_client, member, password):
    answer = member_client.post(DELETE_ACCOUNT, {"password": password})
    assert answer.status_code == 422
    assert answer.context["form"].errors["password"]
    member.refresh_from_db()
    assert member.is_active and member.get_full_name()


def test_guessing_the_password_of_an_open_browser_is_throttled(member_client, member):
    wrong = {"password": "wrong"}
    codes = [member_client.post(DELETE_ACCOUNT, wrong).status_code for _try in range(11)]
    assert codes[0] == 422 and codes[-1] == 429


def test_an_administrator_cannot_delete_their_account(administrator, signed_in):
    client = signed_in(administrator)
    assert "password" not in client.get(DELETE_ACCOUNT).context["form"].errors
    assert client.post(DELETE_ACCOUNT, {"password": "secret"}).status_code == 403
    administrator.refresh_from_db()
    assert administrator.is_active


def test_nothing_is_erased_if_one_app_fails(member):
    def fails(user):
        raise RuntimeError

    broken = personal_data.PersonalData("broken", lambda user: [], fails)
    with (
        hooks.register_temporarily("register_personal_data", lambda: broken),
        pytest.raises(RuntimeError),
    ):
        account.erase(member)
    member.refresh_from_db()
    assert member.is_active and EmailAddress.objects.filter(user=member).exists()


def test_a_deactivated_user_keeps_their_name(member):
    member.is_active = False
    assert name_of(member) == "สมศรี มีสุข"


def test_a_username_is_never_shown_to_others(member):
    """It may be an e-mail address."""
    member.first_name = member.last_name = ""
    member.username = "somebody@example.org"
    with translation.override("en"):
        assert name_of(member) == "a member"
        member.is_active = False
        assert name_of(member) == "a former member"


def test_what_is_kept_under_an_address_is_erased_with_it(member):
    """Also what waits for the click, and under any address of theirs; not under one that they only
    typed, which may be somebody else's."""
    site, second = Site.objects.get(is_default_site=True), "somsri@example.net"
    EmailAddress.objects.create(user=member, email=second, verified=True)
    EmailAddress.objects.create(user=member, email="mana@example.org", verified=False)
    for number, (email, at) in enumerate([
        (member.email, None), (second, timezone.now()), ("mana@example.org", timezone.now()),
    ]):
        Alert.objects.create(email=email, site=site, digest=f"{number}", confirmed_at=at)
    account.erase(member)
    assert list(Alert.objects.values_list("email", flat=True)) == ["mana@example.org"]
