"""Members of a party: their waiting clauses, their personal data, and the editor's form."""

import pytest
from django.urls import reverse

from hub.models import HomePage
from policy.models import ClauseReport, Party, ReminderOptOut, Verification, Withdrawal
from policy.reports.account_section import erase_of, export_of, party_clauses, section
from tests.factories import organisation
from tests.policy.conftest import REPORT, VERIFICATION

pytestmark = pytest.mark.django_db


def test_waiting_clauses_are_listed_worst_first(resolution, reporter, key, party):
    (own,) = party_clauses(reporter)
    assert [cell.clause.number for cell in own.waiting] == ["1", "2"]  # the first is overdue
    ClauseReport.objects.create(clause_key=key, party=party, claim="ทำแล้ว", evidence="ใบเสร็จ")
    (own,) = party_clauses(reporter)
    assert [cell.clause.number for cell in own.waiting] == ["2"]
    assert [cell.clause.number for cell in own.settled] == ["1"]


def test_my_parties_link_to_the_report_form(
    signed_in, resolution, reporter, member, verifier, visitor, cell_address
):
    body = signed_in(reporter).get("/follow-up/mine/").content.decode()
    assert "ให้ซ่อมทุ่น" in body and f"{cell_address}report/" in body
    assert "ยังไม่ได้เป็นผู้รายงาน" in signed_in(member).get("/follow-up/mine/").content.decode()
    assert "ผู้ตรวจของชุมชน" in signed_in(verifier).get("/follow-up/mine/").content.decode()
    assert section(member) is None
    assert visitor.get("/follow-up/mine/").status_code == 302


def test_personal_data_is_exported_and_erased(
    signed_in, resolution, reporter, verifier, cell_address, visitor, party
):
    client = signed_in(reporter)
    client.post(f"{cell_address}report/", REPORT)
    report = ClauseReport.objects.get()
    signed_in(verifier).post(f"{cell_address}verify/?report={report.pk}", VERIFICATION)
    client.post(reverse("follow_up_withdraw", args=["clausereport", report.pk]), {"reason": "ผิด"})
    ReminderOptOut.objects.create(party=party, email=reporter.email)
    exported = export_of(reporter)
    assert exported["parties"] == ["อบต. ตัวอย่าง"]
    assert exported["reports"][0]["claim"] == "ซ่อมทุ่นครบแล้ว"
    assert exported["reports"][0]["name"] == "สมศรี" and not exported["verifications"]
    assert exported["withdrawals"][0]["reason"] == "ผิด"
    assert export_of(verifier)["verifications"][0]["observation"] == "ยังขาดห้าลูก"
    erase_of(reporter)
    erase_of(verifier)
    assert not reporter.parties.exists() and not ReminderOptOut.objects.exists()
    assert ClauseReport.objects.get().reporter is None
    assert Withdrawal.objects.get().withdrawn_by_name == ""
    assert Verification.objects.get().verifier is None
    assert export_of(reporter) == {
        "parties": [], "reports": [], "verifications": [], "withdrawals": [], "amendments": []}
    body = visitor.get(cell_address).content.decode()
    assert "ซ่อมทุ่นครบแล้ว" in body and "ยังขาดห้าลูก" in body  # the records stay
    assert "สมศรี" not in body and "เจ้าของเรือ" not in body


def test_an_erased_name_disappears_from_cached_pages(signed_in, reporter, cell_address, visitor):
    signed_in(reporter).post(f"{cell_address}report/", REPORT)
    assert "สมศรี" in visitor.get(cell_address).content.decode()
    erase_of(reporter)
    assert "สมศรี" not in visitor.get(cell_address).content.decode()


@pytest.fixture
def party_form(signed_in, moderator, party):
    address = reverse("wagtailsnippets_policy_party:edit", args=[party.pk])
    form = {"organisation": party.organisation_id, "email": party.email, "member_names": ""}
    client = signed_in(moderator)
    return lambda **changes: client.post(address, form | changes)


def test_editors_set_the_members_of_a_party(party_form, party, reporter, member, django_user_model):
    assert party_form(member_names="malee\n\nREPORTER@example.org").status_code == 302
    assert set(party.members.all()) == {member, reporter}
    answer = party_form(member_names="malee\nnobody@example.org")
    assert answer.status_code == 200
    assert "ไม่มีผู้ใช้ชื่อ nobody@example.org" in answer.content.decode()
    assert set(party.members.all()) == {member, reporter}
    django_user_model.objects.create_user("twin", "malee@example.org", "x")
    assert party_form(member_names="malee@example.org").status_code == 200
    assert party_form(member_names="malee").status_code == 302
    assert set(party.members.all()) == {member}
    assert party_form().status_code == 302 and not party.members.exists()


def test_an_editor_revokes_the_links_of_a_party(party_form, party):
    key = party.link_key
    party_form()
    assert Party.objects.get(pk=party.pk).link_key == key
    party_form(revoke_links="on")
    assert Party.objects.get(pk=party.pk).link_key != key


def test_a_new_party_gets_its_members(signed_in, moderator, member):
    answer = signed_in(moderator).post(reverse("wagtailsnippets_policy_party:add"), {
        "organisation": organisation("ใหม่", "new").pk, "email": "", "member_names": "malee",
    })
    assert answer.status_code == 302
    assert list(Party.objects.get(organisation__slug="new").members.all()) == [member]


def test_the_ledger_is_found_from_the_home_page(resolution, visitor):
    for home in HomePage.objects.all():
        assert f'href="{home.url}follow-up/"' in visitor.get(home.url).content.decode()
