"""The ledger filtered by assembly, party, area, status, channel and day; CSV and JSON."""

import csv
import io
import json
from datetime import date

import pytest
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hub.chain.relations import Relation
from hub.models import Area
from hub.withdrawals import rules
from policy.models import (
    Clause,
    ClauseReport,
    Party,
    ResolutionPage,
    Verification,
    Withdrawal,
)
from tests import factories
from tests.factories import (
    AssemblyPageFactory,
    ModelPageFactory,
    ResolutionPageFactory,
    home,
    link,
)
from tests.policy.conftest import make_other_party, make_party, make_resolution

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(world):
    """A resolution with a report, and one of another assembly in district 9011, not due."""
    party = make_party()
    resolution = make_resolution(party, make_other_party())
    key = resolution.clauses.get(number="1").translation_key
    ClauseReport.objects.create(clause_key=key, party=party, claim="=ซ่อมแล้ว", evidence="ใบสั่งจ้าง",
                                reported_on=date(2024, 3, 1))
    assembly = AssemblyPageFactory(title="สมัชชาสอง", number=2, held_on=date(2025, 9, 1))
    page = ResolutionPageFactory(parent=assembly, title="มติเรื่องป่า", number="2/9",
                                 adopted_on=date(2025, 9, 1))
    page.areas.add(Area.objects.get(geocode="901101"))
    clause = Clause(number="1", text="ให้ปลูกป่า", locale=page.locale, channel="law")
    clause.parties = [factories.party("forest", "ป่าไม้")]
    page.clauses = [clause, Clause(number="2", text="ให้ดูแลป่า", locale=page.locale)]
    page.save_revision().publish()
    return {"resolution": resolution.pk, "ledger": page.pk}


@pytest.fixture
def resolution(made):
    return ResolutionPage.objects.get(pk=made["resolution"])


@pytest.fixture
def ledger(made):
    return ResolutionPage.objects.get(pk=made["ledger"])


@pytest.fixture
def party(made):
    return Party.objects.get(organisation__slug="tao")


def rows_of(visitor, query="", kind="csv"):
    answer = visitor.get(f"/follow-up/data.{kind}{query}")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content))) if kind == "csv" else json.loads(content)


def text(visitor, address):
    answer = visitor.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.mark.parametrize(("choice", "buoys", "forest"), [
    ("", True, True),
    ("?party=tao", True, False),
    ("?party=forest", False, True),
    ("?area=9011", False, True),
    ("?area=901101", False, True),
    ("?area=9003", False, False),
    ("?channel=budget", True, False),
    ("?channel=law", False, True),
    ("?status=evidenced", True, False),
    ("?status=no_report", False, True),
    ("?status=verified", False, False),
    ("?party=tao&status=no_report", False, False),
    ("?on=2024-02-01", True, False),
    ("?on=2023-01-01", False, False),
    ("?status=overdue&on=2024-02-01", True, False),
    ("?status=nonsense&party=nobody&area=xx&assembly=0&channel=x&on=x&page=x", True, True),
])
@pytest.mark.postgresql
def test_the_query_filters_the_ledger(ledger, visitor, choice, buoys, forest):
    body = text(visitor, f"/follow-up/{choice}")
    assert ("ให้ซ่อมทุ่น" in body) is buoys
    assert ("ให้ปลูกป่า" in body) is forest
    for kind in ("csv", "json"):
        texts = {row["clause_text"] for row in rows_of(visitor, choice, kind)}
        assert ("ให้ซ่อมทุ่น" in texts) is buoys
        assert ("ให้ปลูกป่า" in texts) is forest


def test_an_assembly_a_party_and_an_area_have_pages(ledger, resolution, visitor):
    own = resolution.get_parent().pk
    for address, title, shown, hidden in (
        (f"/follow-up/assembly/{own}/", resolution.get_parent().title, "ซ่อมทุ่น", "ปลูกป่า"),
        ("/follow-up/party/forest/", "ป่าไม้", "ปลูกป่า", "ซ่อมทุ่น"),
        ("/follow-up/area/9011/", "หาดใหญ่", "ปลูกป่า", "ซ่อมทุ่น"),
    ):
        body = text(visitor, address)
        assert title in body.split("<h1>")[1].split("</h1>")[0]
        assert shown in body and hidden not in body
    for missing in ("assembly/999999/", "party/nobody/", "area/99/", "data.pdf",
                    "clause/00000000-0000-0000-0000-000000000000/tao/"):
        assert visitor.get(f"/follow-up/{missing}").status_code == 404


