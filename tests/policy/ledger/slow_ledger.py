"""A slow reference implementation of the rules of the ledger, written independently.

It processes the events day by day, keeps the current reports and findings in dictionaries, and
derives the status at the end of each day, without periods or sorted lists of evidence.
"""

from datetime import timedelta


class DailyLedger:
    """One cell. ``events`` are (day, what, key, detail), in any order within a day."""

    def __init__(self, due, events):
        self.due = due
        self.by_day = {}
        for day, what, key, detail in events:
            self.by_day.setdefault(day, []).append((what, key, detail))
        self.reports = {}  # key → whether it has evidence
        self.findings = {}  # key → (day, confirmed, key of the report or None)
        self.withdrawn = set()

    def process(self, day):
        for what, key, detail in self.by_day.get(day, []):
            if what == "report":
                self.reports[key] = detail
            elif what == "finding":
                self.findings[key] = (day, *detail)
            else:
                self.withdrawn.add((what.removeprefix("withdrawn "), key))

    def status(self, today):
        reports = {
            key: has_evidence for key, has_evidence in self.reports.items()
            if ("report", key) not in self.withdrawn
        }
        confirmed, newest_day = None, None
        for key in sorted(self.findings):
            day, is_confirmed, about = self.findings[key]
            if ("finding", key) in self.withdrawn or not (about is None or about in reports):
                continue
            if newest_day is None or day > newest_day:
                confirmed, newest_day = is_confirmed, day
            elif day == newest_day and not is_confirmed:
                confirmed = False
        if confirmed is True:
            return "verified"
        if confirmed is False and reports:
            return "contradicted"
        if True in reports.values():
            return "evidenced"
        if self.due and (today - self.due) >= timedelta(days=1):
            return "overdue"
        return "reported" if reports else "no_report"

    def has_evidence(self):
        reports = {k for k in self.reports if ("report", k) not in self.withdrawn}
        findings = [
            about for key, (_day, _confirmed, about) in self.findings.items()
            if ("finding", key) not in self.withdrawn
        ]
        return bool(reports) or any(about is None or about in reports for about in findings)


def diary(due, events, first, last):
    """[(day, status)] of every day of one cell from ``first`` to ``last``."""
    ledger = DailyLedger(due, events)
    found, day = [], min([first, *(event[0] for event in events)])
    while day <= last:
        ledger.process(day)
        if day >= first:
            found.append((day, ledger.status(day)))
        day += timedelta(days=1)
    return found


BAD_TO_GOOD = "contradicted overdue no_report reported evidenced verified".split()


def clause_diary(due, named, others, first, last):
    """[(day, status)] of a whole clause; ``named`` and ``others`` are events of each party."""
    ledgers = [
        *((DailyLedger(due, events), True) for events in named),
        *((DailyLedger(due, events), False) for events in others),
    ]
    starts = [event[0] for events in [*named, *others] for event in events]
    found, day = [], min([first, *starts])
    while day <= last:
        for ledger, _is_named in ledgers:
            ledger.process(day)
        statuses = [
            ledger.status(day) for ledger, is_named in ledgers
            if is_named or (not named and ledger.has_evidence())
        ] or [DailyLedger(due, []).status(day)]
        if day >= first:
            found.append((day, next(s for s in BAD_TO_GOOD if s in statuses)))
        day += timedelta(days=1)
    return found
