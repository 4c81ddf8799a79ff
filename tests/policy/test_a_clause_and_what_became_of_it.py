"""The status of a clause follows from dated reports and findings; nobody types it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from policy.models import Clause, ClauseReport, Party
from policy.models.report import ClauseStatus, clause_status
from tests.factories import ResolutionPageFactory

TODAY = date(2026, 11, 1)


def report(days_ago, evidence="", finding="", verified_ago=None):
    verified = TODAY - timedelta(days=verified_ago) if verified_ago is not None else None
    return ClauseReport(
        claim="ทำแล้ว", reported_on=TODAY - timedelta(days=days_ago), evidence=evidence,
        finding=finding, verified_on=verified, verified_by="ชาวบ้าน" if finding else "",
    )


CASES = [
    ("nothing, not due", 30, [], ClauseStatus.NO_REPORT),
    ("nothing, due today", 0, [], ClauseStatus.NO_REPORT),
    ("nothing, due yesterday", -1, [], ClauseStatus.OVERDUE),
    ("a bare claim", 30, [report(5)], ClauseStatus.REPORTED),
    ("a bare claim after the due date", -1, [report(5)], ClauseStatus.REPORTED),
    ("a claim with evidence", 30, [report(5, "ใบเสร็จ")], ClauseStatus.EVIDENCED),
    ("evidence in an older report", 30, [report(9, "ใบเสร็จ"), report(2)],
     ClauseStatus.EVIDENCED),
    ("confirmed", 30, [report(9, "x", "confirmed", 3)], ClauseStatus.VERIFIED),
    ("contradicted", 30, [report(9, "x", "contradicted", 3)], ClauseStatus.CONTRADICTED),
    ("contradicted, later confirmed", 30,
     [report(9, "x", "contradicted", 5), report(4, "y", "confirmed", 2)], ClauseStatus.VERIFIED),
    ("confirmed, later contradicted", 30,
     [report(9, "x", "confirmed", 5), report(4, "", "contradicted", 2)],
     ClauseStatus.CONTRADICTED),
    ("reported tomorrow only", -1, [report(-1)], ClauseStatus.OVERDUE),
    ("verified tomorrow only", 30, [report(5, "x", "confirmed", -1)], ClauseStatus.EVIDENCED),
]


@pytest.mark.parametrize(("due_in", "reports", "status"), [c[1:] for c in CASES],
                         ids=[c[0] for c in CASES])
def test_the_status_follows_from_dated_evidence(due_in, reports, status):
    clause = Clause(number="1", text="ให้ทำ", due=TODAY + timedelta(days=due_in))
    assert clause_status(clause, reports, TODAY) == status
    assert clause_status(clause, reports[::-1], TODAY) == status


@pytest.fixture
def resolution(hub):
    page = ResolutionPageFactory(title="มติ")
    page.clauses = [Clause(number="1", text="ให้ซ่อมทุ่น", locale=page.locale, due=date(2024, 1, 1))]
    page.save_revision().publish()
    return page


@pytest.fixture
def party(db):
    return Party.objects.create(
        slug="tao", name_th="อบต. ตัวอย่าง", name_en="Example", kind="community"
    )


@pytest.mark.django_db
def test_claim_and_finding_stand_side_by_side(resolution, party, visitor):
    ClauseReport.objects.create(
        clause_key=resolution.clauses.get().translation_key, party=party, claim="ซ่อมครบแล้ว",
        evidence="ใบสั่งจ้าง", reported_on=date(2024, 1, 5), verified_by="เจ้าของเรือ",
        verified_on=date(2024, 2, 1), finding="contradicted", finding_text="ยังขาดห้าลูก",
    )
    body = visitor.get(resolution.url).content.decode()
    for shown in ("ซ่อมครบแล้ว", "ใบสั่งจ้าง", "เจ้าของเรือ", "ยังขาดห้าลูก",
                  "ชุมชนตรวจแล้วไม่ตรง", "อบต. ตัวอย่าง"):
        assert shown in body, shown


@pytest.mark.django_db
def test_reports_stay_with_their_clause_when_the_page_is_published_again(resolution, party):
    key = resolution.clauses.get().translation_key
    ClauseReport.objects.create(clause_key=key, party=party, claim="ซ่อมแล้ว")
    page = resolution.get_latest_revision_as_object()
    page.title = "มติ แก้ชื่อ"
    page.save_revision().publish()
    page = type(resolution).objects.get(pk=resolution.pk)
    assert [len(c.reports) for c in page.clauses_with_reports] == [1]


@pytest.mark.django_db
def test_a_finding_needs_who_and_when(party):
    made = ClauseReport(claim="ทำ", party=party, finding="confirmed")
    with pytest.raises(ValidationError, match="finding"):
        made.clean()
    early = ClauseReport(claim="ทำ", party=party, reported_on=date(2024, 5, 1),
                         verified_on=date(2024, 4, 1))
    with pytest.raises(ValidationError):
        early.clean()


@pytest.mark.django_db
def test_the_editor_reports_through_the_form(resolution, party, moderator, signed_in):
    client = signed_in(moderator)
    address = reverse("wagtailsnippets_policy_clausereport:add")
    body = client.get(address).content.decode()
    assert "ให้ซ่อมทุ่น" in body
    key = resolution.clauses.get().translation_key
    form = {"clause_key": str(key), "party": party.pk, "claim": "ซ่อมแล้ว", "evidence": "",
            "evidence_url": "", "evidence_document": "", "reported_on": "2024-01-05",
            "verified_by": "", "verified_on": "", "finding": "", "finding_text": ""}
    assert client.post(address, form | {"clause_key": "not-a-key"}).status_code == 200
    assert not ClauseReport.objects.exists()
    assert client.post(address, form).status_code == 302
    assert ClauseReport.objects.get().clause_key == key
