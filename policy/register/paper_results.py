"""Results of a meeting held on paper, typed into a spreadsheet: read, checked row by row, applied.

All or nothing: while one row has an error, none is applied. Rows without a result are left alone.
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
from policy.models.draft import normal
from policy.register import rows as register

LIMITS = Limits(rows=2000, bytes=2 * MEGABYTE)
NEEDED = ["proposal", "result", "wording", "reason", "date", "meeting"]


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
        rows = list(read_sheet(file, file.name, LIMITS))
    except ValidationError as error:
        return [], [Problem(0, message) for message in error.messages]
    if not rows:
        return [], [Problem(0, _("The sheet is empty."))]
    columns = find_columns(rows[0], _names())
    missing = [register.headings()[name] for name in NEEDED if name not in columns]
    if missing:
        return [], [Problem(rows[0].number, _("These columns are missing: %(columns)s.") % {
            "columns": ", ".join(missing)})]
    results, problems = [], []
    for row in rows[1:]:
        cells = {name: row[place] for name, place in columns.items()}
        if not cells["result"].text:
            continue
        made, wrong = _result(row.number, cells)
        problems += [Problem(row.number, message) for message in wrong]
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
        same = (row.kind, normal(row.wording)) if row.kind == "merge" else row.line
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
            ruling = Ruling(user, first.reason, first.meeting, read_date(first.date))
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


def _names() -> dict[str, list[str]]:
    """The columns of the sheet: name → its headings in every language."""
    names = {}
    for language in ("th", "en"):
        with override(language):
            for name, heading in register.headings().items():
                names.setdefault(name, []).append(heading)
    return names


def _result(number, cells: dict[str, Cell]) -> tuple[Result | None, list[str]]:
    said = {name: cell.text for name, cell in cells.items()}
    wrong = []
    proposal = to_arabic(said["proposal"]).removesuffix(".0")
    if not proposal.isascii() or not proposal.isdecimal() or len(proposal) > 15:
        wrong.append(_("“%(value)s” is not the number of a proposal.") % {"value": proposal[:40]})
    kind = _kind(said["result"])
    if kind is None:
        wrong.append(_("The result “%(value)s” is none of: %(known)s.") % {
            "value": said["result"][:40], "known": ", ".join(register.results().values())})
    reason, wording = said["reason"], normal(said["wording"])
    if not reason:
        wrong.append(_("The reason is missing."))
    if kind == "merge" and not wording:
        wrong.append(_("The wording that comes of the merge is missing."))
    day = _day(cells["date"], wrong)
    if day and day > timezone.localdate():
        wrong.append(_("The date %(value)s has not come yet.") % {"value": thai_date(day)})
    if wrong:
        return None, wrong
    return Result(
        number, int(proposal), kind, reason[:4000], wording[:4000], day.isoformat(),
        said["meeting"][:200],
    ), []


def _kind(text) -> str | None:
    said = text.casefold()
    for language in ("th", "en"):
        with override(language):
            for kind, word in register.results().items():
                if said in (kind, word.casefold()):
                    return kind
    return None


def _day(cell: Cell, wrong) -> date | None:
    """The day that a cell says, a date or words; None and a problem reported when it says none."""
    try:
        return read_date(cell.value if cell.is_date else cell.text)
    except NotADate as refused:
        wrong.append(explanation(refused))
        return None
