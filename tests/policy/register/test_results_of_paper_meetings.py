"""The register as page, document and sheet, and the import of results: all or nothing."""

import csv
import io
from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from openpyxl import Workbook, load_workbook

from policy.deliberation import decisions
from policy.models import Contribution, Decision
from policy.register import paper_results
from tests.policy.deliberation.proposals import active_text, amend, comment, ruling

pytestmark = pytest.mark.django_db
HEADINGS = ["คำขอแก้ที่", "ย่อหน้า", "ข้อความปัจจุบัน", "ข้อความที่เสนอ", "ผล", "ข้อความเมื่อรวม",
            "เหตุผลที่ตัดสิน", "วันที่ตัดสิน", "ที่ไหน"]


def row(made, result, reason="ที่ประชุมเห็นชอบ", day="๑/๑๑/๒๕๖๘", wording="", where="ศาลา"):
    return [made if isinstance(made, str | int) else made.pk, "2", "", "", result, wording, reason,
            day, where]


def sheet(*rows, headings=HEADINGS, name="ผล.xlsx"):
    book = Workbook()
    book.active.append(headings)
    for one in rows:
        book.active.append(one)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile(name, out.getvalue())


def as_csv(*rows, encoding="utf-8-sig", name="ผล.csv"):
    out = io.StringIO()
    csv.writer(out).writerows([HEADINGS, *rows])
    return SimpleUploadedFile(name, out.getvalue().encode(encoding))


@pytest.fixture
def proposals(draft, member, other_member):
    return [amend(draft, member, "กันเขตห้าไร่"), amend(draft, other_member, "กันเขตและปักทุ่น"),
            amend(draft, member, "ตรวจทุกเดือน", "3")]


@pytest.fixture
def secretariat(moderator, signed_in):
    return signed_in(moderator)


def test_the_register_page_shows_proposals_and_decisions(draft, proposals, moderator, visitor):
    decisions.reject(draft, proposals[:1], ruling(moderator, "กว้างไป"))
    body = visitor.get(f"{draft.url}register/").content.decode()
    for shown in ("กันเขตห้าไร่", "กว้างไป", "มาลี", "ตรวจทุกเดือน", 'id="d1"'):
        assert shown in body


def test_the_csv_has_a_bom_and_no_formulas(draft, proposals, member, visitor):
    amend(draft, member, '=HYPERLINK("http://evil")')
    response = visitor.get(f"{draft.url}register.csv")
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == 5 and {len(r) for r in rows} == {13}
    assert rows[1][:4] == [str(proposals[0].pk), "2", "ให้ทุกตำบลกันเขตอนุบาลปู", "กันเขตห้าไร่"]
    assert not any(cell.startswith("=") for r in rows for cell in r)


def test_the_document_has_forms_for_open_proposals(draft, proposals, moderator, member, visitor):
    decisions.reject(draft, proposals[2:], ruling(moderator, "ถี่ไป"))
    amend(draft, member, "แนวตั้ง\x0bปนมา")  # a character that XML refuses
    response = visitor.get(f"{draft.url}register.docx")
    assert "ร่างเรื่องปู.docx" not in response["Content-Disposition"]  # quoted for any browser
    document = Document(io.BytesIO(response.content))
    text = "\n".join(p.text for p in document.paragraphs)
    assert "ร่างเรื่องปู" in text and "ให้ทุกตำบลกันเขตอนุบาลปู" in text
    cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
    assert "กันเขตห้าไร่" in cells and "ถี่ไป" in cells
    assert sum("☐ รับ" in c for c in cells) == 3
    assert cells.count("\n\n") == 6


def test_the_exported_sheet_can_be_imported(
    draft, proposals, secretariat, visitor, mailoutbox
):
    book = load_workbook(io.BytesIO(visitor.get(f"{draft.url}register.xlsx").content))
    lines = list(book.active.iter_rows())
    assert [c.value for c in lines[0]] == HEADINGS and len(lines) == 4
    for line, result in zip(lines[1:], ("รวม", "รวม", "ไม่รับ"), strict=True):
        line[4].value, line[6].value, line[7].value = result, "ตกลงกัน", datetime(2025, 11, 1)
        line[5].value = "กันเขตห้าไร่และปักทุ่น" if result == "รวม" else None
    out = io.BytesIO()
    book.save(out)
    address = f"{draft.url}secretariat/results/"
    file = SimpleUploadedFile("ผล.xlsx", out.getvalue())
    response = secretariat.post(address, {"file": file})
    body = response.content.decode()
    # The preview applies nothing and sends no e-mails.
    assert response.status_code == 200 and "กันเขตห้าไร่และปักทุ่น" in body
    assert not Decision.objects.exists() and not mailoutbox
    token = response.context["token"]
    assert secretariat.post(address, {"rows": token}).url == f"{draft.url}register/"
    assert active_text(draft)["2"] == "กันเขตห้าไร่และปักทุ่น"
    assert sorted(Decision.objects.values_list("kind", "decided_on")) == [
        ("merge", date(2025, 11, 1)), ("reject", date(2025, 11, 1))]
    assert len(mailoutbox) == 3
    # A second confirmation changes nothing.
    assert secretariat.post(address, {"rows": token}).status_code == 422
    assert Decision.objects.count() == 2


