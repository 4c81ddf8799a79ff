"""A sheet of any program is read: encodings, separators, kinds of cells, limits, broken files."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from hub.files.sheet_reader import Cell, Limits, Row, UnreadableSheet, find_columns, read_sheet

pytestmark = pytest.mark.any_database
LIMITS = Limits(rows=10, columns=5)
TABLE = [["วันที่", "หมู่บ้าน"], ["๑๕/๑/๒๕๖๗", "บ้านทุ่งฟ้า"], ["1 มี.ค. 66", "บ้านบางเหรียง"]]


def rows_of(content, name, limits=LIMITS) -> list[Row]:
    return list(read_sheet(SimpleUploadedFile(name, content), name, limits))


def texts(rows) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in rows]


def as_csv(table=TABLE, delimiter=",") -> str:
    return "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in table)


def as_xlsx(*sheets, hidden=()) -> bytes:
    """Each sheet a table; those of the numbers in ``hidden`` hidden."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, table in enumerate(sheets):
        sheet = book.create_sheet(f"ตาราง {number}")
        sheet.sheet_state = "hidden" if number in hidden else "visible"
        for row in table:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


ODS_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" office:version="1.3">
<office:automatic-styles>
 <style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/>
 </style:style>
 <style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/>
 </style:style>
</office:automatic-styles><office:body><office:spreadsheet>"""
ODS_TAIL = "</office:spreadsheet></office:body></office:document-content>"


def as_ods(tables, head=ODS_HEAD) -> bytes:
    """``tables`` is what stands between head and tail of content.xml."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", head + tables + ODS_TAIL)
    return out.getvalue()


def ods_table(*rows, style="ta1", name="ตาราง"):
    body = "".join(rows)
    return f'<table:table table:name="{name}" table:style-name="{style}">{body}</table:table>'


def ods_row(*cells, repeated=1):
    body = "".join(cells)
    return f'<table:table-row table:number-rows-repeated="{repeated}">{body}</table:table-row>'


def ods_cell(text="", kind="string", repeated=1, **values):
    given = " ".join(f'office:{key.replace("_", "-")}="{value}"' for key, value in values.items())
    inner = f"<text:p>{text}</text:p>" if text else ""
    typed = f'office:value-type="{kind}"' if text or values else ""
    return (f'<table:table-cell {typed} {given} table:number-columns-repeated="{repeated}">'
            f"{inner}</table:table-cell>")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp874"]
)
def test_csv_of_every_program_is_read(encoding, delimiter):
    rows = rows_of(as_csv(delimiter=delimiter).encode(encoding), "ก.CSV")
    assert texts(rows) == TABLE
    assert [(row.sheet, row.number) for row in rows] == [("", 1), ("", 2), ("", 3)]


def test_commas_and_line_ends_in_quoted_cells_are_kept():
    text = '"เลขมติ\nResolution number";"a, b, c"\r\n"1,250.50";x\r\n'
    rows = rows_of(text.encode(), "a.csv")
    assert texts(rows) == [["เลขมติ\nResolution number", "a, b, c"], ["1,250.50", "x"]]


def test_rows_keep_the_numbers_that_the_spreadsheet_shows():
    table = [[], ["a"], [None], ["", ""], ["b"]]
    for rows in (rows_of(as_xlsx(table), "a.xlsx"), rows_of(b"\r\na\r\n\r\n,\r\nb", "a.csv")):
        assert [row.number for row in rows] == [2, 5]


def test_cells_keep_their_kind():
    day, moment = date(2024, 1, 15), datetime(2567, 1, 15, 9, 30)
    row = ["0741234567", 1.0, 2.5, True, day]
    (read,) = rows_of(as_xlsx([row]), "a.xlsx")
    assert [cell.value for cell in read.cells] == [
        "0741234567", 1, 2.5, True, datetime(2024, 1, 15)]
    assert [cell.is_date for cell in read.cells] == [False, False, False, False, True]
    assert texts([read]) == [["0741234567", "1", "2.5", "True", "2024-01-15"]]
    ((cell,),) = [r.cells for r in rows_of(as_xlsx([[moment]]), "a.xlsx")]
    assert cell.is_date and cell.value == moment and cell.text == "2567-01-15"


@pytest.mark.parametrize("number_format", [
    "[$-107041E]d mmmm yyyy", "[$-D07041E]d mmmm yyyy", "[$-1070000]d/mm/yyyy",
    "[$-101041E]d mmm yy", "d/m/bbbb", "dd/mm/yyyy",
])
def test_dates_shown_in_the_thai_calendar_are_dates(number_format):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"] = 45306, 45306
    book.active["A1"].number_format = number_format
    out = io.BytesIO()
    book.save(out)
    (row,) = rows_of(out.getvalue(), "a.xlsx")
    assert row[0].is_date and row[0].value == datetime(2024, 1, 15)
    assert not row[1].is_date and row[1].value == 45306


def test_cells_beyond_the_last_are_empty():
    (row,) = rows_of(b"a,b", "a.csv")
    assert (row[1].text, row[2], row[99].text) == ("b", Cell(), "")


def test_text_is_clean():
    assert Cell(" \0ก\ud800 ").text == "ก"
    assert Cell("'=1+1").text == "=1+1" and Cell("'ก").text == "'ก"
    assert Cell(None).text == "" and Cell(1e300).text.startswith("1")


