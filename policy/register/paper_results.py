"""Results of a meeting held on paper, typed into a spreadsheet: read, checked row by row, applied.

All or nothing: while one row has an error, none is applied. Rows without a result are left alone.
"""

import csv
import io
import re
from dataclasses import asdict, dataclass
from datetime import date, datetime
from zipfile import BadZipFile

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import load_workbook

from hub.files.validation import validate_document
from policy.deliberation import decisions
from policy.deliberation.decisions import Ruling
from policy.models import Contribution
from policy.models.paragraph import normalise_wording
from policy.register import rows as register

MOST_ROWS = 2000
MOST_BYTES = 2_000_000
THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
THAI_MONTHS = [
    "ม.ค. มกราคม", "ก.พ. กุมภาพันธ์", "มี.ค. มีนาคม", "เม.ย. เมษายน", "พ.ค. พฤษภาคม",
    "มิ.ย. มิถุนายน", "ก.ค. กรกฎาคม", "ส.ค. สิงหาคม", "ก.ย. กันยายน", "ต.ค. ตุลาคม",
    "พ.ย. พฤศจิกายน", "ธ.ค. ธันวาคม",
]
MONTHS = {word: n for n, words in enumerate(THAI_MONTHS, 1) for word in words.split()}


@dataclass(frozen=True)
class Result:
    """One row with a result; ``line`` is its number in the sheet, the heading is line 1."""

    line: int
    proposal: int
    kind: str  # of the decision: accept, merge, reject
    reason: str
    wording: str
    date: str  # ISO
    meeting: str


@dataclass(frozen=True)
class Problem:
    """What is wrong in a line, in the reader's words; line 0 is the file as a whole."""

    line: int
    message: str


def read(file) -> tuple[list[Result], list[Problem]]:
    """The results in an uploaded XLSX or CSV, and what cannot be read in it."""
    try:
        lines = _lines(file)
    except ValidationError as error:
        return [], [Problem(0, message) for message in error.messages]
    if not lines:
        return [], [Problem(0, _("The sheet is empty."))]
    columns, missing = _columns(lines[0])
    if missing:
        return [], [Problem(1, _("These columns are missing: %(columns)s.") % {
            "columns": ", ".join(missing)})]
    results, problems = [], []
    for number, line in enumerate(lines[1:], 2):
        values = {name: line[at] if at < len(line) else None for name, at in columns.items()}
        if not _text(values["result"]):
            continue
        made, wrong = _result(number, values)
        problems += [Problem(number, message) for message in wrong]
        if not wrong:
            results.append(made)
    if not results and not problems:
        problems.append(Problem(0, _("No row has a result.")))
    return results, problems


def check(draft, results) -> list[Problem]:
    """What the draft as it stands does not allow, before anything is applied."""
    found = {
        a.pk: a for a in Contribution.objects.undecided()
        .filter(paragraph__draft=draft, pk__in=[r.proposal for r in results])
        .select_related("paragraph", "base")
    }
    problems, seen, reworded = [], {}, {}
    for row in results:
        amendment = found.get(row.proposal)
        values = {"number": row.proposal}
        if row.proposal in seen:
            problems.append(Problem(row.line, _(
                "Proposal %(number)s stands in line %(line)s already."
            ) % (values | {"line": seen[row.proposal]})))
            continue
        seen[row.proposal] = row.line
        if amendment is None:
            problems.append(Problem(row.line, _(
                "There is no proposal %(number)s that waits for a decision on this draft."
            ) % values))
            continue
        if row.kind == "reject":
            continue
        if row.kind == "accept" and amendment.is_stale:
            problems.append(Problem(row.line, _(
                "The words that proposal %(number)s was made for do not stand any more: it can "
                "be merged, not accepted."
            ) % values))
        is_added = row.kind == "accept" and amendment.change == Contribution.Change.ADD
        same = (row.kind, normalise_wording(row.wording)) if row.kind == "merge" else row.line
        other = reworded.get(amendment.paragraph_id)
        if not is_added:
            if other and other[1] != same:
                problems.append(Problem(row.line, _(
                    "Line %(line)s gives this paragraph other words already."
                ) % {"line": other[0]}))
            reworded.setdefault(amendment.paragraph_id, (row.line, same))
    return problems


def apply(draft, results, user) -> int:
    """Decide as the rows say; returns the number of decisions. Rows that merge into the same
    wording of a paragraph, or that are not accepted for the same reason, are one decision.

    Raises ValidationError, and nothing is applied, when something was decided meanwhile.
    """
    amendments = Contribution.objects.select_related("paragraph").in_bulk(
        [r.proposal for r in results])
    groups = {}
    for row in results:
        amendment = amendments[row.proposal]
        key = (row.kind, row.date, row.meeting, row.reason, amendment.paragraph_id, row.wording)
        groups.setdefault(key if row.kind != "accept" else row.line, []).append(row)
    with transaction.atomic():
        for rows in groups.values():
            first = rows[0]
            ruling = Ruling(user, first.reason, first.meeting, date.fromisoformat(first.date))
            chosen = [amendments[row.proposal] for row in rows]
            if first.kind == "accept":
                decisions.accept(draft, chosen[0], ruling)
            elif first.kind == "merge":
                decisions.merge(draft, chosen, first.wording, ruling)
            else:
                decisions.reject(draft, chosen, ruling)
    return len(groups)


