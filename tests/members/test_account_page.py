"""The account page: profile, consent, the e-mail address, and sections of apps."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone
from wagtail import hooks
from wagtail.models import Site
from wagtail.users.models import UserProfile

from hub.email.sending import send_email_to_user
from hub.models import Area
from hub.people import account_pages
from hub.people.account_pages import AccountItem, AccountSection
from members.models import Member
from search.models import Alert
from tests.members.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["me/", "me/particulars/", "me/data/", "me/leave/", "email/",
                                     "password/change/", "2fa/"])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_anonymous_users_are_asked_to_sign_in(hub, visitor, prefix, address):
    answer = visitor.get(f"{prefix}/accounts/{address}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{prefix}/accounts/login/?next=")


def test_a_member_edits_profile_and_language(member_client, member):
    area = Area.objects.get(geocode="9011")
    values = {
        "name": "สมศรี  ใหม่", "language": "en", "other_organisation": "กลุ่มปูม้า", "area": area.pk,
    }
    answer = member_client.post("/accounts/me/particulars/", values)
    assert answer.headers["Location"] == "/accounts/me/"
    member.refresh_from_db()
    assert member.get_full_name() == "สมศรี ใหม่"
    assert UserProfile.objects.get(user=member).preferred_language == "en"
    page = member_client.get("/accounts/me/").content.decode()
    assert "กลุ่มปูม้า" in page and area.name in page
    send_email_to_user(member, "members/emails/account_deleted.txt", "x")
    assert "is deleted" in mail.outbox[-1].body


@pytest.mark.parametrize("bad", [
    {"name": ""}, {"language": "xx"}, {"area": "999999"}, {"other_organisation": "ก" * 201},
])
@pytest.mark.postgresql
def test_errors_are_shown_and_input_is_kept(member_client, member, bad):
    values = {"name": "ใหม่", "language": "en", "other_organisation": "กลุ่มปูม้า", "area": ""} | bad
    answer = member_client.post("/accounts/me/particulars/", values)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(bad)
    if "other_organisation" not in bad:
        assert "กลุ่มปูม้า" in answer.content.decode()
    member.refresh_from_db()
    assert member.get_full_name() == "สมศรี มีสุข"


def test_members_without_current_consent_are_asked_for_it(member_client, member):
    assert "/accounts/me/agree/" not in member_client.get("/accounts/me/").content.decode()
    Member.objects.update(consent_version="0")
    assert "/accounts/me/agree/" in member_client.get("/accounts/me/").content.decode()
    before = timezone.now()
    member_client.post("/accounts/me/agree/")
    assert Member.objects.get().has_current_consent and Member.objects.get().consented_at >= before
    assert member_client.get("/accounts/me/agree/").status_code == 405


def test_apps_fill_sections_of_the_page(member_client, member, monkeypatch):
    monkeypatch.setitem(hooks._hooks, "account_section", [])
    hooks.register("account_section", lambda user: None)
    hooks.register("account_section", lambda user: AccountSection("ว่าง", []))
    hooks.register(
        "account_section", lambda user: AccountSection("ยังไม่มี", [], empty="เริ่มได้ที่นี่")
    )
    hooks.register(
        "account_section",
        lambda user: AccountSection("รายงาน", [AccountItem(f"ของ {user.pk}", "/x/", "รอตรวจ")]),
        order=-1,
    )
    assert [s.title for s in account_pages.sections_of(member)] == ["รายงาน", "ยังไม่มี"]
    page = member_client.get("/accounts/me/").content.decode()
    for text in ("รายงาน", f"ของ {member.pk}", 'href="/x/"', "รอตรวจ", "เริ่มได้ที่นี่"):
        assert text in page
    assert "ว่าง" not in page


def test_the_page_lists_the_members_own_alerts_only(member_client, member):
    site = Site.objects.get(is_default_site=True)
    now = timezone.now()
    for number, (email, moment) in enumerate([
        (member.email, now), (member.email, None), ("other@example.org", now),
    ]):
        Alert.objects.create(
            email=email, language="th", site=site, text=f"ปูม้า{number}", digest=str(number),
            confirmed_at=moment, checked_until=moment,
        )
    page = member_client.get("/accounts/me/").content.decode()
    assert "ปูม้า0" in page and "/search/alert/stop/" in page
    assert "ปูม้า1" not in page and "ปูม้า2" not in page


def test_changing_the_address_requires_the_password(member, sign_in, client):
    sign_in(member.email)
    asked = client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    assert mail.outbox == []
    client.post(asked.headers["Location"], {"password": PASSWORD})
    assert mail.outbox[0].to == ["new@example.org"], "what was asked for is done then"


def test_a_new_address_counts_once_it_is_confirmed(member_client, member, link):
    member_client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    member.refresh_from_db()
    assert member.email == "somsri@example.org"
    assert mail.outbox[-1].to == ["new@example.org"]
    member_client.post(link("confirm-email"))
    member.refresh_from_db()
    assert member.email == "new@example.org"
    assert EmailAddress.objects.get(user=member).email == "new@example.org"
    assert any("somsri@example.org" in m.to for m in mail.outbox), "the former address is told"


def test_an_address_of_another_account_is_not_revealed(member_client, editor, member):
    answer = member_client.post("/accounts/email/", {"email": editor.email, "action_add": ""})
    new = member_client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    assert (answer.status_code, answer.headers["Location"]) == (302, new.headers["Location"])


def test_changing_the_password_sends_an_email_and_ends_other_sessions(member_client, member):
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": member.email, "password": PASSWORD})
    new = "แมงดา-ทะเล-99"
    member_client.post("/accounts/password/change/",
              {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert member_client.get("/accounts/me/").status_code == 200
    assert elsewhere.get("/accounts/me/").status_code == 302
    assert "รหัสผ่านของคุณเปลี่ยนแล้ว" in mail.outbox[-1].body
