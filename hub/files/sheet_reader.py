"""Reads the sheet that somebody filled in: CSV of any program, XLSX or ODS, row by row.

    rows = read_sheet(upload, upload.name, Limits(rows=2000))
    headings = next(rows)
    columns = find_columns(headings, {"day": ["วันที่", "Date"]})
    for row in rows:
        row.number, row[columns["day"]].value

Nothing is trusted: not the name, not the size that the file tells, not what is in it. Whatever is
wrong with the file as a whole is an ``UnreadableSheet`` with a sentence for whoever sent it.
"""

import csv
import io
import os
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import openpyxl
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from hub.files import ods
from hub.files.cell_text import match_key, printable, unguard
from hub.files.text_encoding import decode
from hub.files.validation import MEGABYTE, validate_document
from hub.thai.text import typed

KINDS = ("xlsx", "ods", "csv")
DELIMITERS = ",;\t"
# Programs leave formatted rows without content down to row 1,048,576, so nothing is looked for
# below this many times the rows that are allowed.
LOOKED_AT = 10
Value = None | str | int | float | bool | date | datetime | time | timedelta


class UnreadableSheet(ValidationError):
    """The file as a whole cannot be read; its message says why and what to do."""


@dataclass(frozen=True)
class Limits:
    """How much is read: non-empty ``rows`` below the headings, ``columns``, bytes of the file and
    of what it unpacks to. More rows or bytes are refused, further columns are not looked at."""

    rows: int = 2000
    columns: int = 40
    bytes: int = 5 * MEGABYTE
    unpacked_bytes: int = 60 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell.

    ``value`` keeps the kind that the program gave it: str, int, float or bool, a date, datetime,
    time or timedelta where the spreadsheet knows it as one, None when empty. In CSV all is str.
    Of a formula it is what the program last came to.
    """

    value: Value = None

    @property
    def is_date(self) -> bool:
        """Whether the spreadsheet itself keeps a date here, so that nothing has to be guessed but
        the calendar of its year."""
        return isinstance(self.value, date)

    @property
    def text(self) -> str:
        """The cell in words: stripped, whole numbers without a fraction, dates as YYYY-MM-DD.

        Unprintable characters and the apostrophe that keeps a formula from being one are taken off.
        """
        value = self.value
        if value is None:
            return ""
        if isinstance(value, date):
            return value.isoformat()[:10]
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return typed(unguard(printable(value).strip()))


EMPTY = Cell()


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty, ``number`` as the spreadsheet counts, from 1, of the sheet whose
    name is ``sheet`` ("" in CSV). Places count from 0; beyond the last all cells are empty."""

    sheet: str
    number: int
    cells: tuple[Cell, ...]

    def __getitem__(self, place: int) -> Cell:
        return self.cells[place] if place < len(self.cells) else EMPTY


def read_sheet(file, name: str, limits: Limits) -> Iterator[Row]:
    """The rows of the first sheet that is not hidden, without empty ones; ``file`` is seekable and
    binary, ``name`` tells its kind.

    Raises UnreadableSheet, at the first row or at the one where the trouble is.
    """
    rows = _rows_of(file, name, limits)
    for count, row in enumerate(rows):
        if count > limits.rows:
            raise UnreadableSheet(
                _("There are more than %(most)s rows. Take in a part at a time.")
                % {"most": limits.rows}
            )
        yield row


def find_columns(headings: Row, names: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Where each column stands: its key in ``names`` → its place, by any of its names.

    Case and white space do not matter, and a heading may hold several names, with a slash or the
    end of a line between them. Of two columns with one name the first counts; one that is not there
    is left out.
    """
    wanted = {match_key(name): column for column, known in names.items() for name in known}
    places = {}
    for place, cell in enumerate(headings.cells):
        for part in (cell.text, *cell.text.replace("\n", "/").split("/")):
            if column := wanted.get(match_key(part)):
                places.setdefault(column, place)
    return places


def _rows_of(file, name, limits) -> Iterator[Row]:
    kind = os.path.splitext(name)[1][1:].lower()
    if kind not in KINDS:
        raise UnreadableSheet(_("Take a file that ends in .xlsx, .ods or .csv."))
    size = file.seek(0, os.SEEK_END) or file.tell()
    file.seek(0)
    if size > limits.bytes:
        raise UnreadableSheet(
            _("The file is larger than %(limit)s MB.") % {"limit": limits.bytes // MEGABYTE}
        )
    try:
        validate_document(file, name)
    except ValidationError as error:
        raise UnreadableSheet(error.message_dict["file"]) from error
    read = {"xlsx": _rows_of_xlsx, "ods": _rows_of_ods, "csv": _rows_of_csv}[kind]
    for sheet, number, values in read(file, limits):
        filled = [place for place, value in enumerate(values, 1) if value not in (None, "")]
        if filled:
            yield Row(sheet, number, tuple(map(Cell, values[: filled[-1]])))


def _check_unpacked(file, limits):
    with zipfile.ZipFile(file) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    file.seek(0)
    if unpacked > limits.unpacked_bytes:
        raise UnreadableSheet(_("The file unpacks to far more than such a list needs."))


def _broken(kind) -> UnreadableSheet:
    return UnreadableSheet(
        _("The spreadsheet cannot be read. Save it again as .%(kind)s in the program it comes "
          "from.") % {"kind": kind}
    )


def _rows_of_xlsx(file, limits):
    _check_unpacked(file, limits)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheets = book.worksheets
        sheet = next((one for one in sheets if one.sheet_state == "visible"), sheets[0])
        rows = sheet.iter_rows(
            max_col=limits.columns, max_row=limits.rows * LOOKED_AT, values_only=True
        )
        for number, values in enumerate(rows, 1):
            yield sheet.title, number, values
    except MemoryError:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part leads it to
        raise _broken("xlsx") from error


def _rows_of_ods(file, limits):
    _check_unpacked(file, limits)
    try:
        yield from ods.rows(file, limits.columns, limits.rows * LOOKED_AT)
    except MemoryError:
        raise
    except Exception as error:  # numbers that are none, parts that are missing, broken XML
        raise _broken("ods") from error


def _rows_of_csv(file, limits):
    file.seek(0)
    try:
        text = decode(file.read())
    except UnicodeDecodeError as error:
        raise UnreadableSheet(
            _("The text of the file cannot be read. Save it as UTF-8.")
        ) from error
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter_of(text))
        for number, values in enumerate(lines, 1):
            yield "", number, values[: limits.columns]
    except csv.Error as error:
        raise UnreadableSheet(_("The file is no table of rows and columns.")) from error


def _delimiter_of(text) -> str:
    """What stands between cells: that which makes most cells of the first row, where quotes end at
    it. Programs take the one of their country's settings."""

    def cells(delimiter):
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            return len(next(lines, ()))
        except csv.Error:
            return 0

    return max(DELIMITERS, key=cells)
