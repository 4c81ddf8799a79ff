"""The history of one cell: reports, verifications, withdrawals and status changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hub.email.sending import absolute
from policy.ledger.amendments import amendments_of_clause, due_days_of
from policy.ledger.clause_party_status import ClausePartyStatus, with_status
from policy.ledger.rules import ClauseStatus
from policy.models import StatusPeriod

COLUMNS = ["date", "what", "status", "by", "text", "evidence", "figure", "address", "file",
           "withdrawn_on", "withdrawn_because", "extent"]
LABELS = {
    "adopted": _("The clause was adopted"),
    "due": _("The due date"),
    "milestone": _("Milestone"),
    "amended": _("The resolution was amended"),
    "status": _("Status from this day on"),
    "report": _("The party reported"),
    "verification": _("The community looked"),
    "withdrawal": _("Withdrawn"),
}
# Within a day, records come before the status that follows from them.
ORDER = {name: number for number, name in enumerate(
    ["adopted", "report", "verification", "withdrawal", "due", "milestone", "amended", "status"]
)}


@dataclass(frozen=True)
class Event:
    """An event on one day; ``record`` is a report, a verification, a withdrawal, a status, or an
    ``AmendmentShown`` with what it changed in the clause."""

    on: date
    kind: str  # a key of LABELS
    record: object = None

    @property
    def label(self):
        return LABELS[self.kind]


def cell_of(clause, party) -> ClausePartyStatus | None:
    """The cell with its records as of today; None where the clause has no such cell."""
    clause = with_status([clause], with_records=True)[0]
    return next((cell for cell in clause.cells if cell.party == party), None)


def events_of(cell) -> list[Event]:
    """All events up to today, newest first."""
    clause, today = cell.clause, timezone.localdate()
    events = [Event(clause.page.adopted_on, "adopted")]
    events += [Event(day, "due") for day in due_days_of(clause)]
    events += [Event(milestone.on, "milestone", milestone) for milestone in clause.milestone_list]
    events += [
        Event(shown.amendment.recorded_on, "amended", shown)
        for shown in amendments_of_clause(clause)
    ]
    for period in StatusPeriod.objects.filter(
        clause_key=clause.translation_key, party=cell.party
    ):
        events.append(Event(period.since, "status", ClauseStatus(period.status)))
    for report in cell.reports:
        events.append(Event(report.reported_on, "report", report))
    for verification in verifications_of(cell):
        events.append(Event(verification.observed_on, "verification", verification))
    for record in [*cell.reports, *verifications_of(cell)]:
        if record.withdrawn:
            events.append(Event(record.withdrawn.withdrawn_on, "withdrawal", record.withdrawn))
    events = [event for event in events if event.on <= today]
    return sorted(events, key=lambda event: (event.on, ORDER[event.kind]), reverse=True)


def verifications_of(cell) -> list:
    """All verifications of the cell, whether they are about a report or not."""
    of_reports = [v for report in cell.reports for v in report.all_verifications]
    return of_reports + cell.verifications


def rows(cell) -> Iterator[dict]:
    """The events as rows for exports; private files are left out."""
    for event in events_of(cell):
        values = {"date": event.on, "what": event.kind}
        record = event.record
        if event.kind == "status":
            values["status"] = record.value
        elif event.kind == "milestone":
            values["text"] = record.words
        elif event.kind == "amended":
            values |= {"by": record.amendment.amended_by_name, "text": record.summary}
        elif event.kind == "withdrawal":
            values |= {"by": record.withdrawn_by_name, "text": record.reason}
        elif event.kind in ("report", "verification"):
            values |= {
                "by": getattr(record, "verifier_name", "") or cell.party.name,
                "text": getattr(record, "claim", "") or record.observation,
                "status": getattr(record, "finding", ""), "extent": record.extent,
                "evidence": getattr(record, "evidence", ""),
                "address": record.evidence_url,
                "file": absolute(record.file_url) if record.file_is_public else "",
            }
            if getattr(record, "figure", None) is not None:
                values["figure"] = record.figure_in_words
            if record.withdrawn:
                values |= {"withdrawn_on": record.withdrawn.withdrawn_on,
                           "withdrawn_because": record.withdrawn.reason}
        yield {name: values.get(name) for name in COLUMNS}
