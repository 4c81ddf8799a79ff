"""The report of an import: the outcome for each file, with the state of its text extraction."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from hub.files.document_text import text_status_of

OUTCOMES = {
    "taken": lambda: _("Taken"), "warned": lambda: _("Taken, with a warning"),
    "same": lambda: _("Already there"), "refused": lambda: _("Not taken"),
    "left_out": lambda: _("Left out"),
}


@dataclass(frozen=True)
class ReportLine:
    path: str
    outcome: str
    messages: list[str]
    session: str
    document: int | None
    is_waiting: bool

    @property
    def label(self) -> str:
        return OUTCOMES[self.outcome]()


def lines(rows) -> list[ReportLine]:
    """``rows`` (``ImportRow`` as dicts) as they are shown now."""
    statuses = text_status_of(row["document"] for row in rows if row["document"])
    found = []
    for row in rows:
        messages, outcome = list(row["messages"]), row["outcome"]
        status = statuses.get(row["document"])
        if status and status.problem:
            messages.append(f"{status.problem}. " + (
                _("It reads: %(sample)s") % {"sample": status.sample[:120]}
                if status.sample else ""))
        if messages and outcome == "taken":
            outcome = "warned"
        is_waiting = bool(status and status.is_waiting)
        if is_waiting:
            messages.append(_("Its text is still being read."))
        found.append(ReportLine(
            row["path"], outcome, messages, row["session"], row["document"], is_waiting
        ))
    return found


def counts(report_lines) -> list[tuple[str, int]]:
    """(label of the outcome, number of lines), without zeros."""
    return [(label(), number) for outcome, label in OUTCOMES.items()
            if (number := sum(line.outcome == outcome for line in report_lines))]
