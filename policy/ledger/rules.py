"""What became of a clause, from dated evidence: the rules of docs/decisions/0011-ledger.md.

Pure functions on plain records: nothing here asks the database or the clock. A *cell* is one
clause and one party; its evidence is what the party reported and what the community saw.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

ONE_DAY = timedelta(days=1)
FOR_GOOD = date.max  # the end of a stretch that nothing known so far will end


class ClauseStatus(TextChoices):
    """What became of a clause; computed from dated evidence, never typed."""

    NO_REPORT = "no_report", _("No report yet")
    REPORTED = "reported", _("Reported")
    EVIDENCED = "evidenced", _("Reported with evidence")
    VERIFIED = "verified", _("Verified by the community")
    CONTRADICTED = "contradicted", _("Contradicted by the community")
    OVERDUE = "overdue", _("Overdue without evidence")


WORST_FIRST = [
    ClauseStatus.CONTRADICTED, ClauseStatus.OVERDUE, ClauseStatus.NO_REPORT,
    ClauseStatus.REPORTED, ClauseStatus.EVIDENCED, ClauseStatus.VERIFIED,
]


@dataclass(frozen=True)
class Dated:
    """Something that counts from its day until the day it was withdrawn, that day excluded."""

    on: date
    withdrawn_on: date | None = None

    def counts_on(self, day) -> bool:
        return self.on <= day and (self.withdrawn_on is None or day < self.withdrawn_on)

    @property
    def days(self) -> list[date]:
        """The days on which it begins and ceases to count."""
        return [self.on] + ([self.withdrawn_on] if self.withdrawn_on else [])


@dataclass(frozen=True)
class Report(Dated):
    """What a party said; ``key`` is what findings call it by."""

    key: Hashable = None
    has_evidence: bool = False


@dataclass(frozen=True)
class Finding(Dated):
    """What the community saw: of the report with the key ``report``, or of the cell as it is."""

    confirmed: bool = True
    report: Hashable = None


@dataclass(frozen=True)
class Evidence:
    """All that is known about one cell."""

    reports: tuple[Report, ...] = ()
    findings: tuple[Finding, ...] = ()

    def reports_on(self, day) -> list[Report]:
        return [report for report in self.reports if report.counts_on(day)]

    def findings_on(self, day) -> list[Finding]:
        """Findings that count: one about a report counts only while the report does."""
        keys = {report.key for report in self.reports_on(day)}
        return [
            finding for finding in self.findings
            if finding.counts_on(day) and (finding.report is None or finding.report in keys)
        ]


def status_on(day, due, evidence) -> ClauseStatus:
    """The status of a cell on ``day``; ``due`` may be None."""
    reports, findings = evidence.reports_on(day), evidence.findings_on(day)
    if findings:
        newest = max(finding.on for finding in findings)
        # One doubt among the findings of that day is enough.
        if all(finding.confirmed for finding in findings if finding.on == newest):
            return ClauseStatus.VERIFIED
        if reports:
            return ClauseStatus.CONTRADICTED
        # Nothing is claimed, so there is nothing to contradict: it was simply not done.
    if any(report.has_evidence for report in reports):
        return ClauseStatus.EVIDENCED
    if due is not None and due < day:
        return ClauseStatus.OVERDUE
    return ClauseStatus.REPORTED if reports else ClauseStatus.NO_REPORT


def clause_status_on(day, due, named, others=()) -> ClauseStatus:
    """The status of a whole clause on ``day``: as far as the slowest of those it names.

    ``named`` is the evidence of each responsible party, ``others`` that of parties the clause does
    not name: they count only where it names nobody, and only once they have spoken.
    """
    if not named:
        named = [e for e in others if e.reports_on(day) or e.findings_on(day)] or [Evidence()]
    return worst(status_on(day, due, evidence) for evidence in named)


def worst(statuses: Iterable[ClauseStatus]) -> ClauseStatus:
    return min(statuses, key=WORST_FIRST.index)


def silent_since(day, adopted, evidence) -> date | None:
    """Since when a party has said nothing; None where nothing more is owed or due to be said.

    From its last report that stands; from the adoption when there is none.
    """
    if adopted > day or status_on(day, None, evidence) == ClauseStatus.VERIFIED:
        return None
    return max([report.on for report in evidence.reports_on(day)], default=adopted)


@dataclass(frozen=True)
class Stretch:
    """A status held from the day ``since`` up to the day ``until``, that day excluded."""

    status: ClauseStatus
    since: date
    until: date = FOR_GOOD


def timeline(adopted, due, evidence) -> list[Stretch]:
    """Every status that a cell has from its adoption on, also those that only time will bring."""
    return _stretches(
        _days(adopted, due, [evidence]), lambda day: status_on(day, due, evidence)
    )


def clause_timeline(adopted, due, named, others=()) -> list[Stretch]:
    """As ``timeline``, of a whole clause."""
    return _stretches(
        _days(adopted, due, [*named, *others]),
        lambda day: clause_status_on(day, due, named, others),
    )


def _days(adopted, due, evidences) -> list[date]:
    """The days on which something may change, in order, the first being the adoption."""
    found = {adopted}
    if due is not None and due < FOR_GOOD:
        found.add(due + ONE_DAY)
    for evidence in evidences:
        for dated in (*evidence.reports, *evidence.findings):
            found.update(dated.days)
    return sorted(day for day in found if day >= adopted)


def _stretches(days, status_of) -> list[Stretch]:
    changes = []
    for day in days:
        status = status_of(day)
        if not changes or changes[-1][1] != status:
            changes.append((day, status))
    ends = [day for day, _status in changes[1:]] + [FOR_GOOD]
    return [
        Stretch(status, since, until)
        for (since, status), until in zip(changes, ends, strict=True)
    ]
