"""Permissions in follow-up: people × reporting, verifying, withdrawing, opening private files."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.models import PageViewRestriction

from policy.models import ClauseReport, Party, ResolutionPage, Verification, Withdrawal
from policy.reports.reminder_links import token_for
from tests.policy.conftest import (
    REPORT,
    VERIFICATION,
    make_other_party,
    make_party,
    make_resolution,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PEOPLE = ["anonymous", "member", "reporter", "other_reporter", "verifier", "editor", "moderator"]
MAY = {
    "report": {"reporter"},
    "verify": {"verifier"},
    "withdraw a report": {"reporter", "moderator"},
    "withdraw another's verification": {"moderator"},
    "open a private file": {"reporter", "verifier", "editor", "moderator"},
    "open a withdrawn file": {"reporter", "verifier", "editor", "moderator"},
    "open a public file": set(PEOPLE),
    "see the ledger": set(PEOPLE),
}


@pytest.fixture(scope="module")
def made(world):
    return make_resolution(make_party(), make_other_party())


@pytest.fixture
def resolution(made):
    return ResolutionPage.objects.get(pk=made.pk)


@pytest.fixture
def party(made):
    return Party.objects.get(organisation__slug="tao")


@pytest.fixture
def other_party(made):
    return Party.objects.get(organisation__slug="net")


@pytest.fixture
def client_of(request, signed_in, visitor):
    def client(name):
        return visitor if name == "anonymous" else signed_in(request.getfixturevalue(name))

    return client


@pytest.fixture
def report(key, party):
    made = ClauseReport(clause_key=key, party=party, claim="ซ่อมแล้ว", reporter_name="สมศรี")
    made.file.save("รายชื่อ.txt", ContentFile("ชื่อคน".encode()), save=False)
    made.file_is_private = True
    made.save()
    return made


def refused(answer) -> bool:
    """403, or 302 to the sign-in page."""
    return answer.status_code == 403 or (
        answer.status_code == 302 and "next=" in answer.url
    )


@pytest.mark.parametrize("who", PEOPLE)
def test_reporting(client_of, who, cell_address):
    client = client_of(who)
    may = who in MAY["report"]
    for answer in (client.get(f"{cell_address}report/"),
                   client.post(f"{cell_address}report/", REPORT)):
        assert refused(answer) is not may
    assert ClauseReport.objects.exists() is may


@pytest.mark.parametrize("who", PEOPLE)
def test_verifying(client_of, who, report, cell_address):
    client = client_of(who)
    may = who in MAY["verify"]
    for address in (f"{cell_address}verify/", f"{cell_address}verify/?report={report.pk}"):
        assert refused(client.get(address)) is not may
        assert refused(client.post(address, VERIFICATION | {"observation": address})) is not may
    assert Verification.objects.exists() is may


@pytest.mark.parametrize("who", PEOPLE)
def test_withdrawing(client_of, who, report, key, party, other_reporter):
    client = client_of(who)
    seen = Verification.objects.create(
        clause_key=key, party=party, finding="confirmed", observation="เห็น", verifier=other_reporter
    )
    for record, kind, what in (
        (report, "clausereport", "withdraw a report"),
        (seen, "verification", "withdraw another's verification"),
    ):
        address = reverse("follow_up_withdraw", args=[kind, record.pk])
        may = who in MAY[what]
        assert refused(client.get(address)) is not may
        assert refused(client.post(address, {"reason": "ผิด"})) is not may
        assert Withdrawal.objects.filter(**{
            "report" if kind == "clausereport" else "verification": record
        }).exists() is may


@pytest.mark.parametrize("who", PEOPLE)
def test_opening_files(client_of, who, report, key, party, cell_address):
    client = client_of(who)
    assert client.get(report.file_url).status_code == (
        200 if who in MAY["open a private file"] else 302 if who == "anonymous" else 403
    )
    body = client.get(cell_address).content.decode()
    assert ("รายชื่อ.txt" in body) is (who in MAY["open a private file"])
    assert "ซ่อมแล้ว" in body
    data = b"".join(client.get(f"{cell_address}data.json").streaming_content).decode()
    assert "file/" not in data  # exports do not mention private files
    ClauseReport.objects.update(file_is_private=False)
    assert client.get(report.file_url).status_code == 200
    Withdrawal.objects.create(report=report, reason="ผิด")
    opened = client.get(report.file_url).status_code == 200
    assert opened is (who in MAY["open a withdrawn file"])


@pytest.mark.parametrize("who", PEOPLE)
def test_a_private_resolution_does_not_leak(
    client_of, who, report, resolution, key, party, cell_address
):
    client = client_of(who)
    pages = [cell_address, "/follow-up/", "/follow-up/party/tao/"]
    assert all("ซ่อมทุ่น" in client.get(page).content.decode() for page in pages)
    ClauseReport.objects.update(file_is_private=False)
    PageViewRestriction.objects.create(page_id=resolution.pk, restriction_type="login")
    assert client.get(cell_address).status_code == 404
    assert client.get(f"{cell_address}data.csv").status_code == 404
    for page in pages[1:]:
        assert "ซ่อมทุ่น" not in client.get(page).content.decode()
    data = b"".join(client.get("/follow-up/data.csv").streaming_content).decode()
    assert "ซ่อมทุ่น" not in data
    if who in ("anonymous", "member", "other_reporter"):
        assert client.get(report.file_url).status_code == 404
    for what in ("report/", "verify/"):
        assert client.post(f"{cell_address}{what}", REPORT | VERIFICATION).status_code in (302, 404)
    taking_back = reverse("follow_up_withdraw", args=["clausereport", report.pk])
    assert client.post(taking_back, {"reason": "ผิด"}).status_code in (302, 403, 404)
    link = reverse("follow_up_link", args=[token_for(party, key)])
    assert client.get(link).status_code == 404
    if who != "anonymous":
        assert "ซ่อมทุ่น" not in client.get("/follow-up/mine/").content.decode()
    assert ClauseReport.objects.count() == 1
    assert not Verification.objects.exists() and not Withdrawal.objects.exists()


def test_nobody_verifies_their_own_party(signed_in, verifier, party, cell_address):
    client = signed_in(verifier)
    assert "บันทึกสิ่งที่ไปเห็น" in client.get(cell_address).content.decode()
    verifier.parties.add(party)
    assert "บันทึกสิ่งที่ไปเห็น" not in client.get(cell_address).content.decode()
    assert client.post(f"{cell_address}verify/", VERIFICATION).status_code == 403
    assert not Verification.objects.exists()


def test_a_former_verifier_cannot_withdraw_a_verification(signed_in, verifier, cell_address):
    client = signed_in(verifier)
    client.post(f"{cell_address}verify/", VERIFICATION)
    address = reverse("follow_up_withdraw", args=["verification", Verification.objects.get().pk])
    verifier.groups.clear()
    assert client.post(address, {"reason": "ผิด"}).status_code == 403


def test_a_party_reports_on_its_own_clauses_only(signed_in, other_reporter, key, resolution):
    client = signed_in(other_reporter)
    first = reverse("follow_up_report", args=[key, "net"])
    assert client.post(first, REPORT).status_code == 404  # clause 1 does not name it
    second = resolution.clauses.get(number="2").translation_key
    assert client.post(reverse("follow_up_report", args=[second, "tao"]),
                       REPORT).status_code == 403
    assert client.post(reverse("follow_up_report", args=[second, "net"]),
                       REPORT).status_code == 302
    assert ClauseReport.objects.get().party.slug == "net"


def test_a_report_about_another_clause_is_not_verified_with_this_one(
    signed_in, verifier, report, resolution, party
):
    second = resolution.clauses.get(number="2").translation_key
    address = reverse("follow_up_verify", args=[second, "tao"])
    signed_in(verifier).post(f"{address}?report={report.pk}", VERIFICATION)
    assert Verification.objects.get().report is None


def test_actions_are_offered_to_permitted_users_only(client_of, report, cell_address):
    offers = {"report": "/report/", "verify": "verify/?report", "withdraw": "/withdraw/"}
    shown = {
        who: {name for name, link in offers.items()
              if link in client_of(who).get(cell_address).content.decode()}
        for who in PEOPLE if who != "anonymous"
    }
    assert shown == {
        "member": set(), "reporter": {"report", "withdraw"}, "other_reporter": set(),
        "verifier": {"verify"}, "editor": set(), "moderator": {"withdraw"},
    }