@pytest.mark.postgresql
def test_errors_are_shown_by_row_and_nothing_is_imported(draft, proposals, secretariat):
    other = Contribution.objects.create(
        paragraph=proposals[0].paragraph, author=proposals[0].author, kind="comment", text="x")
    file = sheet(
        row(proposals[0], "รับ"),
        row(proposals[1], "รวม"),  # 3: no wording
        row(proposals[2], "อาจจะ"),  # 4: no such result
        row(proposals[2], "ไม่รับ", reason=""),  # 5: no reason
        row("สิบ", "ไม่รับ"),  # 6: no number
        row(proposals[2], "ไม่รับ", day="32/13/2568"),  # 7: no date
        row(proposals[2], "ไม่รับ", day="1/1/2600"),  # 8: in the future
        row(other, "ไม่รับ"),  # 9: not a proposal
        row(proposals[0], "ไม่รับ"),  # 10: twice
        row(proposals[2], ""),  # 11: skipped
    )
    response = secretariat.post(f"{draft.url}secretariat/results/", {"file": file})
    assert response.status_code == 422
    assert [p.line for p in response.context["problems"]] == [3, 4, 5, 6, 7, 8, 9, 10]
    body = response.content.decode()
    for line in range(3, 11):
        assert f"บรรทัด {line}:" in body
    assert not Decision.objects.exists()


def test_two_rows_cannot_give_one_paragraph_two_wordings(draft, proposals, secretariat):
    file = sheet(row(proposals[0], "รับ"), row(proposals[1], "รับ"))
    response = secretariat.post(f"{draft.url}secretariat/results/", {"file": file})
    assert [p.line for p in response.context["problems"]] == [3]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp874"])
def test_csv_in_every_encoding_of_excel_is_read(draft, proposals, encoding):
    results, problems = paper_results.read(as_csv(row(proposals[0], "รับ"), encoding=encoding))
    assert not problems
    read = results[0]
    assert (read.kind, read.date, read.meeting) == ("accept", "2025-11-01", "ศาลา")


@pytest.mark.parametrize("file", [
    SimpleUploadedFile("ผล.xlsx", b"PK\x03\x04 not a book"),
    SimpleUploadedFile("ผล.xlsx", b""),
    SimpleUploadedFile("ผล.csv", b"\x00\x01\x02\xff\xfe"),
    SimpleUploadedFile("ผล.csv", b""),
    SimpleUploadedFile("ผล.pdf", b"%PDF-1.4"),
    SimpleUploadedFile("ผล.csv", b"a,b,c\n1,2,3\n"),
    SimpleUploadedFile("big.csv", b"x" * 2_000_001),
])
def test_unreadable_files_are_refused(draft, secretariat, file):
    response = secretariat.post(f"{draft.url}secretariat/results/", {"file": file})
    assert response.status_code == 422
    assert "problem" in response.content.decode() or response.context["problems"]


def test_a_forged_preview_token_is_refused(draft, secretariat):
    address = f"{draft.url}secretariat/results/"
    from django.core import signing

    for rows in ("", "x", signing.dumps([draft.pk + 1, []], salt="policy.register.paper_results")):
        assert secretariat.post(address, {"rows": rows}).status_code == 422


@pytest.mark.parametrize(("cell", "day"), [
    ("๑๒ พ.ย. ๖๘", "2025-11-12"), ("12/11/2568", "2025-11-12"),
    (datetime(2568, 11, 12), "2025-11-12"), (date(2025, 11, 12), "2025-11-12"),
])
def test_dates_are_read_as_people_write_them(draft, proposals, cell, day):
    results, problems = paper_results.read(sheet(row(proposals[0], "รับ", day=cell)))
    assert not problems and results[0].date == day


@pytest.mark.parametrize(("cell", "reason"), [
    ("29/2/2568", "กุมภาพันธ์ 2568 มี 28 วัน"), ("พรุ่งนี้", "“พรุ่งนี้”"), ("", "อ่านเป็นวันที่ไม่ได้"),
    ("12/2568", "“12/2568”"), ("12 กก. 2568", "“กก.” ไม่ใช่เดือน"), ("1/1/3112", "ไม่มีปี 3112"),
    ("วันจันทร์ที่ 12 พ.ย. 2568", "เป็นวันพุธ ไม่ใช่วันจันทร์"),
])
def test_an_invalid_date_is_refused_with_a_reason(draft, proposals, cell, reason):
    _results, problems = paper_results.read(sheet(row(proposals[0], "รับ", day=cell)))
    assert [p.line for p in problems] == [2]
    assert reason in problems[0].message


def test_files_contain_public_contributions_only(draft, member, moderator, visitor):
    amend(draft, member, "คำที่รอตรวจ", state="held")
    amend(draft, member, "คำที่ซ่อน", state="hidden", hidden_reason="หยาบ")
    amend(draft, member, "คำที่ถอน", state="withdrawn")
    comment(draft, member, "ความเห็นที่ซ่อน", state="hidden")
    for kind in ("csv", "docx", "xlsx"):
        content = visitor.get(f"{draft.url}register.{kind}").content
        if kind != "csv":
            import zipfile

            archive = zipfile.ZipFile(io.BytesIO(content))
            content = b"".join(archive.read(n) for n in archive.namelist())
        for secret in ("คำที่รอตรวจ", "คำที่ซ่อน", "คำที่ถอน", "ความเห็นที่ซ่อน"):
            assert secret not in content.decode("utf-8", "ignore"), (kind, secret)
