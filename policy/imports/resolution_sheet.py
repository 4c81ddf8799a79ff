"""Reads past resolutions out of a spreadsheet: every row's problem named, nothing taken on trust.

``read(file, name)`` gives ``(resolutions, problems)``. A resolution is a dict of plain values:
number, title, summary, adopted_on (ISO), adoption, clauses; a clause: number, text, parties
(slugs), channel, due (ISO or ""). A problem is ``(row number as the spreadsheet counts, message)``.
"""

import csv
import io
import zipfile
from datetime import date, datetime

import openpyxl
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from hub.files.validation import MEGABYTE, validate_document
from policy.dates import THAI_DIGITS, parse_date, safe_date
from policy.models import Clause, Party, ResolutionPage

MAX_ROWS = 2000
MAX_BYTES = 5 * MEGABYTE
MAX_EXPANDED_BYTES = 60 * MEGABYTE
MAX_COLUMNS = 30
LONGEST = {"number": 20, "title": 255, "summary": 500, "clause": 10, "text": 5000}
# Name of a column → its heading; a sheet may have either language, or both in one cell.
HEADINGS = {
    "number": gettext_noop("Resolution number"),
    "title": gettext_noop("Resolution title"),
    "summary": gettext_noop("Resolution summary"),
    "adopted_on": gettext_noop("Adopted on"),
    "adoption": gettext_noop("How it was adopted"),
    "clause": gettext_noop("Clause number"),
    "text": gettext_noop("Clause text"),
    "parties": gettext_noop("Responsible parties"),
    "channel": gettext_noop("Channel"),
    "due": gettext_noop("Due date"),
}
REQUIRED = ("number", "title", "adopted_on", "clause", "text")
OF_RESOLUTION = ("title", "summary", "adopted_on", "adoption")


class Unreadable(ValidationError):
    """The file as a whole cannot be read."""


def in_both_languages(text) -> dict[str, str]:
    """A marked string in every language of the hub."""
    found = {}
    for language in ("th", "en"):
        with override(language):
            found[language] = _(text)
    return found


def read(file, name, taken=()) -> tuple[list[dict], list[tuple[int, str]]]:
    """``taken`` holds numbers of resolutions that the assembly has already."""
    rows = cells_of(file, name)
    _number, columns = next(rows, (0, []))
    places = _places(columns)
    missing = [column for column in REQUIRED if column not in places]
    if missing:
        raise Unreadable(
            _("The first row must have these headings: %(headings)s.")
            % {"headings": ", ".join(_(HEADINGS[column]) for column in missing)}
        )
    reading = _Reading(set(taken))
    read_rows = 0
    for number, values in rows:
        said = {column: _text(values, place) for column, place in places.items()}
        if not any(said.values()):
            continue
        read_rows += 1
        if read_rows > MAX_ROWS:
            raise Unreadable(
                _("There are more than %(most)s rows. Take in a part at a time.")
                % {"most": MAX_ROWS}
            )
        raw = {column: _value(values, place) for column, place in places.items()}
        reading.take(number, said, raw)
    if not read_rows:
        raise Unreadable(_("There is no row below the headings."))
    return reading.resolutions, reading.problems


class _Reading:
    """Rows turned into resolutions, one after the other."""

    def __init__(self, taken):
        self.taken = taken
        self.resolutions, self.problems = [], []
        self.by_number = {}
        self.parties = {}
        for party in Party.objects.all():
            for name in (party.slug, party.name_th, party.name_en):
                if name:
                    self.parties[_key(name)] = party.slug
        self.channels = _labels(Clause.Channel)
        self.adoptions = _labels(ResolutionPage.Adoption)

    def take(self, row, said, raw) -> None:
        def wrong(message, **values):
            self.problems.append((row, message % values))

        for column, most in LONGEST.items():
            if len(said.get(column, "")) > most:
                wrong(_("“%(column)s” is longer than %(most)s characters."),
                      column=_(HEADINGS[column]), most=most)
        resolution = self._resolution(row, said, raw, wrong)
        clause = {
            "number": said["clause"].translate(THAI_DIGITS), "text": said["text"], "due": "",
            "parties": self._parties(said.get("parties", ""), wrong),
            "channel": self._choice(
                self.channels, said.get("channel", ""), "channel", wrong
            ),
        }
        for column in ("clause", "text"):
            if not said[column]:
                wrong(_("“%(column)s” is empty."), column=_(HEADINGS[column]))
        if said.get("due"):
            due = _date(raw["due"])
            if due:
                clause["due"] = due.isoformat()
            else:
                wrong(_("“%(text)s” is no date. Write it like 30/9/2569 or 2026-09-30."),
                      text=said["due"][:40])
        if resolution is None:
            return
        if clause["number"] and clause["number"] in [c["number"] for c in resolution["clauses"]]:
            wrong(_("Clause %(clause)s stands twice in resolution %(number)s."),
                  clause=clause["number"], number=resolution["number"])
        if clause["due"] and resolution["adopted_on"] and clause["due"] < resolution["adopted_on"]:
            wrong(_("It is due before it was adopted."))
        resolution["clauses"].append(clause)

    def _resolution(self, row, said, raw, wrong) -> dict | None:
        """The resolution that a row belongs to: an empty number means that of the row above, as
        where cells are merged."""
        number = said["number"].translate(THAI_DIGITS)
        if not number:
            if self.resolutions:
                return self.resolutions[-1]
            wrong(_("“%(column)s” is empty."), column=_(HEADINGS["number"]))
            return None
        if number in self.by_number:
            self._agrees(self.by_number[number], said, wrong)
            return self.by_number[number]
        made = {
            "number": number, "title": said["title"], "row": row,
            "summary": said.get("summary", ""), "adopted_on": "", "clauses": [],
            "adoption": self._choice(
                self.adoptions, said.get("adoption", ""), "adoption", wrong
            ) or ResolutionPage.Adoption.CONSENSUS.value,
        }
        self.resolutions.append(made)
        self.by_number[number] = made
        if number in self.taken:
            wrong(_("The assembly has a resolution %(number)s already."), number=number)
        if not said["title"]:
            wrong(_("“%(column)s” is empty."), column=_(HEADINGS["title"]))
        adopted = _date(raw["adopted_on"])
        if adopted:
            made["adopted_on"] = adopted.isoformat()
        elif said["adopted_on"]:
            wrong(_("“%(text)s” is no date. Write it like 30/9/2569 or 2026-09-30."),
                  text=said["adopted_on"][:40])
        else:
            wrong(_("“%(column)s” is empty."), column=_(HEADINGS["adopted_on"]))
        return made

    def _agrees(self, made, said, wrong) -> None:
        """What is said again of a resolution must be what was said before, or nothing."""
        if said["title"] and said["title"] != made["title"]:
            wrong(_("Resolution %(number)s has another title in row %(row)s."),
                  number=made["number"], row=made["row"])

    def _parties(self, text, wrong) -> list[str]:
        found = []
        for name in filter(None, (n.strip() for n in text.replace("\n", ";").split(";"))):
            slug = self.parties.get(_key(name))
            if slug is None:
                wrong(_("There is no party “%(name)s”. Add it under Follow-up, or write its name "
                        "as it stands there."), name=name[:80])
            elif slug not in found:
                found.append(slug)
        return found

    def _choice(self, labels, text, column, wrong) -> str:
        if not text:
            return ""
        if (value := labels.get(_key(text))) is None:
            wrong(_("“%(text)s” cannot stand under “%(column)s”. Choose from: %(choices)s."),
                  text=text[:40], column=_(HEADINGS[column]),
                  choices=", ".join(dict.fromkeys(labels.shown)))
            return ""
        return value