def packed(results) -> list[dict]:
    """The rows as a form can carry them from the preview to the confirmation."""
    return [asdict(row) for row in results]


def unpacked(rows) -> list[Result]:
    return [Result(**row) for row in rows]


# Reading


def _lines(file) -> list[list]:
    if file.size > MOST_BYTES:
        raise ValidationError(_("The file is bigger than 2 MB."))
    validate_document(file, file.name)
    file.seek(0)
    if file.name.lower().endswith(".xlsx"):
        return _sheet_lines(file)
    if not file.name.lower().endswith(".csv"):
        raise ValidationError(_("Choose a file whose name ends in .xlsx or .csv."))
    raw = file.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp874", "replace")  # Excel on Thai Windows, saved as plain CSV
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise ValidationError(_("The file cannot be read as a table.")) from error
    return _bounded(lines)


def _sheet_lines(file):
    try:
        book = load_workbook(file, read_only=True, data_only=True)
        lines = [list(row) for row in book.worksheets[0].iter_rows(
            max_row=MOST_ROWS + 2, max_col=40, values_only=True)]
    except (BadZipFile, KeyError, ValueError, IndexError, TypeError) as error:
        raise ValidationError(_("The file cannot be read as a table.")) from error
    return _bounded(lines)


def _bounded(lines):
    if len(lines) > MOST_ROWS + 1:
        raise ValidationError(_("The sheet has more than %(most)s rows.") % {"most": MOST_ROWS})
    return lines


def _columns(first) -> tuple[dict[str, int], list[str]]:
    """Where each column stands, by its heading in Thai or English; and those not there."""
    known = {}
    for language in ("th", "en"):
        with override(language):
            known |= {heading.casefold(): name for name, heading in register.headings().items()}
    columns = {}
    for at, heading in enumerate(first):
        name = known.get(_text(heading).casefold())
        if name:
            columns.setdefault(name, at)
    needed = ["proposal", "result", "wording", "reason", "date", "meeting"]
    return columns, [register.headings()[name] for name in needed if name not in columns]


def _result(number, values) -> tuple[Result | None, list[str]]:
    wrong = []
    proposal = _text(values["proposal"]).translate(THAI_DIGITS).removesuffix(".0")
    if not proposal.isascii() or not proposal.isdecimal() or len(proposal) > 15:
        wrong.append(_("“%(value)s” is not the number of a proposal.") % {"value": proposal[:40]})
    kind = _kind(values["result"])
    if kind is None:
        wrong.append(_("The result “%(value)s” is none of: %(known)s.") % {
            "value": _text(values["result"])[:40], "known": ", ".join(register.results().values())})
    reason, wording = _text(values["reason"]), normalise_wording(_text(values["wording"]))
    if not reason:
        wrong.append(_("The reason is missing."))
    if kind == "merge" and not wording:
        wrong.append(_("The wording that comes of the merge is missing."))
    day = day_of(values["date"])
    if day is None:
        wrong.append(_("“%(value)s” is not a date, e.g. 12/11/2568.") % {
            "value": _text(values["date"])[:40]})
    elif day > timezone.localdate():
        wrong.append(_("The date %(value)s has not come yet.") % {"value": day.isoformat()})
    if wrong:
        return None, wrong
    return Result(
        number, int(proposal), kind, reason[:4000], wording[:4000], day.isoformat(),
        _text(values["meeting"])[:200],
    ), []


def _kind(value) -> str | None:
    said = _text(value).casefold()
    for language in ("th", "en"):
        with override(language):
            for kind, word in register.results().items():
                if said in (kind, word.casefold()):
                    return kind
    return None


def day_of(value) -> date | None:
    """The day that a cell says: a date, or words such as ๑๒/๑๑/๒๕๖๘, 12 พ.ย. 2568, 2025-11-12.

    Years from 2400 are Buddhist; of two digits, they are Buddhist too (68 is 2568).
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _day(value.year, value.month, value.day)
    text = _text(value).translate(THAI_DIGITS)
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?", text):
        return _day(*map(int, found.groups()))
    if found := re.fullmatch(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{2}|\d{4})", text):
        day, month, year = map(int, found.groups())
        return _day(year + 2500 if year < 100 else year, month, day)
    if found := re.fullmatch(r"(\d{1,2})\s*([ก-๙.]+)\s*(?:พ\.ศ\.\s*)?(\d{2}|\d{4})", text):
        year = int(found[3])
        return _day(year + 2500 if year < 100 else year, MONTHS.get(found[2], 0), int(found[1]))
    return None


def _day(year, month, day) -> date | None:
    try:
        return date(year - 543 if year >= 2400 else year, month, day)
    except ValueError:
        return None


def _text(value) -> str:
    """A cell as text; the mark that keeps spreadsheets from calculating is taken off."""
    text = register.printable("" if value is None else value).strip()
    return text[1:] if text[:1] == "'" and text[1:2] in register.FORMULA else text
