"""What is said of each file that was brought in, with what came of reading it since."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from hub.files.document_text import text_status_of

OUTCOMES = {
    "taken": lambda: _("Taken"), "warned": lambda: _("Taken, with a warning"),
    "same": lambda: _("Already there"), "refused": lambda: _("Not taken"),
    "left_out": lambda: _("Left out"),
}


@dataclass(frozen=True)
class Line:
    path: str
    outcome: str
    said: list
    session: str
    document: int | None
    is_waiting: bool

    @property
    def label(self) -> str:
        return OUTCOMES[self.outcome]()


def lines(rows) -> list[Line]:
    """``rows`` of ``taking`` as they are to be shown now."""
    readings = text_status_of(row["document"] for row in rows if row["document"])
    found = []
    for row in rows:
        said, outcome = list(row["said"]), row["outcome"]
        reading = readings.get(row["document"])
        if reading and reading.problem:
            said.append(f"{reading.problem}. " + (
                _("It reads: %(sample)s") % {"sample": reading.sample[:120]}
                if reading.sample else ""))
        if said and outcome == "taken":
            outcome = "warned"
        is_waiting = bool(reading and reading.is_waiting)
        if is_waiting:
            said.append(_("Its text is still being read."))
        found.append(Line(row["path"], outcome, said, row["session"], row["document"], is_waiting))
    return found


def counts(found) -> list[tuple[str, int]]:
    """(outcome in words, how many), of those that there are."""
    return [(label(), number) for outcome, label in OUTCOMES.items()
            if (number := sum(line.outcome == outcome for line in found))]