class _Labels(dict):
    shown: list[str]


def _labels(choices) -> _Labels:
    """Every way to write one of ``choices`` → its value."""
    found = _Labels()
    for choice in choices:
        found[_key(choice.value)] = choice.value
        for language in ("th", "en"):
            with override(language):
                found[_key(str(choice.label))] = choice.value
    found.shown = [str(choice.label) for choice in choices]
    return found


def _key(text) -> str:
    return " ".join(str(text).split()).casefold()


def _places(columns) -> dict[str, int]:
    """Column → its place, by a heading in either language; of two the first."""
    places = {}
    for column, heading in HEADINGS.items():
        names = {_key(text) for text in in_both_languages(heading).values()}
        for place, cell in enumerate(columns[:MAX_COLUMNS]):
            written = {_key(part) for part in str(cell or "").replace("\n", "/").split("/")}
            if written & names:
                places.setdefault(column, place)
    return places


def _value(values, place):
    return values[place] if place < len(values) else None


def _text(values, place) -> str:
    value = _value(values, place)
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value).replace("\0", "").encode("utf-8", "ignore").decode().strip()


def _date(value) -> date | None:
    if isinstance(value, datetime | date):
        return safe_date(value.year, value.month, value.day)
    return parse_date(value) if value is not None else None


# Files


def cells_of(file, name):
    """(row number, values) of the first sheet, the headings first, without empty rows above them.

    Raises Unreadable with a message for whoever sent it, whatever the file is.
    """
    if file.size > MAX_BYTES:
        raise Unreadable(
            _("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES // MEGABYTE}
        )
    kind = name.rsplit(".", 1)[-1].lower()
    if kind not in ("xlsx", "csv"):
        raise Unreadable(_("Take a file that ends in .xlsx or .csv."))
    try:
        validate_document(file, name)
    except ValidationError as error:
        raise Unreadable(error.message_dict["file"]) from error
    rows = _of_workbook(file) if kind == "xlsx" else _of_csv(file)
    for number, values in enumerate(rows, 1):
        if any(value not in (None, "") for value in values):
            yield number, values


def _of_workbook(file):
    """Values of the first sheet, row by row; of formulas what they last came to."""
    with zipfile.ZipFile(file) as archive:
        if sum(member.file_size for member in archive.infolist()) > MAX_EXPANDED_BYTES:
            raise Unreadable(_("The file unpacks to far more than a list of resolutions needs."))
    file.seek(0)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        for row in sheet.iter_rows(max_col=MAX_COLUMNS, max_row=MAX_ROWS * 10, values_only=True):
            yield list(row)
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # openpyxl raises whatever a broken part leads it to
        raise Unreadable(
            _("The spreadsheet cannot be read. Save it again as .xlsx in the program it comes "
              "from.")
        ) from error


def _of_csv(file):
    file.seek(0)
    content = file.read()
    for encoding in ("utf-8-sig", "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "",
                     "cp874"):
        try:
            text = content.decode(encoding) if encoding else None
        except UnicodeDecodeError:
            continue
        if text is not None:
            break
    else:
        raise Unreadable(_("The text of the file cannot be read. Save it as UTF-8."))
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        for values in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield values[:MAX_COLUMNS]
    except csv.Error as error:
        raise Unreadable(_("The file is no table of rows and columns.")) from error
