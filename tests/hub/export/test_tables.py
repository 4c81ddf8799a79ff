"""Tables as CSV, XLSX and JSON: no text is a formula, numbers and dates are what they are."""

import csv
import io
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.utils.functional import lazystr
from django.utils.translation import gettext, override
from openpyxl import load_workbook

from hub.export.tables import (
    BOM,
    Column,
    Table,
    csv_response,
    json_document,
    json_response,
    xlsx_response,
)

pytestmark = pytest.mark.any_database
HOSTILE = [
    "=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1", " =1",
    "\u200b=1", "\u00a0-1", "-5", "'=1",
]
HARMLESS = [
    "ปูม้า", "a=b", "", "0812345678", "'ก", "#N/A", "#REF!", "2024-01-15", "1,5;2\t3", 'a "b"',
    "ก\nข",
]
DAY, MOMENT = date(2024, 1, 15), datetime(2024, 1, 15, 20, 30, tzinfo=UTC)


def table(*rows, columns=None, name="ตาราง", **options):
    width = len(rows[0]) if rows else 1
    columns = columns or [Column(f"c{n}", f"ช่อง {n}") for n in range(width)]
    return Table(name, columns, iter(rows), **options)


def csv_rows(*rows, **options) -> list[list[str]]:
    content = csv_response(table(*rows, **options)).getvalue().decode()
    assert content.startswith(BOM) and not content[1:].startswith(BOM)
    return list(csv.reader(io.StringIO(content[1:], newline="")))


def book_of(*tables):
    return load_workbook(io.BytesIO(xlsx_response(*tables).getvalue()))


def xlsx_cells(*rows, **options) -> list[list]:
    return [list(row) for row in book_of(table(*rows, **options)).active.iter_rows()]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_no_text_is_a_formula(text):
    columns = [Column("a", text), Column("b", "b")]
    heading, row = csv_rows([text, lazystr(text)], columns=columns)
    assert heading[0] == row[0] == row[1] == f"'{text}"
    heading, row = xlsx_cells([text, lazystr(text)], columns=columns)
    for cell in (heading[0], *row):
        assert (cell.value.replace("\r", "\n"), cell.data_type) == (text.replace("\r", "\n"), "s")
        assert bool(cell.quotePrefix) is (text != "'=1")


@pytest.mark.parametrize("text", HARMLESS, ids=ascii)
def test_other_text_is_written_as_it_is(text):
    assert csv_rows([text])[1] == [text]
    cell = xlsx_cells([text, "x"])[1][0]
    assert (cell.value or "") == text and cell.data_type == ("s" if text else "n")
    assert not cell.quotePrefix


def test_numbers_are_numbers():
    row = [-5, -5.5, Decimal("-1.20"), 0, True]
    assert csv_rows(row)[1] == ["-5", "-5.5", "-1.20", "0", "True"]
    cells = xlsx_cells(row)[1]
    assert [cell.value for cell in cells] == [-5, -5.5, -1.2, 0, True]
    assert [cell.data_type for cell in cells] == ["n"] * 4 + ["b"]


def test_nan_and_infinity_are_empty_cells():
    row = [float("nan"), float("-inf"), None, "x"]
    assert csv_rows(row)[1] == ["", "", "", "x"]
    assert [cell.value for cell in xlsx_cells(row)[1]] == [None, None, None, "x"]
    assert json.loads(json_response(table(row)).getvalue()) == [
        {"c0": None, "c1": None, "c2": None, "c3": "x"}]


def test_dates_are_dates_in_local_time(settings):
    settings.TIME_ZONE = "Asia/Bangkok"
    row = [DAY, MOMENT, time(9, 30), datetime(2024, 1, 15, 9), date(1782, 4, 6)]
    assert csv_rows(row)[1] == [
        "2024-01-15", "2024-01-16 03:30:00", "09:30:00", "2024-01-15 09:00:00", "1782-04-06"]
    cells = xlsx_cells(row)[1]
    assert [cell.value for cell in cells] == [
        datetime(2024, 1, 15), datetime(2024, 1, 16, 3, 30), time(9, 30), datetime(2024, 1, 15, 9),
        "1782-04-06"]
    assert all(cell.is_date for cell in cells[:4])
    (record,) = json.loads(json_response(table(row)).getvalue())
    assert record["c0"] == "2024-01-15" and record["c1"] == "2024-01-15T20:30:00Z"


