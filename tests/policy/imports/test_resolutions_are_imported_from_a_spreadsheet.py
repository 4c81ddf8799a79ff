"""Past resolutions from .xlsx, .ods or .csv: each problem named by row; all or nothing."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from policy.models import Party, ResolutionPage, ResolutionSheet, StatusPeriod
from tests.factories import AssemblyPageFactory, ResolutionPageFactory

pytestmark = pytest.mark.django_db
HEADINGS = "เลขมติ ชื่อมติ เรื่องย่อของมติ วันที่รับมติ รับมติอย่างไร ข้อที่ ข้อความของข้อ".split()
HEADINGS += ["ผู้รับผิดชอบ", "ช่องทาง", "กำหนดเสร็จ"]
GOOD = [
    ["๑/๑", "มติเรื่องน้ำ", "ให้ดูแลน้ำ", "9/9/2566", "โดยลงคะแนน", "๑", "ให้ขุดลอกคลอง",
     "อบต. ตัวอย่าง; example network", "งบประมาณ", "30 ก.ย. ๒๕๖๗"],
    ["", "", "", "", "", "2", "ให้ตั้งกลุ่ม", "net", "project", ""],
    ["1/2", "มติเรื่องป่า", "", "2023-09-09", "", "1", "ให้ปลูกป่า", "", "", "2024-12-31"],
]


@pytest.fixture
def assembly(hub, party, other_party):
    return AssemblyPageFactory()


@pytest.fixture
def address(assembly):
    return reverse("policy_sheet", args=[assembly.pk])


def xlsx(rows, headings=HEADINGS, name="มติ.xlsx", change=None):
    book = openpyxl.Workbook()
    for row in ([headings] if headings else []) + rows:
        book.active.append(row)
    if change:
        change(book)
    kept = io.BytesIO()
    book.save(kept)
    return SimpleUploadedFile(name, kept.getvalue())


def as_csv(rows, encoding="utf-8-sig", delimiter=",", name="มติ.csv"):
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in [HEADINGS, *rows]]
    return SimpleUploadedFile(name, "\r\n".join(lines).encode(encoding))


def upload(client, address, file):
    return client.post(address, {"file": file})


def problems(answer) -> str:
    assert answer.status_code == 422
    assert not ResolutionSheet.objects.exists()
    assert not ResolutionPage.objects.exists()
    return answer.content.decode()


FILES = {
    "xlsx": lambda: xlsx(GOOD), "csv": lambda: as_csv(GOOD),
    "csv of Thai Windows": lambda: as_csv(GOOD, "cp874"),
    "csv with semicolons": lambda: as_csv(GOOD, delimiter=";"),
    "csv with tabs": lambda: as_csv(GOOD, delimiter="\t"),
    "csv in UTF-16": lambda: as_csv(GOOD, "utf-16"),
    "csv in UTF-16 without a mark": lambda: as_csv(GOOD, "utf-16-le"),
}


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_a_sheet_is_previewed_and_then_published(
    signed_in, moderator, address, assembly, file, visitor
):
    client = signed_in(moderator)
    answer = upload(client, address, file())
    assert answer.status_code == 302
    assert not ResolutionPage.objects.exists()
    body = client.get(answer.url).content.decode()
    for shown in ("มติเรื่องน้ำ", "ให้ขุดลอกคลอง", "อบต. ตัวอย่าง", "9 กันยายน 2566", "30 กันยายน 2567"):
        assert shown in body
    assert client.post(answer.url).status_code == 302
    water, forest = ResolutionPage.objects.order_by("path")
    assert (water.number, water.adopted_on, water.adoption) == ("1/1", date(2023, 9, 9), "vote")
    assert (forest.number, forest.adoption, forest.summary) == ("1/2", "consensus", "มติเรื่องป่า")
    assert water.live and water.get_parent().pk == assembly.pk and water.owner == moderator
    first, second = water.clauses.order_by("sort_order")
    assert (first.number, first.due, first.channel) == ("1", date(2024, 9, 30), "budget")
    assert set(first.parties.values_list("organisation__slug", flat=True)) == {"tao", "net"}
    assert (second.due, second.channel) == (None, "project")
    assert visitor.get(water.url).status_code == 200
    assert "ให้ขุดลอกคลอง" in visitor.get("/follow-up/").content.decode()
    assert StatusPeriod.objects.filter(clause_key=first.translation_key).exists()
    # The same sheet is not taken in twice.
    assert client.post(answer.url).status_code == 404
    assert "1/1" in upload(client, address, file()).content.decode()
    assert ResolutionPage.objects.count() == 2


def row(**changes):
    names = ["number", "title", "summary", "adopted", "adoption", "clause", "text", "parties",
             "channel", "due"]
    return [changes.get(name, value) for name, value in zip(names, GOOD[0], strict=True)]


@pytest.mark.parametrize(("wrong", "words"), [
    (row(parties="อบต. ไม่มีจริง"), "อบต. ไม่มีจริง"),
    (row(due="31/2/2567"), "กำหนดเสร็จ”: ไม่มีวันที่ 31: กุมภาพันธ์ 2567 มี 29 วัน"),
    (row(adopted="วันก่อน"), "วันก่อน"),
    (row(adopted=""), "วันที่รับมติ"),
    (row(title=""), "ชื่อมติ"),
    (row(clause=""), "ข้อที่"),
    (row(text=""), "ข้อความของข้อ"),
    (row(channel="ทางลัด"), "ทางลัด"),
    (row(adoption="จับฉลาก"), "จับฉลาก"),
    (row(due="1/1/2560"), "ก่อนวันรับมติ"),
    (row(title="ก" * 300), "ยาวเกิน 255"),
    (row(number="1/1" * 9), "ยาวเกิน 20"),
])
def test_each_problem_is_shown_with_its_row(signed_in, moderator, address, wrong, words):
    fine = [["9/9", "มติดี", "", "9/9/2566", "", "1", "ให้ทำดี", "", "", ""]]
    body = problems(upload(signed_in(moderator), address, xlsx([*fine, wrong, GOOD[2]])))
    assert "แถวที่ 3" in body and words in body
    assert "แถวที่ 2:" not in body and "แถวที่ 4:" not in body


def test_all_problems_are_shown_at_once(signed_in, moderator, address):
    rows = [row(parties="ใครก็ไม่รู้", due="เมื่อนั้น"), row(number="", title="", clause="๑"),
            row(number="1/1", title="ชื่ออื่น", clause="3")]
    body = problems(upload(signed_in(moderator), address, xlsx(rows)))
    assert "ใครก็ไม่รู้" in body and "เมื่อนั้น" in body
    assert "แถวที่ 3: มติ 1/1 มีข้อ 1 ซ้ำกัน" in body
    assert "แถวที่ 4: มติ 1/1 ในแถวที่ 2 ใช้ชื่ออื่น" in body


def test_existing_numbers_are_refused(signed_in, moderator, address, assembly):
    ResolutionPageFactory(parent=assembly, number="1/2", title="เดิม")
    answer = upload(signed_in(moderator), address, xlsx(GOOD))
    assert answer.status_code == 422
    assert "แถวที่ 4: สมัชชานี้มีมติ 1/2 อยู่แล้ว" in answer.content.decode()
    assert ResolutionPage.objects.count() == 1


@pytest.mark.parametrize("change", ["number", "party"])
@pytest.mark.postgresql
def test_concurrent_changes_stop_the_import(signed_in, moderator, address, assembly, change):
    client = signed_in(moderator)
    preview = upload(client, address, xlsx(GOOD)).url
    if change == "number":
        ResolutionPageFactory(parent=assembly, number="1/2")
    else:
        Party.objects.filter(organisation__slug="net").delete()
    before = ResolutionPage.objects.count()
    assert client.post(preview, follow=True).status_code == 200
    assert ResolutionPage.objects.count() == before


@pytest.mark.postgresql
def test_a_failed_import_is_rolled_back(signed_in, moderator, address, monkeypatch):
    from policy.imports import importer

    client = signed_in(moderator)
    preview = upload(client, address, xlsx(GOOD)).url
    publish, calls = importer._publish, []

    def broken(*arguments):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("broken")
        return publish(*arguments)

    monkeypatch.setattr(importer, "_publish", broken)
    client.raise_request_exception = False
    assert client.post(preview).status_code == 500
    assert not ResolutionPage.objects.exists() and not StatusPeriod.objects.exists()
    monkeypatch.undo()
    client.post(preview)
    assert ResolutionPage.objects.count() == 2


@pytest.mark.parametrize(("who", "status"), [
    ("editor", 302), ("moderator", 200), ("reporter", 302), ("administrator", 200)])
def test_importing_needs_permission_to_publish_below_the_assembly(
    request, signed_in, address, assembly, who, status
):
    client = signed_in(request.getfixturevalue(who))
    template = reverse("policy_sheet_template", args=[assembly.pk])
    for page in (address, template):
        assert client.get(page).status_code == status
    assert (upload(client, address, xlsx(GOOD)).status_code == 302)
    assert ResolutionSheet.objects.exists() is (status == 200)
    if status == 302:
        sheet = ResolutionSheet.objects.create(assembly=assembly, file_name="x", resolutions=[])
        preview = reverse("policy_sheet_preview", args=[assembly.pk, sheet.pk])
        client.post(preview)
        sheet.refresh_from_db()
        assert sheet.imported_at is None
    explorer = client.get(reverse("wagtailadmin_explore", args=[assembly.pk]))
    assert (address in explorer.content.decode()) is (status == 200)


def test_the_template_can_be_filled_in_and_imported(signed_in, moderator, address, assembly):
    client = signed_in(moderator)
    answer = client.get(reverse("policy_sheet_template", args=[assembly.pk]))
    blank = answer.getvalue()
    book = openpyxl.load_workbook(io.BytesIO(blank))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    assert all("\n" in heading for heading in headings)  # Thai and English
    assert "เลขมติ" in headings[0] and "Resolution number" in headings[0]
    explained = "\n".join(str(c.value) for r in book.worksheets[1].iter_rows() for c in r)
    assert "หนึ่งแถวต่อหนึ่งข้อ" in explained and "อบต. ตัวอย่าง" in explained
    for number, values in enumerate(GOOD, 2):
        for place, value in enumerate(values, 1):
            sheet.cell(number, place, value)
    kept = io.BytesIO()
    book.save(kept)
    answer = upload(client, address, SimpleUploadedFile("กรอกแล้ว.xlsx", kept.getvalue()))
    assert answer.status_code == 302
    empty = upload(client, address, SimpleUploadedFile("เปล่า.xlsx", blank))
    assert empty.status_code == 422 and "ไม่มีแถว" in empty.content.decode()


def test_cells_that_are_dates_numbers_merged_or_formulas(signed_in, moderator, address):
    rows = [
        [1.0, "มติ", None, datetime(2566, 9, 9), None, 1, "ให้ทำ", None, None, date(2024, 9, 30)],
        [None, None, None, None, None, 2.0, "=A1", None, None, datetime(2567, 9, 30)],
    ]

    def merge(book):
        book.active.merge_cells("A2:A3")

    client = signed_in(moderator)
    answer = upload(client, address, xlsx([rows[0]], change=None))
    assert answer.status_code == 302
    (made,) = ResolutionSheet.objects.get().resolutions
    assert (made["number"], made["adopted_on"]) == ("1", "2023-09-09")
    assert made["clauses"][0]["due"] == "2024-09-30"
    ResolutionSheet.objects.all().delete()
    # A formula that no spreadsheet has reckoned yet is an empty cell, and that is told.
    body = problems(upload(client, address, xlsx(rows, change=merge)))
    assert "แถวที่ 3" in body and "ข้อความของข้อ" in body


def test_two_thousand_rows_are_the_limit(signed_in, moderator, address):
    def rows(number):
        return [[f"1/{n // 10}", f"มติ {n // 10}", "", "9/9/2566", "", str(n % 10 + 1), "ให้ทำ",
                 "tao", "plan", ""] for n in range(number)]

    client = signed_in(moderator)
    body = problems(upload(client, address, xlsx(rows(2001))))
    assert "มากกว่า 2000 แถว" in body
    answer = upload(client, address, xlsx(rows(2000)))
    assert answer.status_code == 302
    assert len(ResolutionSheet.objects.get().resolutions) == 200
    assert client.get(answer.url).status_code == 200


# Hostile files


def packed(**members):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return kept.getvalue()


def altered(member, content):
    """A good workbook with one part replaced."""
    source = zipfile.ZipFile(xlsx(GOOD))
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, content if name == member else source.read(name))
    return kept.getvalue()


def rows_of_xml(number):
    row = '<row r="%d"><c r="A%d" t="inlineStr"><is><t>1/1</t></is></c></row>'
    body = "".join(row % (n, n) for n in range(1, number))
    return ('<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f"<sheetData>{body}</sheetData></worksheet>").encode()


ENTITIES = (b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY a%d "%s">' % (n, (b"&a%d;" % (n - 1) if n else b"&a;") * 10) for n in range(8)
) + b"]><worksheet>&a7;</worksheet>")
SHEET = "xl/worksheets/sheet1.xml"
HOSTILE = {
    "empty": ("a.xlsx", lambda: b""),
    "no zip": ("a.xlsx", lambda: b"PK\x03\x04 nothing"),
    "another zip": ("a.xlsx", lambda: packed(a="x")),
    "no workbook": ("a.xlsx", lambda: packed(**{"[Content_Types]_xml": "<x/>", "xl__a": "x"})),
    "bomb": ("a.xlsx", lambda: packed(**{"[Content_Types]_xml": "<x/>",
                                         "xl__a": b"0" * 70_000_000})),
    "entities": ("a.xlsx", lambda: altered(SHEET, ENTITIES)),
    "broken xml": ("a.xlsx", lambda: altered(SHEET, b"<worksheet><sheetData><row")),
    "strings that are not there": ("a.xlsx", lambda: altered(
        SHEET, rows_of_xml(3).replace(b'"inlineStr"><is><t>1/1</t></is>', b'"s"><v>99</v>'))),
    "no sheets": ("a.xlsx", lambda: altered("xl/workbook.xml", b"<workbook/>")),
    "a hundred thousand rows": ("a.xlsx", lambda: altered(SHEET, rows_of_xml(100_000))),
    "no headings": ("a.xlsx", lambda: xlsx(GOOD, headings=None).read()),
    "old Excel": ("a.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    "picture": ("a.png", lambda: b"\x89PNG"),
    "csv of zeros": ("a.csv", lambda: b"\0" * 1000),
    "csv of bytes": ("a.csv", lambda: bytes(range(1, 256)) * 10),
    "csv of quotes": ("a.csv", lambda: b'"' * 100_001),
    "csv of one endless field": ("a.csv", lambda: b'a,"' + b"x" * 200_000),
    "csv of commas": ("a.csv", lambda: b"," * 1_000_000),
    "csv of a million rows": ("a.csv", lambda: b"a\n" * 1_000_000),
    "too large": ("a.csv", lambda: b"a,b\n" * 2_000_000),
}


@pytest.mark.parametrize(("name", "content"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_answered(signed_in, moderator, address, name, content):
    answer = upload(signed_in(moderator), address, SimpleUploadedFile(name, content()))
    body = problems(answer)
    assert 'class="error-message"' in body or "แถวที่" in body


def test_a_hundred_thousand_rows_exceed_the_limit(signed_in, moderator, address):
    head = ('<row r="1">' + "".join(
        f'<c t="inlineStr"><is><t>{h}</t></is></c>' for h in HEADINGS) + "</row>").encode()
    content = altered(SHEET, rows_of_xml(100_000).replace(b"<sheetData>", b"<sheetData>" + head))
    body = problems(upload(signed_in(moderator), address,
                           SimpleUploadedFile("a.xlsx", content)))
    assert "มากกว่า 2000 แถว" in body


def test_a_file_is_required(signed_in, moderator, address):
    assert "เลือกไฟล์ก่อน" in problems(signed_in(moderator).post(address, {}))