@pytest.mark.postgresql
def test_totals_count_clauses_by_their_slowest_party(ledger, visitor):
    body = text(visitor, "/follow-up/")
    counts = {
        status: int(body.split(f"total--{status}")[1].split('total__number">')[1].split("<")[0])
        for status in ("no_report", "reported", "evidenced", "verified", "contradicted",
                       "overdue")
    }
    # 2/1: clause 1 evidenced, clause 2 nothing; 2/9: two clauses, nothing.
    assert counts == {"no_report": 3, "reported": 0, "evidenced": 1, "verified": 0,
                      "contradicted": 0, "overdue": 0}
    assert "ไม่ได้ระบุผู้รับผิดชอบ" in body


@pytest.mark.postgresql
def test_exports_have_every_cell_and_no_formula(ledger, visitor, key):
    rows = rows_of(visitor)
    assert len(rows) == 1 + 2 + 1 + 1  # the last clause names no party
    row = next(row for row in rows if row["clause_text"] == "ให้ซ่อมทุ่น")
    assert row["status"] == "evidenced" and row["since"] == "2024-03-01"
    assert row["party_name"] == "อบต. ตัวอย่าง" and row["last_report"] == "2024-03-01"
    assert row["reports"] == "1" and int(row["silent_days"]) > 600
    assert row["address"].endswith(f"/follow-up/clause/{key}/tao/")
    english = next(r for r in json.loads(
        b"".join(visitor.get("/en/follow-up/data.json").streaming_content)
    ) if r["clause_text"] == "ให้ซ่อมทุ่น")
    assert english["party_name"] == "Example SAO"
    assert english["status_text"] == "Reported with evidence"
    answer = visitor.get(f"/follow-up/clause/{key}/tao/data.csv")
    assert answer["Content-Disposition"].startswith("attachment")
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    assert "'=ซ่อมแล้ว" in content.decode()


def test_the_history_lists_every_change(ledger, visitor, key, party, cell_address):
    report = ClauseReport.objects.get()
    seen = Verification.objects.create(clause_key=key, party=party, report=report,
                                       finding="contradicted", observation="ยังขาด",
                                       observed_on=date(2024, 5, 1))
    Withdrawal.objects.create(verification=seen, reason="ไปผิดที่", withdrawn_on=date(2024, 6, 1))
    content = b"".join(visitor.get(f"{cell_address}data.json").streaming_content)
    found = [(e["date"], e["what"], e["status"]) for e in json.loads(content)]
    assert found == [
        ("2024-06-01", "status", "evidenced"),
        ("2024-06-01", "withdrawal", None),
        ("2024-05-01", "status", "contradicted"),
        ("2024-05-01", "verification", "contradicted"),
        ("2024-03-01", "status", "evidenced"),
        ("2024-03-01", "report", ""),
        ("2024-01-02", "status", "overdue"),
        ("2024-01-01", "due", None),
        ("2023-09-01", "status", "no_report"),
        ("2023-09-01", "adopted", None),
    ]
    body = text(visitor, cell_address)
    assert body.index("ไปผิดที่") and "1 มกราคม 2567" in body


def test_each_language_reads_its_own(ledger, resolution, visitor, english_home):
    body = text(visitor, "/en/follow-up/")
    assert "What became of every clause" in body and "Example SAO" in body
    assert 'href="/follow-up/"' in body  # the same page in Thai
    # A translation replaces the original, with the same cells.
    assembly = resolution.get_parent().specific
    twin_above = AssemblyPageFactory(parent=english_home, title="Assembly",
                                     translation_key=assembly.translation_key)
    twin = ResolutionPageFactory(parent=twin_above, title="Buoys", number="2/1",
                                 translation_key=resolution.translation_key)
    thai = resolution.clauses.get(number="1")
    clause = Clause(number="1", text="Mend the buoys", locale=twin.locale, channel="budget",
                    translation_key=thai.translation_key)
    twin.clauses = [clause]
    twin.save_revision().publish()
    english, thai_body = text(visitor, "/en/follow-up/"), text(visitor, "/follow-up/")
    assert "Mend the buoys" in english and "ให้ซ่อมทุ่น" not in english
    assert "ให้ซ่อมทุ่น" in thai_body and "Mend the buoys" not in thai_body
    assert "Mend the buoys" in text(visitor, f"/en/follow-up/assembly/{assembly.pk}/")
    cell = english.split("Mend the buoys")[1].split("</tr>")[0]
    # Parties and due date are those of the original.
    assert "Example SAO" in cell and "Reported with evidence" in cell


