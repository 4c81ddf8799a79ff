"""The one place that writes tables for people and programs: CSV, XLSX and JSON.

    table = Table("follow-up", [Column("party", "ผู้รับผิดชอบ"), Column("due", "กำหนดเสร็จ")], rows)
    return csv_response(table)

Whatever stands in a cell was typed by somebody, so no text can become a formula: in CSV an
apostrophe goes before it, in XLSX it is stored as text with the mark that keeps it text when it is
edited. Numbers stay numbers and dates dates. JSON has no formulas; its values are as they are.
Wagtail's own reports are held to the same by ``hub.export.wagtail_reports``.
"""

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from hub.files.cell_text import guard, is_formula, printable
from hub.files.names import safe_filename

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOM = "\ufeff"  # by which Excel knows UTF-8
NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
LONGEST_TITLE = 31  # characters in the name of a sheet
LONGEST_CHOICES = 255  # characters of a list of choices, with its commas
FIRST_YEAR = 1900  # the first that spreadsheets have
HEADING_FILL = PatternFill("solid", fgColor="E0EEEC")


@dataclass(frozen=True)
class Column:
    """A column: ``key`` is its name in JSON, ``heading`` what people read (the key if empty).

    The rest is for XLSX. ``width`` in letters; ``choices``: the texts that may be filled in, which
    are offered as a list where a spreadsheet can hold it; ``is_text`` keeps what is typed from
    becoming a date or losing its zeros.
    """

    key: str
    heading: str = ""
    width: int | None = None
    choices: Sequence[str] = ()
    is_text: bool = False
    is_bold: bool = False
    wraps: bool = False


@dataclass(frozen=True)
class Table:
    """A table: ``name`` of the file, without its ending, and of the sheet; it may be Thai.

    Each of ``rows`` has a value for every column: None, text, bool, number, date, datetime or time;
    of anything else its ``str``. A list is answered whole, so that the answer can be cached; any
    other iterable is streamed row by row in CSV and JSON, however long it is.

    For XLSX: ``sheet_name``, if it is another; ``empty_rows``, how many are left to fill in below,
    with the choices of the columns; ``frozen``, the columns that stay in view, as the headings do.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    sheet_name: str = ""
    empty_rows: int = 0
    frozen: int = 0

    @classmethod
    def of_records(cls, name: str, keys: Sequence[str], records: Iterable[dict]) -> "Table":
        """A table of dicts, for programs rather than people: its headings are their ``keys``."""
        rows = ([record.get(key) for key in keys] for record in records)
        return cls(name, [Column(key) for key in keys], rows)

    @property
    def headings(self) -> list[str]:
        return [printable(column.heading or column.key) for column in self.columns]


def csv_response(table: Table) -> HttpResponse | StreamingHttpResponse:
    """``table`` as a CSV file in UTF-8 that Excel opens with its Thai intact."""
    writer = csv.writer(_Echo())

    def lines():
        yield BOM + writer.writerow([guard(heading) for heading in table.headings])
        for row in table.rows:
            yield writer.writerow([_csv_value(value) for value in row])

    return _text_response(table, lines(), "text/csv; charset=utf-8", "csv")


def xlsx_response(*tables: Table) -> HttpResponse:
    """``tables`` as the sheets of an XLSX workbook, which is called after the first."""
    book = Workbook(write_only=True)
    for table in tables:
        _add_sheet(book, table)
    content = io.BytesIO()
    book.save(content)
    response = HttpResponse(content.getvalue(), content_type=XLSX)
    return _attachment(response, f"{tables[0].name}.xlsx")


def json_response(table: Table) -> HttpResponse | StreamingHttpResponse:
    """``table`` as a JSON list of objects, one a line."""
    keys = [column.key for column in table.columns]

    def lines():
        yield "["
        for number, row in enumerate(table.rows):
            record = dict(zip(keys, map(_json_value, row), strict=True))
            yield (",\n" if number else "\n") + json.dumps(
                record, cls=DjangoJSONEncoder, ensure_ascii=False
            )
        yield "\n]\n"

    return _text_response(table, lines(), "application/json", "json")


def json_document(data: dict, name: str = "", indent: int | None = None) -> JsonResponse:
    """``data`` as JSON with its Thai readable; given a ``name``, as a file to keep."""
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": indent})
    return _attachment(response, f"{name}.json") if name else response


def _text_response(table, lines, content_type, ending):
    if isinstance(table.rows, Sequence):
        response = HttpResponse("".join(lines), content_type=content_type)
    else:
        response = StreamingHttpResponse(_in_this_language(lines), content_type=content_type)
    return _attachment(response, f"{table.name}.{ending}")


def _attachment(response, name: str):
    name = safe_filename(name.replace("/", "-").replace("\\", "-"))  # มติ 1/2 is not a path
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


class _Echo:
    """What csv writes to: gives each line back."""

    def write(self, line):
        return line


def _in_this_language(lines: Iterator[str]) -> Iterator[str]:
    """``lines``, each made in the language that is spoken now: a streamed answer is written when
    the request is over."""
    language = get_language()

    def translated():
        while True:
            with override(language):
                line = next(lines, None)
            if line is None:
                return
            yield line

    return translated()


def _is_number(value) -> bool:
    return isinstance(value, int | float | Decimal)


def _csv_value(value):
    """``value`` for a cell of CSV: numbers as they are, moments in the hub's own time."""
    if isinstance(value, bool):
        return str(value)
    if _is_number(value):
        return value if math.isfinite(value) else ""
    if isinstance(value, datetime):
        return f"{_local(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date | time):
        return value.isoformat()
    return guard(printable(value))


