"""The rules of the ledger once more, told as a story: slow, and written another way.

A clerk goes through the days one by one, keeps what was said and seen in books, and looks at the
books at the end of each day. She knows nothing of stretches, newest dates or lists of evidence.
"""

from datetime import timedelta


class Clerk:
    """One cell. ``happenings`` are (day, what, key, detail), as they came in."""

    def __init__(self, due, happenings):
        self.due = due
        self.by_day = {}
        for day, what, key, detail in happenings:
            self.by_day.setdefault(day, []).append((what, key, detail))
        self.claims = {}  # key → whether something is shown
        self.sightings = {}  # key → (day, is so, key of the report or None)
        self.gone = set()

    def live_through(self, day):
        for what, key, detail in self.by_day.get(day, []):
            if what == "report":
                self.claims[key] = detail
            elif what == "finding":
                self.sightings[key] = (day, *detail)
            else:
                self.gone.add((what.removeprefix("no more "), key))

    def verdict(self, today):
        claims = {k: shown for k, shown in self.claims.items() if ("report", k) not in self.gone}
        opinion, opinion_day = None, None
        for key in sorted(self.sightings):
            day, is_so, about = self.sightings[key]
            if ("finding", key) in self.gone or not (about is None or about in claims):
                continue
            if opinion_day is None or day > opinion_day:
                opinion, opinion_day = is_so, day
            elif day == opinion_day and not is_so:
                opinion = False
        if opinion is True:
            return "verified"
        if opinion is False and claims:
            return "contradicted"
        if True in claims.values():
            return "evidenced"
        if self.due and (today - self.due) >= timedelta(days=1):
            return "overdue"
        return "reported" if claims else "no_report"

    def has_spoken(self):
        claims = {k for k in self.claims if ("report", k) not in self.gone}
        seen = [a for k, (_d, _s, a) in self.sightings.items() if ("finding", k) not in self.gone]
        return bool(claims) or any(about is None or about in claims for about in seen)


def diary(due, happenings, first, last):
    """[(day, status)] of every day of one cell from ``first`` to ``last``."""
    clerk = Clerk(due, happenings)
    found, day = [], min([first, *(h[0] for h in happenings)])
    while day <= last:
        clerk.live_through(day)
        if day >= first:
            found.append((day, clerk.verdict(day)))
        day += timedelta(days=1)
    return found


BAD_TO_GOOD = "contradicted overdue no_report reported evidenced verified".split()


def clause_diary(due, named, others, first, last):
    """[(day, status)] of a whole clause; ``named`` and ``others`` are happenings of each party."""
    clerks = [(Clerk(due, h), True) for h in named] + [(Clerk(due, h), False) for h in others]
    starts = [h[0] for happenings in [*named, *others] for h in happenings]
    found, day = [], min([first, *starts])
    while day <= last:
        for clerk, _is_named in clerks:
            clerk.live_through(day)
        verdicts = [
            clerk.verdict(day) for clerk, is_named in clerks
            if is_named or (not named and clerk.has_spoken())
        ] or [Clerk(due, []).verdict(day)]
        if day >= first:
            found.append((day, next(s for s in BAD_TO_GOOD if s in verdicts)))
        day += timedelta(days=1)
    return found