def test_the_number_of_queries_does_not_grow(ledger, hub):
    def queries(address):
        Client().get("/follow-up/?on=2024-01-01")  # warms up the caches of header and footer
        with CaptureQueriesContext(connection) as seen:
            Client().get(address)
        return len(seen)

    addresses = ["/follow-up/", "/follow-up/party/tao/", "/follow-up/area/9011/",
                 "/follow-up/?status=no_report"]
    before = [queries(a) for a in addresses]
    parties = list(Party.objects.all())
    for n in range(4):
        page = ResolutionPageFactory(parent=ledger.get_parent().specific, number=f"3/{n}",
                                     adopted_on=date(2025, 9, 1))
        page.areas.add(Area.objects.get(geocode="9011"))
        clauses = []
        for number in range(5):
            clause = Clause(number=str(number), text="ให้ทำ", locale=page.locale)
            clause.parties = parties
            clauses.append(clause)
        page.clauses = clauses
        page.save_revision().publish()
        for clause in page.clauses.all():
            ClauseReport.objects.create(
                clause_key=clause.translation_key, party=parties[0], claim="ทำแล้ว"
            )
    assert [queries(a) for a in addresses] == before


def test_pages_never_split_a_resolution(ledger, visitor, monkeypatch):
    from policy.ledger import matrix

    monkeypatch.setattr(matrix, "CLAUSES_PER_PAGE", 2)
    first, second = text(visitor, "/follow-up/"), text(visitor, "/follow-up/?page=2")
    assert "ให้ดูแลป่า" in first and "ให้ซ่อมทุ่น" not in first and "page=2" in first
    assert "ให้ซ่อมทุ่น" in second and "ให้เปิดวงคุย" in second and "ให้ปลูกป่า" not in second
    assert text(visitor, "/follow-up/?page=99").count("<table") == 1
    assert len(rows_of(visitor)) == 5


def test_the_table_is_accessible(ledger, visitor):
    body = text(visitor, "/follow-up/")
    table = body.split("<table")[1].split("</table>")[0]
    assert "<caption" in table
    assert table.count('scope="col"') == 2 + 1  # clause, whole clause, one party
    assert table.count('scope="row"') == 2
    assert 'role="region"' in body and 'tabindex="0"' in body


def test_cached_pages_take_one_query(ledger, visitor, cell_address):
    for address in ("/follow-up/", cell_address, "/follow-up/party/tao/"):
        first = visitor.get(address)
        assert not first.cookies
        with CaptureQueriesContext(connection) as queries:
            assert visitor.get(address).content == first.content
        assert len(queries) <= 1


def test_unpublishing_removes_a_resolution_from_the_ledger(ledger, resolution, visitor):
    page = type(resolution).objects.get(pk=resolution.pk)
    page.unpublish()
    assert "ให้ซ่อมทุ่น" not in text(visitor, "/follow-up/")
    page.get_latest_revision().publish()
    assert "ให้ซ่อมทุ่น" in text(visitor, "/follow-up/")
    page = type(resolution).objects.get(pk=resolution.pk)
    with pytest.raises(ProtectedError), transaction.atomic():  # what was published stays
        page.delete()
    assert "ให้ซ่อมทุ่น" in text(visitor, "/follow-up/")


def test_an_unpublished_resolution_can_be_previewed(
    hub, party, moderator, signed_in
):
    page = ResolutionPageFactory(parent=AssemblyPageFactory(parent=home()), live=False)
    clause = Clause(number="1", text="ให้ร่างก่อน", locale=page.locale)
    clause.parties = [party]
    page.clauses = [clause]
    page.save_revision()
    answer = signed_in(moderator).get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
    body = answer.content.decode()
    assert "ให้ร่างก่อน" in body and "ยังไม่มีรายงาน" in body and party.name_th in body


@pytest.mark.parametrize("name", ["assembly", "party", "area", "status", "channel", "on", "page"])
@pytest.mark.postgresql
def test_hostile_queries_are_answered(ledger, visitor, name, thorough):
    values = ["%00", "9" * 40, "🦀", "\ud800", "", "-1", "'", "ก" * 300, "٣"]
    for value in values if thorough else values[:4]:
        encoded = value.encode("utf-8", "surrogatepass").hex(" ").replace(" ", "%")
        for address in ("/follow-up/", "/en/follow-up/data.csv"):
            query = f"{name}=%{encoded}" if value else f"{name}="
            assert visitor.get(f"{address}?{query}").status_code in (200, 400), (address, value)


def test_a_resolution_based_on_withdrawn_knowledge_is_marked(ledger, visitor):
    model = ModelPageFactory()
    link(ledger, Relation.CITES, model)
    assert "อาศัยความรู้ที่ถูกถอน" not in text(visitor, "/follow-up/")
    rules.withdraw(model, kind="withdrawn", reason="วัดผิด")
    assert text(visitor, "/follow-up/").count("อาศัยความรู้ที่ถูกถอน") == 1


def test_a_day_is_read_as_people_type_it_and_an_impossible_one_says_why(ledger, visitor):
    shown = text(visitor, "/follow-up/?on=1 ม.ค. 2569")
    assert 'value="1 มกราคม 2569"' in shown
    shown = text(visitor, "/follow-up/?on=31/2/2569")
    assert 'value="31/2/2569"' in shown and "ไม่มีวันที่ 31" in shown
