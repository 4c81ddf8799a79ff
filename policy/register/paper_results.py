"""Imports the results of a paper meeting from a spreadsheet: reads, checks and applies them.

All or nothing: if one row has a problem, none is applied. Rows without a result are skipped.
"""

from dataclasses import asdict, dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from hub.files.sheet_reader import Cell, Limits, find_columns, read_sheet
from hub.files.validation import MEGABYTE
from hub.formatting import thai_date
from hub.forms.date_fields import explanation
from hub.thai.dates import NotADate, read_date
from hub.thai.digits import to_arabic
from policy.deliberation import decisions
from policy.deliberation.decisions import Ruling
from policy.models import Contribution
from policy.models.paragraph import normalise_wording
from policy.register.tables import result_headings, result_labels

LIMITS = Limits(rows=2000, bytes=2 * MEGABYTE)
REQUIRED = ["proposal", "result", "wording", "reason", "date", "meeting"]


@dataclass(frozen=True)
class Result:
    """One row with a result; ``line`` is its row number in the sheet, where headings are 1."""

    line: int
    proposal: int  # primary key of the amendment
    kind: str  # a Decision.Kind: accept, merge or reject
    reason: str
    wording: str
    date: str  # ISO
    meeting: str


@dataclass(frozen=True)
class Problem:
    """A problem in a line, for readers; line 0 is the file as a whole."""

    line: int
    message: str


def read(file) -> tuple[list[Result], list[Problem]]:
    """The results in an uploaded spreadsheet, and its problems."""
    try:
        rows = list(read_sheet(file, file.name, LIMITS))
    except ValidationError as error:
        return [], [Problem(0, message) for message in error.messages]
    if not rows:
        return [], [Problem(0, _("The sheet is empty."))]
    columns = find_columns(rows[0], _heading_variants())
    missing = [result_headings()[name] for name in REQUIRED if name not in columns]
    if missing:
        return [], [Problem(rows[0].number, _("These columns are missing: %(columns)s.") % {
            "columns": ", ".join(missing)})]
    results, problems = [], []
    for row in rows[1:]:
        cells = {name: row[place] for name, place in columns.items()}
        if not cells["result"].text:
            continue
        result, errors = _read_row(row.number, cells)
        problems += [Problem(row.number, message) for message in errors]
        if result:
            results.append(result)
    if not results and not problems:
        problems.append(Problem(0, _("No row has a result.")))
    return results, problems


def check(draft, results) -> list[Problem]:
    """The problems of applying ``results`` to the current draft."""
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
        adds_paragraph = row.kind == "accept" and amendment.change == Contribution.Change.ADD
        outcome = (row.kind, normalise_wording(row.wording)) if row.kind == "merge" else row.line
        other = reworded.get(amendment.paragraph_id)
        if not adds_paragraph:
            if other and other[1] != outcome:
                problems.append(Problem(row.line, _(
                    "Line %(line)s gives this paragraph other words already."
                ) % {"line": other[0]}))
            reworded.setdefault(amendment.paragraph_id, (row.line, outcome))
    return problems


def apply(draft, results, user) -> int:
    """Record the decisions of ``results``; returns their number.

    Rows that merge into the same wording of a paragraph, or are rejected for the same reason, are
    one decision. Raises ValidationError without applying anything if an amendment was decided
    meanwhile.
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
            ruling = Ruling(user, first.reason, first.meeting, read_date(first.date))
            selected = [amendments[row.proposal] for row in rows]
            if first.kind == "accept":
                decisions.accept(draft, selected[0], ruling)
            elif first.kind == "merge":
                decisions.merge(draft, selected, first.wording, ruling)
            else:
                decisions.reject(draft, selected, ruling)
    return len(groups)


def serialise(results) -> list[dict]:
    """The results as JSON values, to pass them from the preview to the confirmation."""
    return [asdict(row) for row in results]


def deserialise(rows) -> list[Result]:
    return [Result(**row) for row in rows]


# Reading


def _heading_variants() -> dict[str, list[str]]:
    """The columns of the sheet: name → its headings in every language."""
    names = {}
    for language in ("th", "en"):
        with override(language):
            for name, heading in result_headings().items():
                names.setdefault(name, []).append(heading)
    return names


def _read_row(number, cells: dict[str, Cell]) -> tuple[Result | None, list[str]]:
    """The result in a row, or None and its problems."""
    texts = {name: cell.text for name, cell in cells.items()}
    errors = []
    proposal = to_arabic(texts["proposal"]).removesuffix(".0")
    if not proposal.isascii() or not proposal.isdecimal() or len(proposal) > 15:
        errors.append(_("“%(value)s” is not the number of a proposal.") % {"value": proposal[:40]})
    kind = _kind(texts["result"])
    if kind is None:
        errors.append(_("The result “%(value)s” is none of: %(known)s.") % {
            "value": texts["result"][:40], "known": ", ".join(result_labels().values())})
    reason, wording = texts["reason"], normalise_wording(texts["wording"])
    if not reason:
        errors.append(_("The reason is missing."))
    if kind == "merge" and not wording:
        errors.append(_("The wording that comes of the merge is missing."))
    day = _day(cells["date"], errors)
    if day and day > timezone.localdate():
        errors.append(_("The date %(value)s has not come yet.") % {"value": thai_date(day)})
    if errors:
        return None, errors
    return Result(
        number, int(proposal), kind, reason[:4000], wording[:4000], day.isoformat(),
        texts["meeting"][:200],
    ), []


def _kind(text) -> str | None:
    """The kind of decision that ``text`` names in any language."""
    text = text.casefold()
    for language in ("th", "en"):
        with override(language):
            for kind, label in result_labels().items():
                if text in (kind, label.casefold()):
                    return kind
    return None


def _day(cell: Cell, errors) -> date | None:
    """The date in a cell; None when there is none, with the explanation added to ``errors``."""
    try:
        return read_date(cell.value if cell.is_date else cell.text)
    except NotADate as refused:
        errors.append(explanation(refused))
        return None
