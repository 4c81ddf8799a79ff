"""The status of clauses, derived from dated evidence: the rules of docs/decisions/0011-ledger.md.

Pure functions on plain records, without database or clock. A *cell* is one clause at one party;
its evidence is the reports of the party and the verifications of the community.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

ONE_DAY = timedelta(days=1)
OPEN_END = date.max  # the end of a period that no known event ends


class ClauseStatus(TextChoices):
    """The status of a clause; always derived from dated evidence."""

    NO_REPORT = "no_report", _("No report yet")
    REPORTED = "reported", _("Reported")
    UNDER_WAY = "under_way", _("Under way")
    EVIDENCED = "evidenced", _("Reported with evidence")
    VERIFIED = "verified", _("Verified by the community")
    CONTRADICTED = "contradicted", _("Contradicted by the community")
    OVERDUE = "overdue", _("Overdue and not done")


WORST_FIRST = [
    ClauseStatus.CONTRADICTED, ClauseStatus.OVERDUE, ClauseStatus.NO_REPORT,
    ClauseStatus.REPORTED, ClauseStatus.UNDER_WAY, ClauseStatus.EVIDENCED, ClauseStatus.VERIFIED,
]

SETTLED = (ClauseStatus.EVIDENCED, ClauseStatus.VERIFIED)  # done: no report is expected


class Extent(TextChoices):
    """How far a clause is, least first, as a report or a finding says."""

    NOT_BEGUN = "not_begun", _("Not begun")
    BEGUN = "begun", _("Begun")
    PARTLY = "partly", _("Done in part")
    DONE = "done", _("Done")


LEAST_FIRST = list(Extent)


def least(extents: Iterable[Extent]) -> Extent:
    return min(extents, key=LEAST_FIRST.index)


@dataclass(frozen=True)
class DatedRecord:
    """A record that counts from its day until the day of its withdrawal, exclusive."""

    on: date
    withdrawn_on: date | None = None

    def counts_on(self, day: date) -> bool:
        return self.on <= day and (self.withdrawn_on is None or day < self.withdrawn_on)

    @property
    def days(self) -> list[date]:
        """The days on which it starts and stops to count."""
        return [self.on] + ([self.withdrawn_on] if self.withdrawn_on else [])


@dataclass(frozen=True)
class Report(DatedRecord):
    """A report of a party; findings refer to it by ``key``.

    What was recorded before it was asked how far a clause is counts as done, as it did then.
    """

    key: Hashable = None
    has_evidence: bool = False
    extent: Extent = Extent.DONE


@dataclass(frozen=True)
class Finding(DatedRecord):
    """A verification: of the report with the key ``report``, or of the cell when that is None."""

    confirmed: bool = True
    report: Hashable = None
    extent: Extent = Extent.DONE


Record = TypeVar("Record", bound=DatedRecord)


@dataclass(frozen=True)
class Evidence:
    """All evidence of one cell."""

    reports: tuple[Report, ...] = ()
    findings: tuple[Finding, ...] = ()

    def reports_on(self, day: date) -> list[Report]:
        return [report for report in self.reports if report.counts_on(day)]

    def findings_on(self, day: date) -> list[Finding]:
        """Findings that count on ``day``; a finding about a report counts only if that does."""
        keys = {report.key for report in self.reports_on(day)}
        return [
            finding for finding in self.findings
            if finding.counts_on(day) and (finding.report is None or finding.report in keys)
        ]


def status_on(day: date, due: date | None, evidence: Evidence) -> ClauseStatus:
    """The status of a cell on ``day``; ``due`` may be None."""
    reports, findings = evidence.reports_on(day), _newest(evidence.findings_on(day))
    # One contradiction among the findings of the newest day is enough.
    is_confirmed = bool(findings) and all(finding.confirmed for finding in findings)
    is_done = extent_on(day, evidence) == Extent.DONE
    if is_confirmed and least(finding.extent for finding in findings) == Extent.DONE:
        return ClauseStatus.VERIFIED
    if findings and not is_confirmed and reports:
        return ClauseStatus.CONTRADICTED
    # Without a report there is nothing to contradict: the clause is not carried out.
    if is_done and any(r.has_evidence and r.extent == Extent.DONE for r in reports):
        return ClauseStatus.EVIDENCED
    if due is not None and due < day:
        return ClauseStatus.OVERDUE
    if not is_done and (is_confirmed or any(report.has_evidence for report in reports)):
        return ClauseStatus.UNDER_WAY
    return ClauseStatus.REPORTED if reports else ClauseStatus.NO_REPORT


def extent_on(day: date, evidence: Evidence) -> Extent | None:
    """How far a cell is on ``day``, by the last word; None where nobody has said anything.

    Of one day the least counts, and of a finding and a report the finding. What was confirmed as
    done stays done until another finding.
    """
    reports, findings = _newest(evidence.reports_on(day)), _newest(evidence.findings_on(day))
    said = least(report.extent for report in reports) if reports else None
    if not findings:
        return said
    seen = least(finding.extent for finding in findings)
    is_confirmed = all(finding.confirmed for finding in findings)
    if seen == Extent.DONE and not is_confirmed:
        # Of before it was asked: seen not to be so, without a word on how far it is.
        seen = Extent.NOT_BEGUN
    stands = seen == Extent.DONE and is_confirmed
    return said if said and not stands and reports[0].on > findings[0].on else seen


def _newest(records: list[Record]) -> list[Record]:
    """Those of the newest day among ``records``."""
    newest = max((record.on for record in records), default=None)
    return [record for record in records if record.on == newest]


def clause_status_on(
    day: date, due: date | None, named: Sequence[Evidence], others: Sequence[Evidence] = ()
) -> ClauseStatus:
    """The status of a whole clause on ``day``: the worst status of the parties it names.

    ``named`` is the evidence of each responsible party, ``others`` that of parties the clause does
    not name: they count only where it names nobody, and only once they have evidence.
    """
    counted = _counted(day, named, others)
    return worst(status_on(day, due, evidence) for evidence in counted)


def clause_extent_on(
    day: date, named: Sequence[Evidence], others: Sequence[Evidence] = ()
) -> Extent | None:
    """How far the slowest party is; None where one of them has said nothing."""
    extents = [extent_on(day, evidence) for evidence in _counted(day, named, others)]
    known = [extent for extent in extents if extent is not None]
    return least(known) if len(known) == len(extents) else None


def _counted(
    day: date, named: Sequence[Evidence], others: Sequence[Evidence]
) -> Sequence[Evidence]:
    spoken = [e for e in others if e.reports_on(day) or e.findings_on(day)]
    return named or spoken or [Evidence()]


def worst(statuses: Iterable[ClauseStatus]) -> ClauseStatus:
    return min(statuses, key=WORST_FIRST.index)


def silent_since(day: date, adopted: date, evidence: Evidence) -> date | None:
    """The date of a party's last valid report, else of the adoption.

    None where no report is expected: before the adoption and once the cell is verified.
    """
    if adopted > day or status_on(day, None, evidence) == ClauseStatus.VERIFIED:
        return None
    return max([report.on for report in evidence.reports_on(day)], default=adopted)


@dataclass(frozen=True)
class Terms:
    """What a clause asks from ``since`` on: by when, and of which parties (their keys)."""

    since: date
    due: date | None = None
    parties: frozenset[Hashable] = frozenset()


def terms_on(day: date, history: Sequence[Terms]) -> Terms:
    """The terms in force on ``day``. ``history`` has one for a day, in order; its first hold before
    that day too."""
    return next((terms for terms in reversed(history) if terms.since <= day), history[0])


@dataclass(frozen=True)
class Period:
    """A status from the day ``since`` until the day ``until``, exclusive.

    ``is_named`` tells whether the clause names the party on these days, ``extent`` how far it is.
    """

    status: ClauseStatus
    since: date
    until: date = OPEN_END
    is_named: bool = True
    extent: Extent | None = None


State = tuple[ClauseStatus, bool, Extent | None]  # status, whether named, how far it is


def timeline(
    adopted: date, history: Sequence[Terms], party: Hashable, evidence: Evidence
) -> list[Period]:
    """The periods of a cell, including future ones (due dates to come).

    They begin with the adoption, or on the day that first names a party without evidence.
    """
    first = adopted
    if not evidence.reports and not evidence.findings:
        named = [terms.since for terms in history[1:] if party in terms.parties]
        first = adopted if party in history[0].parties or not named else max(adopted, named[0])

    def state(day: date) -> State:
        terms = terms_on(day, history)
        status = status_on(day, terms.due, evidence)
        return status, party in terms.parties, extent_on(day, evidence)

    return _periods(_days(first, history, [evidence]), state)


def clause_timeline(
    adopted: date, history: Sequence[Terms], evidence: Mapping[Hashable, Evidence]
) -> list[Period]:
    """The periods of a whole clause, as ``timeline``; ``evidence`` by party."""

    def state(day: date) -> State:
        terms = terms_on(day, history)
        named = [evidence.get(party, Evidence()) for party in terms.parties]
        others = [known for party, known in evidence.items() if party not in terms.parties]
        status = clause_status_on(day, terms.due, named, others)
        return status, True, clause_extent_on(day, named, others)

    return _periods(_days(adopted, history, evidence.values()), state)


def _days(first: date, history: Sequence[Terms], evidences: Iterable[Evidence]) -> list[date]:
    """The days from ``first`` on, in order, on which the status may change."""
    found = {first}
    for terms in history:
        found.add(terms.since)
        if terms.due is not None and terms.due < OPEN_END:
            found.add(terms.due + ONE_DAY)
    for evidence in evidences:
        for record in (*evidence.reports, *evidence.findings):
            found.update(record.days)
    return sorted(day for day in found if day >= first)


def _periods(
    days: Iterable[date], state_of: Callable[[date], State]
) -> list[Period]:
    changes: list[tuple[date, State]] = []
    for day in days:
        state = state_of(day)
        if not changes or changes[-1][1] != state:
            changes.append((day, state))
    ends = [day for day, _state in changes[1:]] + [OPEN_END]
    return [
        Period(status, since, until, is_named, extent)
        for (since, (status, is_named, extent)), until in zip(changes, ends, strict=True)
    ]