def test_control_characters_are_removed():
    text = "\x0bก\x00\x1b\ufffeข\ud800"
    assert csv_rows([text])[1] == ["กข"]
    assert xlsx_cells([text], columns=[Column("a", text)])[1][0].value == "กข"
    assert csv_rows(["\x1b=1"])[1] == ["'=1"]


def test_json_has_the_values_as_they_are():
    row = ["=1+1", -5, True, lazystr("x"), Decimal("1.20")]
    response = json_response(table(row, ["ข", 0, False, "", None]))
    assert json.loads(response.getvalue()) == [
        {"c0": "=1+1", "c1": -5, "c2": True, "c3": "x", "c4": "1.20"},
        {"c0": "ข", "c1": 0, "c2": False, "c3": "", "c4": None},
    ]
    assert "ข" in json_response(table(["ข"])).getvalue().decode()
    assert json.loads(json_response(table()).getvalue()) == []


def test_a_json_document_is_a_file_if_it_has_a_name():
    shown = json_document({"ชื่อ": "ปู"})
    assert shown.content.decode() == '{"ชื่อ": "ปู"}' and "Content-Disposition" not in shown
    kept = json_document({"ชื่อ": "ปู"}, "สมาชิก")
    assert "filename*=utf-8''%E0%B8%AA" in kept["Content-Disposition"]
    assert kept["Content-Disposition"].endswith(".json")


@pytest.mark.parametrize("respond", [csv_response, xlsx_response, json_response])
def test_files_have_their_name_in_thai(respond):
    ending = respond.__name__.removesuffix("_response")
    response = respond(table(["ก"], name="น้ำ/ป่า: 1\r\nX-Evil: 1"))
    header = response["Content-Disposition"]
    assert header.startswith("attachment; filename*=utf-8''%E0%B8%99") and "\n" not in header
    assert header.endswith(f".{ending}")
    assert respond(table(["ก"], name="plain"))["Content-Disposition"] == (
        f'attachment; filename="plain.{ending}"')
    assert response["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("respond", [csv_response, json_response])
def test_rows_are_streamed_in_the_readers_language(respond):
    read = []

    def rows():
        for number in range(3):
            read.append(number)
            yield [gettext("Search")]

    with override("th"):
        response = respond(Table("x", [Column("a")], rows()))
        said = gettext("Search")
    assert said != "Search"
    with override("en"):
        chunks = iter(response)
        while said.encode() not in (chunk := next(chunks)):
            assert b"Search" not in chunk
        assert read == [0]
        assert b"Search" not in b"".join(chunks)
        assert gettext("Search") == "Search"
    assert read == [0, 1, 2]


def test_sheets_for_forms_have_formats_and_choices():
    columns = [
        Column("a", "เลขที่", width=12, is_text=True, is_bold=True),
        Column("b", "ผล", choices=["รับ", 'ไม่ "รับ"'], wraps=True),
        Column("c", choices=["ยาว" * 50, "ๆ" * 150]),
    ]
    book = book_of(
        table(["1/1", "", ""], columns=columns, empty_rows=20, frozen=1),
        table(["ข"], name="x", sheet_name="[อธิบาย]: วิธีกรอก / how to fill it all in"),
        table(columns=[Column("a")], name="'?"),
    )
    assert book.sheetnames == ["ตาราง", "อธิบาย วิธีกรอก  how to fill it"[:31].strip(), "1"]
    sheet = book["ตาราง"]
    assert sheet.freeze_panes == "B2" and sheet["A1"].font.bold and sheet["A2"].font.bold
    assert sheet.column_dimensions["A"].width == 12
    assert sheet["A2"].number_format == sheet.column_dimensions["A"].number_format == "@"
    assert sheet["B2"].alignment.wrap_text
    (rule,) = sheet.data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1) == ("B2:B22", '"รับ,ไม่ ""รับ"""')


@pytest.mark.parametrize("respond", [csv_response, json_response])
def test_a_list_is_answered_whole(respond):
    rows = [["=1", -5], ["ก", None]]
    columns = [Column("a"), Column("b")]
    whole = respond(Table("x", columns, rows))
    streamed = respond(Table("x", columns, iter(rows)))
    assert not whole.streaming and streamed.streaming
    assert whole.content == streamed.getvalue() and whole.headers == streamed.headers


def test_records_are_a_table_for_programs():
    records = [{"b": 1, "a": "ก"}, {"a": "=1", "c": "x"}]
    assert csv_response(Table.of_records("x", ["a", "b"], records)).getvalue().decode() == (
        f"{BOM}a,b\r\nก,1\r\n'=1,\r\n")
