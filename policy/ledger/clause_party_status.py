"""Cells as readers see them: one clause and one party, with status, silence and records."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Max
from django.urls import reverse
from django.utils import timezone

from policy.ledger.rules import ClauseStatus
from policy.models import ClauseReport, Party, StatusPeriod, Verification


@dataclass
class Cell:
    """What became of one clause at one party, as of a day."""

    clause: object
    party: Party
    is_named: bool  # whether the clause names the party as responsible
    status: ClauseStatus
    since: date
    day: date
    last_report: date | None = None
    reports_made: int = 0
    reports: list[ClauseReport] = field(default_factory=list)  # newest first, where asked for
    seen: list[Verification] = field(default_factory=list)  # of the cell itself, newest first

    @property
    def silent_days(self) -> int | None:
        """Days since the party last said something, else since the adoption; None when verified."""
        if self.status == ClauseStatus.VERIFIED:
            return None
        return (self.day - (self.last_report or self.clause.page.adopted_on)).days

    @property
    def overdue_days(self) -> int | None:
        """Days past the due date while there is no evidence, else None."""
        if self.status != ClauseStatus.OVERDUE or not self.clause.due:
            return None
        return (self.day - self.clause.due).days

    @property
    def url(self) -> str:
        return cell_url(self.clause.translation_key, self.party)


def cell_url(key, party) -> str:
    """The address of the history of a cell, in the reader's language."""
    return reverse("follow_up_cell", args=[key, party.slug])


def with_status(clauses, day=None, with_records=False) -> list:
    """The same ``clauses``, each with ``status``, ``since`` and ``cells`` as of ``day`` (today).

    Three queries for any number of clauses; ``with_records`` two more, and each cell has what was
    reported and seen. A clause that is not published yet has parties and no evidence.
    """
    day = day or timezone.localdate()
    keys = [clause.translation_key for clause in clauses]
    stretches = defaultdict(list)
    for stretch in StatusPeriod.objects.on(day).filter(clause_key__in=keys):
        stretches[stretch.clause_key].append(stretch)
    parties = Party.objects.in_bulk(
        {s.party_id for found in stretches.values() for s in found if s.party_id}
    )
    spoken = _spoken(keys, day)
    for clause in clauses:
        clause.status, clause.since, clause.cells = ClauseStatus.NO_REPORT, None, []
        for stretch in stretches[clause.translation_key]:
            status = ClauseStatus(stretch.status)
            if stretch.party_id is None:
                clause.status, clause.since = status, stretch.since
                continue
            last, made = spoken.get((clause.translation_key, stretch.party_id), (None, 0))
            clause.cells.append(Cell(
                clause, parties[stretch.party_id], stretch.is_named, status, stretch.since, day,
                last, made,
            ))
        clause.cells.sort(key=lambda cell: (not cell.is_named, cell.party.name_th, cell.party.pk))
        if not stretches[clause.translation_key]:
            clause.cells = [
                Cell(clause, party, True, ClauseStatus.NO_REPORT, day, day)
                for party in clause.parties.all()
            ]
        clause.answered = sum(bool(c.reports_made) for c in clause.cells if c.is_named)
        clause.named = sum(c.is_named for c in clause.cells)
    if with_records:
        _add_records(clauses, keys)
    return clauses


def _spoken(keys, day) -> dict:
    """(clause key, party's primary key) → (date of the last report that stands, how many)."""
    rows = (
        ClauseReport.objects.standing_on(day)
        .filter(clause_key__in=keys)
        .order_by()
        .values_list("clause_key", "party_id")
        .annotate(Max("reported_on"), Count("pk"))
    )
    return {(key, party): (last, made) for key, party, last, made in rows}


def _add_records(clauses, keys) -> None:
    """Give each cell its reports with their verifications, and those that are about no report.

    What is withdrawn is among them, marked; what is dated in the future is not.
    """
    today = timezone.localdate()
    seen = defaultdict(list)
    verifications = Verification.objects.filter(clause_key__in=keys, seen_on__lte=today)
    for verification in verifications.select_related("withdrawal"):
        about = verification.report_id or (verification.clause_key, verification.party_id)
        seen[about].append(verification)
    reports = defaultdict(list)
    made = ClauseReport.objects.filter(clause_key__in=keys, reported_on__lte=today)
    for report in made.select_related("withdrawal"):
        report.seen = seen[report.pk]
        reports[report.clause_key, report.party_id].append(report)
    for clause in clauses:
        for cell in clause.cells:
            where = clause.translation_key, cell.party.pk
            cell.reports, cell.seen = reports[where], seen[where]
