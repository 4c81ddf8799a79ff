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
        self.reports = {}  # key → (day, whether it has evidence, how far)
        self.findings = {}  # key → (day, confirmed, key of the report or None, how far)
        self.withdrawn = set()

    def process(self, day):
        for what, key, detail in self.by_day.get(day, []):
            if what == "report":
                self.reports[key] = (day, *detail)
            elif what == "finding":
                self.findings[key] = (day, *detail)
            else:
                self.withdrawn.add((what.removeprefix("withdrawn "), key))

    def standing(self):
        """The reports and the findings that count, each by key."""
        reports = {
            key: report for key, report in self.reports.items()
            if ("report", key) not in self.withdrawn
        }
        findings = {
            key: finding for key, finding in self.findings.items()
            if ("finding", key) not in self.withdrawn
            and (finding[2] is None or finding[2] in reports)
        }
        return reports, findings

    def extent(self):
        """How far it is: None, or one of HOW_FAR."""
        reports, findings = self.standing()
        said, said_on = None, None
        for day, _evidence, extent in reports.values():
            if said_on is None or day > said_on:
                said, said_on = extent, day
            elif day == said_on and HOW_FAR.index(extent) < HOW_FAR.index(said):
                said = extent
        seen, seen_on, agreed = None, None, True
        for day, is_confirmed, _about, extent in findings.values():
            if seen_on is None or day > seen_on:
                seen, seen_on, agreed = extent, day, is_confirmed
            elif day == seen_on:
                agreed = agreed and is_confirmed
                if HOW_FAR.index(extent) < HOW_FAR.index(seen):
                    seen = extent
        if seen is None:
            return said
        if seen == "done" and agreed:
            return "done"
        if said is not None and said_on > seen_on:
            return said
        return "not_begun" if seen == "done" else seen

    def status(self, today, due):
        reports, findings = self.standing()
        newest_day = max([finding[0] for finding in findings.values()], default=None)
        confirmed, seen_done = None, True
        for day, is_confirmed, _about, extent in findings.values():
            if day == newest_day:
                confirmed = is_confirmed if confirmed is None else confirmed and is_confirmed
                seen_done = seen_done and extent == "done"
        if confirmed is True and seen_done:
            return "verified"
        if confirmed is False and reports:
            return "contradicted"
        far = self.extent()
        if far == "done":
            for _day, has_evidence, extent in reports.values():
                if has_evidence and extent == "done":
                    return "evidenced"
        if due and (today - due) >= timedelta(days=1):
            return "overdue"
        has_evidence = [report for report in reports.values() if report[1]]
        if far != "done" and (confirmed is True or has_evidence):
            return "under_way"
        return "reported" if reports else "no_report"

    def has_evidence(self):
        return any(self.standing())


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
    """[(day, status, whether named, how far)] of each day of one cell from ``first`` to ``last``.

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
            status = ledger.status(day, asked.due)
            found.append((day, status, party in asked.parties, ledger.extent()))
        day += timedelta(days=1)
    return found


HOW_FAR = "not_begun begun partly done".split()
BAD_TO_GOOD = "contradicted overdue no_report reported under_way evidenced verified".split()


def clause_diary(terms, events_of, first, last):
    """[(day, status, how far)] of a whole clause; ``events_of`` are the events of each party."""
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
        extents = [each.extent() for each in counted or [DailyLedger([])]]
        far = None if None in extents else next(e for e in HOW_FAR if e in extents)
        if day >= first:
            found.append((day, next(s for s in BAD_TO_GOOD if s in statuses), far))
        day += timedelta(days=1)
    return found