def test_a_hidden_sheet_is_not_read():
    content = as_xlsx([["ลับ"]], [["เปิด"]], hidden=[0])
    (row,) = rows_of(content, "a.xlsx")
    assert (row.sheet, row[0].text) == ("ตาราง 1", "เปิด")
    ods = as_ods(ods_table(ods_row(ods_cell("ลับ")), style="ta2", name="x")
                 + ods_table(ods_row(ods_cell("เปิด")))
                 + ods_table(ods_row(ods_cell("อื่น")), name="y"))
    (row,) = rows_of(ods, "a.ods")
    assert (row.sheet, row[0].text) == ("ตาราง", "เปิด")


def test_ods_is_read_with_kinds_repeats_and_notes():
    note = "<office:annotation><text:p>โน้ต</text:p></office:annotation>"
    rich = f"<table:table-cell>{note}<text:p>ก<text:s text:c=\"2\"/><text:span>ข</text:span>ค" \
           "</text:p><text:p>ง<text:line-break/>จ</text:p></table:table-cell>"
    content = as_ods(ods_table(
        ods_row(ods_cell(repeated=16384), repeated=2),
        ods_row(ods_cell("15/1/67", "date", date_value="2024-01-15"),
                ods_cell("9.5", "float", value="9.50"), ods_cell(repeated=2), rich),
        ods_row(ods_cell("ซ้ำ", repeated=2), ods_cell("จริง", "boolean", boolean_value="true"),
                ods_cell("x", "date", date_value="2024-01-15T09:30:00"), repeated=2),
        ods_row(ods_cell(repeated=16384), repeated=1_048_000),
    ))
    rows = rows_of(content, "a.ods")
    assert [row.number for row in rows] == [3, 4, 5]
    assert [cell.value for cell in rows[0].cells] == [
        date(2024, 1, 15), 9.5, None, None, "ก  ขค\nง\nจ"]
    assert [cell.value for cell in rows[1].cells] == [
        "ซ้ำ", "ซ้ำ", True, datetime(2024, 1, 15, 9, 30)]
    assert rows[1].cells == rows[2].cells and rows[0][0].is_date


def test_files_beyond_the_limits_are_rejected():
    table = [[str(n)] for n in range(LIMITS.rows + 1)]
    for content, name in ((as_xlsx(table), "a.xlsx"), (as_csv(table).encode(), "a.csv"),
                          (as_ods(ods_table(*(ods_row(ods_cell(n)) for n, in table))), "a.ods")):
        assert len(rows_of(content, name)) == LIMITS.rows + 1  # the headings are none of them
        with override("en"), pytest.raises(UnreadableSheet, match="more than 9 rows"):
            rows_of(content, name, Limits(rows=9))
    wide = [list("abcdefgh")]
    for content, name in ((as_xlsx(wide), "a.xlsx"), (as_csv(wide).encode(), "a.csv"),
                          (as_ods(ods_table(ods_row(*map(ods_cell, "abcdefgh")))), "a.ods")):
        assert texts(rows_of(content, name)) == [list("abcde")]
    with override("en"), pytest.raises(UnreadableSheet, match="larger than"):
        rows_of(b"a,b", "a.csv", Limits(bytes=2))
    with override("en"), pytest.raises(UnreadableSheet, match="unpacks"):
        rows_of(as_xlsx(wide), "a.xlsx", Limits(unpacked_bytes=1000))


def test_a_million_empty_rows_are_skipped_quickly():
    (row,) = rows_of(as_ods(ods_table(
        ods_row(ods_cell("ก")), ods_row(ods_cell("", repeated=16384), repeated=1_048_575),
    )), "a.ods")
    assert row.number == 1
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A1048576"] = "ก", "ไกล"
    out = io.BytesIO()
    book.save(out)
    assert len(rows_of(out.getvalue(), "a.xlsx")) == 1


ENTITIES = ODS_HEAD.replace("<office:document", '<!DOCTYPE x [<!ENTITY a "ก">]><office:document', 1)


@pytest.mark.parametrize(("name", "content"), [
    ("a.xlsx", b"PK\x03\x04 no zip"), ("a.xlsx", b""), ("a.pdf", b"%PDF-1.4"), ("csv", b"a,b"),
    ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ("a.csv", b"\0" * 1000),
    ("a.csv", "é ÿ".encode("latin-1")), ("a.csv", b'a,"' + b"x" * 200_000),
    ("a.ods", as_ods("<table:table><table:table-row>")),
    ("a.ods", as_ods(ods_table(ods_row(ods_cell("&a;"))), head=ENTITIES)),
    ("a.ods", as_ods(ods_table(ods_row(ods_cell("x", "date", date_value="เมื่อวาน"))))),
    ("a.ods", as_ods(ods_table(ods_row(ods_cell("x", repeated="ก"))))),
])
def test_invalid_sheets_are_rejected_with_a_message(name, content):
    with pytest.raises(UnreadableSheet) as found:
        rows_of(content, name)
    assert all(found.value.messages)


def test_the_size_limit_counts_bytes_read():
    class Liar(io.BytesIO):
        size = 1

    with pytest.raises(UnreadableSheet):
        list(read_sheet(Liar(b"a" * 100), "a.csv", Limits(bytes=50)))


def test_columns_are_found_by_any_of_their_names():
    names = {"day": ["วันที่", "Date"], "place": ["ที่ไหน", "Where"], "none": ["ไม่มี"]}
    table = [["x", " DATE \n", "ที่ไหน\nWhere", "Where", "วันที่ / Date"]]
    (row,) = rows_of(as_xlsx(table), "a.xlsx")
    assert find_columns(row, names) == {"day": 1, "place": 2}
