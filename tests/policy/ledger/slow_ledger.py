"""A slow reference implementation of the rules of the ledger, written independently.

It processes the events day by day, keeps the current reports and findings in dictionaries, and
derives the status at the end of each day, without periods or sorted lists of evidence.
"""

from datetime import timedelta


class DailyLedger:
    """One cell. ``events`` are (day, what, key, detail), in any order within a day."""

    def __init__(self, events):
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

    def status(self, today, due):
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
        if due and (today - due) >= timedelta(days=1):
            return "overdue"
        return "reported" if reports else "no_report"

    def has_evidence(self):
        reports = {k for k in self.reports if ("report", k) not in self.withdrawn}
        findings = [
            about for key, (_day, _confirmed, about) in self.findings.items()
            if ("finding", key) not in self.withdrawn
        ]
        return bool(reports) or any(about is None or about in reports for about in findings)


class DailyTerms:
    """What the clause asks: ``changes`` are (day, due, parties), in order; the first is in force
    from the beginning."""

    def __init__(self, changes):
        self.changes = list(changes)
        _day, self.due, self.parties = self.changes.pop(0)

    def process(self, day):
        while self.changes and self.changes[0][0] <= day:
            _day, self.due, self.parties = self.changes.pop(0)


def diary(terms, party, events, first, last):
    """[(day, status, whether named)] of each day of one cell from ``first`` to ``last``.

    A party without events has no cell before it is named, unless it never is.
    """
    ledger, asked = DailyLedger(events), DailyTerms(terms)
    found, day = [], min([first, *(event[0] for event in events)])
    has_cell = bool(events) or not any(party in parties for _day, _due, parties in terms)
    while day <= last:
        ledger.process(day)
        asked.process(day)
        has_cell = has_cell or party in asked.parties
        if day >= first and has_cell:
            found.append((day, ledger.status(day, asked.due), party in asked.parties))
        day += timedelta(days=1)
    return found


BAD_TO_GOOD = "contradicted overdue no_report reported evidenced verified".split()


def clause_diary(terms, events_of, first, last):
    """[(day, status)] of a whole clause; ``events_of`` are the events of each party."""
    ledgers = {party: DailyLedger(events) for party, events in events_of.items()}
    asked = DailyTerms(terms)
    starts = [event[0] for events in events_of.values() for event in events]
    found, day = [], min([first, *starts])
    while day <= last:
        asked.process(day)
        for ledger in ledgers.values():
            ledger.process(day)
        counted = [ledgers.get(party, DailyLedger([])) for party in asked.parties]
        if not asked.parties:
            counted = [each for each in ledgers.values() if each.has_evidence()]
        statuses = [each.status(day, asked.due) for each in counted or [DailyLedger([])]]
        if day >= first:
            found.append((day, next(s for s in BAD_TO_GOOD if s in statuses)))
        day += timedelta(days=1)
    return found
