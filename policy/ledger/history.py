"""The history of one cell: what was said, seen and taken back, and what its status was."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hub.email.sending import absolute
from policy.ledger.clause_party_status import Cell, with_status
from policy.ledger.rules import ClauseStatus
from policy.models import StatusPeriod

COLUMNS = ["date", "what", "status", "by", "text", "evidence", "figure", "address", "file",
           "withdrawn_on", "withdrawn_because"]
WORDS = {
    "adopted": _("The clause was adopted"),
    "due": _("The due date"),
    "status": _("Status from this day on"),
    "report": _("The party reported"),
    "verification": _("The community looked"),
    "withdrawal": _("Withdrawn"),
}
# Of one day: what happened stands before the status that follows from it.
ORDER = {name: number for number, name in enumerate(
    ["adopted", "report", "verification", "withdrawal", "due", "status"]
)}


@dataclass(frozen=True)
class Event:
    """Something on one day; ``record`` is a report, a verification, a withdrawal or a status."""

    on: date
    what: str
    record: object = None

    @property
    def words(self):
        return WORDS[self.what]


def cell_of(clause, party) -> Cell | None:
    """The cell with its records as of today; None where the clause has nothing to do with it."""
    followed = with_status([clause], with_records=True)[0]
    return next((cell for cell in followed.cells if cell.party == party), None)


def events_of(cell) -> list[Event]:
    """Everything up to today, the newest first."""
    clause, today = cell.clause, timezone.localdate()
    events = [Event(clause.page.adopted_on, "adopted")]
    if clause.due:
        events.append(Event(clause.due, "due"))
    for stretch in StatusPeriod.objects.filter(
        clause_key=clause.translation_key, party=cell.party
    ):
        events.append(Event(stretch.since, "status", ClauseStatus(stretch.status)))
    for report in cell.reports:
        events.append(Event(report.reported_on, "report", report))
    for verification in verifications_of(cell):
        events.append(Event(verification.seen_on, "verification", verification))
    for record in [*cell.reports, *verifications_of(cell)]:
        if record.withdrawn:
            events.append(Event(record.withdrawn.withdrawn_on, "withdrawal", record.withdrawn))
    events = [event for event in events if event.on <= today]
    return sorted(events, key=lambda event: (event.on, ORDER[event.what]), reverse=True)


def verifications_of(cell) -> list:
    """All verifications of the cell: of its reports, and of none."""
    return [seen for report in cell.reports for seen in report.seen] + cell.seen


def rows(cell) -> Iterator[dict]:
    """The events for spreadsheets and programs; a file that is not for the public is not named."""
    for event in events_of(cell):
        values = {"date": event.on, "what": event.what}
        record = event.record
        if event.what == "status":
            values["status"] = record.value
        elif event.what == "withdrawal":
            values |= {"by": record.by_name, "text": record.reason}
        elif event.what in ("report", "verification"):
            values |= {
                "by": getattr(record, "verifier_name", "") or cell.party.name,
                "text": getattr(record, "claim", "") or record.seen,
                "status": getattr(record, "finding", ""),
                "evidence": getattr(record, "evidence", ""),
                "address": record.evidence_url,
                "file": absolute(record.file_url) if record.file_is_public else "",
            }
            if getattr(record, "figure", None) is not None:
                values["figure"] = f"{record.figure_words} {record.figure_how}".strip()
            if record.withdrawn:
                values |= {"withdrawn_on": record.withdrawn.withdrawn_on,
                           "withdrawn_because": record.withdrawn.reason}
        yield {name: values.get(name) for name in COLUMNS}
