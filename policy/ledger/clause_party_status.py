"""Cells of the ledger: the status and the records of a clause at a party, as of a day."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Max, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from policy.ledger.rules import ClauseStatus, Extent
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
    extent: str = ""  # a value of ``Extent``; empty where nobody has said anything
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
    def extent_label(self) -> str:
        return extent_label(self.extent)

    @property
    def url(self) -> str:
        return cell_url(self.clause.translation_key, self.party)


def extent_label(extent) -> str:
    """How far a clause is, for readers; empty where nobody has said anything."""
    return str(Extent(extent).label) if extent else ""


def cell_url(clause_key, party) -> str:
    """The address of a cell's history, in the active language."""
    return reverse("follow_up_cell", args=[clause_key, party.slug])


def with_status(clauses, day=None, with_records=False) -> list[Clause]:
    """The same ``clauses``, with their status as of ``day``, by default today.

    Sets on each clause ``status``, ``since``, ``cells`` (a list of ``ClausePartyStatus``),
    ``named_count`` and ``answered_count`` (of the named parties, how many have reported). A clause
    that is not published yet has cells for its parties, without reports.

    Two queries for any number of clauses; ``with_records`` takes one more and fills the reports
    and verifications of each cell.
    """
    day = day or timezone.localdate()
    keys = [clause.translation_key for clause in clauses]
    periods = defaultdict(list)
    found = StatusPeriod.objects.on(day).filter(clause_key__in=keys)
    for period in found.select_related("party__organisation"):
        periods[period.clause_key].append(period)
    reports = _reports(keys) if with_records else {}
    summaries = _summaries_of(reports, day) if with_records else _report_summaries(keys, day)
    for clause in clauses:
        clause.status, clause.since, clause.cells = ClauseStatus.NO_REPORT, None, []
        clause.extent = ""
        for period in periods[clause.translation_key]:
            status = ClauseStatus(period.status)
            if period.party_id is None:
                clause.status, clause.since = status, period.since
                clause.extent = period.extent
                continue
            last, count = summaries.get((clause.translation_key, period.party_id), (None, 0))
            clause.cells.append(ClausePartyStatus(
                clause, period.party, period.is_named, status, period.since, day,
                last, count, period.extent,
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
        _add_records(clauses, keys, reports)
    return clauses


def with_clauses(resolutions) -> list[ResolutionPage]:
    """The same ``resolutions``, each with ``clauses_with_status``: with the status of each clause
    as a whole today, in one query."""
    pages = {resolution.pk: resolution for resolution in resolutions}
    whole = StatusPeriod.objects.on(timezone.localdate()).filter(
        party=None, clause_key=OuterRef("translation_key"))
    clauses = Clause.objects.filter(page__in=pages).annotate(
        status=Subquery(whole.values("status")[:1]))
    for resolution in resolutions:
        resolution.clauses_with_status = []
    for clause in clauses.order_by("sort_order", "pk") if pages else []:
        clause.status = ClauseStatus(clause.status or ClauseStatus.NO_REPORT)
        pages[clause.page_id].clauses_with_status.append(clause)
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


def _reports(keys) -> dict:
    """(clause key, party's primary key) → all reports, withdrawn ones too."""
    reports = defaultdict(list)
    for report in ClauseReport.objects.filter(clause_key__in=keys).select_related("withdrawal"):
        reports[report.clause_key, report.party_id].append(report)
    return reports


def _summaries_of(reports, day) -> dict:
    """As ``_report_summaries``, of ``reports`` that are read already."""
    summaries = {}
    for key, found in reports.items():
        if valid := [report.reported_on for report in found if report.counts_on(day)]:
            summaries[key] = max(valid), len(valid)
    return summaries


def _add_records(clauses, keys, reports) -> None:
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
    for report in (report for found in reports.values() for report in found):
        report.all_verifications = verifications[report.pk]
    for clause in clauses:
        for cell in clause.cells:
            key = clause.translation_key, cell.party.pk
            cell.reports = [r for r in reports.get(key, ()) if r.reported_on <= today]
            cell.verifications = verifications[key]
            seen = [v for report in cell.reports for v in report.all_verifications]
            for record in (*cell.reports, *seen, *cell.verifications):
                record.clause_target = (clause.target, clause.target_unit)