def _json_value(value):
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or _is_number(value) or isinstance(value, date | time):
        return value
    return str(value)


def _local(moment: datetime) -> datetime:
    """Without its time zone, which spreadsheets do not have."""
    return timezone.make_naive(moment) if timezone.is_aware(moment) else moment


# XLSX


def _add_sheet(book, table):
    title = NOT_IN_TITLES.sub("", printable(table.sheet_name or table.name))
    sheet = book.create_sheet(title[:LONGEST_TITLE].strip(" '") or "1")
    sheet.freeze_panes = f"{get_column_letter(table.frozen + 1)}2"
    for place, column in enumerate(table.columns, 1):
        dimension = sheet.column_dimensions[get_column_letter(place)]
        if column.width:
            dimension.width = column.width
        if column.is_text:
            dimension.number_format = "@"
    sheet.append([_heading_cell(sheet, heading) for heading in table.headings])
    last = 1
    for last, row in enumerate(table.rows, 2):  # noqa: B007
        sheet.append([
            _cell(sheet, column, value)
            for column, value in zip(table.columns, row, strict=True)
        ])
    for place, column in enumerate(table.columns, 1):
        listed = ",".join(column.choices).replace('"', '""')
        if listed and len(listed) <= LONGEST_CHOICES:
            letter = get_column_letter(place)
            sheet.data_validations.append(DataValidation(
                "list", formula1=f'"{listed}"', allow_blank=True,
                sqref=f"{letter}2:{letter}{max(last + table.empty_rows, 2)}",
            ))


def _heading_cell(sheet, heading):
    cell = text_cell(sheet, heading)
    cell.font = Font(bold=True)
    cell.fill = HEADING_FILL
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(sheet, column, value):
    value = _xlsx_value(value)
    cell = text_cell(sheet, value) if isinstance(value, str) else WriteOnlyCell(sheet, value)
    if column.is_text:
        cell.number_format = "@"
    if column.is_bold:
        cell.font = Font(bold=True)
    if column.wraps:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def text_cell(sheet, text: str) -> WriteOnlyCell:
    """A cell whose text is a text, whatever it begins with, also when somebody edits it."""
    cell = WriteOnlyCell(sheet, text)
    keep_text(cell)
    return cell


def keep_text(cell) -> None:
    """Take back what openpyxl makes of text that looks like a formula or an error."""
    cell.data_type = "s"
    if is_formula(cell.value):
        cell.quotePrefix = True


def _xlsx_value(value):
    if isinstance(value, datetime):
        value = _local(value)
    if isinstance(value, date) and value.year < FIRST_YEAR:
        return value.isoformat()
    if _is_number(value):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, date | time):
        return value
    return printable(value) or None
