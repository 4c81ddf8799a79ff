"""Cells of the ledger: the status and the records of a clause at a party, as of a day."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Max
from django.urls import reverse
from django.utils import timezone

from policy.ledger.rules import ClauseStatus
from policy.models import (
    Clause,
    ClauseReport,
    Party,
    ResolutionPage,
    StatusPeriod,
    Verification,
)


@dataclass
class ClausePartyStatus:
    """One cell of the ledger: a clause at a party, as of ``day``."""

    clause: Clause
    party: Party
    is_named: bool  # whether the clause names the party as responsible
    status: ClauseStatus
    since: date
    day: date
    last_report: date | None = None
    report_count: int = 0
    # With records only, newest first. ``verifications`` are those that are about no report.
    reports: list[ClauseReport] = field(default_factory=list)
    verifications: list[Verification] = field(default_factory=list)

    @property
    def silent_days(self) -> int | None:
        """Days since the last report, else since the adoption; None when verified."""
        if self.status == ClauseStatus.VERIFIED:
            return None
        return (self.day - (self.last_report or self.clause.page.adopted_on)).days

    @property
    def overdue_days(self) -> int | None:
        """Days past the due date without evidence; None when not overdue."""
        if self.status != ClauseStatus.OVERDUE or not self.clause.due:
            return None
        return (self.day - self.clause.due).days

    @property
    def url(self) -> str:
        return cell_url(self.clause.translation_key, self.party)


def cell_url(clause_key, party) -> str:
    """The address of a cell's history, in the active language."""
    return reverse("follow_up_cell", args=[clause_key, party.slug])


def with_status(clauses, day=None, with_records=False) -> list[Clause]:
    """The same ``clauses``, with their status as of ``day``, by default today.

    Sets on each clause ``status``, ``since``, ``cells`` (a list of ``ClausePartyStatus``),
    ``named_count`` and ``answered_count`` (of the named parties, how many have reported). A clause
    that is not published yet has cells for its parties, without reports.

    Three queries for any number of clauses; ``with_records`` takes two more and fills the reports
    and verifications of each cell.
    """
    day = day or timezone.localdate()
    keys = [clause.translation_key for clause in clauses]
    periods = defaultdict(list)
    for period in StatusPeriod.objects.on(day).filter(clause_key__in=keys):
        periods[period.clause_key].append(period)
    parties = Party.objects.in_bulk(
        {p.party_id for found in periods.values() for p in found if p.party_id}
    )
    summaries = _report_summaries(keys, day)
    for clause in clauses:
        clause.status, clause.since, clause.cells = ClauseStatus.NO_REPORT, None, []
        for period in periods[clause.translation_key]:
            status = ClauseStatus(period.status)
            if period.party_id is None:
                clause.status, clause.since = status, period.since
                continue
            last, count = summaries.get((clause.translation_key, period.party_id), (None, 0))
            clause.cells.append(ClausePartyStatus(
                clause, parties[period.party_id], period.is_named, status, period.since, day,
                last, count,
            ))
        clause.cells.sort(key=lambda cell: (not cell.is_named, cell.party.name_th, cell.party.pk))
        if not periods[clause.translation_key]:
            clause.cells = [
                ClausePartyStatus(clause, party, True, ClauseStatus.NO_REPORT, day, day)
                for party in clause.parties.all()
            ]
        clause.answered_count = sum(bool(c.report_count) for c in clause.cells if c.is_named)
        clause.named_count = sum(c.is_named for c in clause.cells)
    if with_records:
        _add_records(clauses, keys)
    return clauses


def with_clauses(resolutions) -> list[ResolutionPage]:
    """The same ``resolutions``, each with ``clauses_with_status``, in a fixed number of queries."""
    clauses = with_status(list(
        Clause.objects.filter(page__in=resolutions).select_related("page")
        .order_by("sort_order", "pk")
    ))
    for resolution in resolutions:
        resolution.clauses_with_status = [c for c in clauses if c.page_id == resolution.pk]
    return resolutions


def _report_summaries(keys, day) -> dict:
    """(clause key, party's primary key) → (date of the last valid report, number of reports)."""
    rows = (
        ClauseReport.objects.valid_on(day)
        .filter(clause_key__in=keys)
        .order_by()
        .values_list("clause_key", "party_id")
        .annotate(Max("reported_on"), Count("pk"))
    )
    return {(key, party): (last, count) for key, party, last, count in rows}


def _add_records(clauses, keys) -> None:
    """Set the reports of each cell, each with ``all_verifications``, and its verifications.

    Withdrawn records are included; records with a date in the future are not.
    """
    today = timezone.localdate()
    verifications = defaultdict(list)
    for verification in Verification.objects.filter(
        clause_key__in=keys, observed_on__lte=today
    ).select_related("withdrawal"):
        about = verification.report_id or (verification.clause_key, verification.party_id)
        verifications[about].append(verification)
    reports = defaultdict(list)
    for report in ClauseReport.objects.filter(
        clause_key__in=keys, reported_on__lte=today
    ).select_related("withdrawal"):
        report.all_verifications = verifications[report.pk]
        reports[report.clause_key, report.party_id].append(report)
    for clause in clauses:
        for cell in clause.cells:
            key = clause.translation_key, cell.party.pk
            cell.reports, cell.verifications = reports[key], verifications[key]
