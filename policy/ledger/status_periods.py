"""Computes the table of status periods from the evidence.

Saving evidence or publishing a resolution rebuilds the affected clauses in the same transaction
(see ``policy.ledger.signals``). ``differences`` recomputes everything and compares.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction

from policy.ledger.rules import (
    ClauseStatus,
    Evidence,
    Extent,
    Finding,
    Report,
    Terms,
    clause_timeline,
    timeline,
)
from policy.models import Clause, ClauseReport, ClauseTerms, StatusPeriod, Verification

BATCH_SIZE = 500  # clauses; every database accepts that many keys in a query


@dataclass(frozen=True)
class ClauseHistory:
    """The adoption of a clause, and what it asked from which day on (parties by primary key)."""

    adopted: date
    terms: tuple[Terms, ...]


def history_of(keys) -> dict:
    """Clause key → its ``ClauseHistory``; of a clause that was never published what its row says.
    """
    kept = defaultdict(dict)
    for terms in ClauseTerms.objects.filter(clause_key__in=keys).prefetch_related("parties"):
        kept[terms.clause_key][terms.since] = terms  # the last of a day counts
    found = {
        key: ClauseHistory(
            min(each.adopted_on for each in history.values()),
            tuple(Terms(each.since, each.due, each.party_keys) for each in history.values()),
        )
        for key, history in kept.items()
    }
    return found | _of_rows([key for key in keys if key not in found])


def _of_rows(keys) -> dict:
    """As ``history_of``, from the rows of pages: that of the default language, else the oldest."""
    rows = Clause.objects.filter(translation_key__in=keys).values_list(
        "translation_key", "pk", "due", "page__adopted_on", "page__live", "locale__language_code"
    ) if keys else ()
    first = {}
    for key, pk, due, adopted, live, language in rows:
        rank = (not live, language != settings.LANGUAGE_CODE, pk)
        if key not in first or rank < first[key][0]:
            first[key] = rank, pk, adopted, due
    parties = defaultdict(set)
    pairs = Clause.parties.through.objects.filter(clause__translation_key__in=first)
    for clause, party in pairs.values_list("clause_id", "party_id") if first else ():
        parties[clause].add(party)
    return {
        key: ClauseHistory(adopted, (Terms(adopted, due, frozenset(parties[pk])),))
        for key, (_rank, pk, adopted, due) in first.items()
    }


def evidence_of(keys) -> dict:
    """Clause key → party's primary key → ``Evidence``."""
    reports, findings = defaultdict(list), defaultdict(list)
    for r in ClauseReport.objects.filter(clause_key__in=keys).select_related("withdrawal").defer(
        "claim"
    ).order_by("pk"):
        reports[r.clause_key, r.party_id].append(
            Report(r.reported_on, _end_of(r), r.pk, r.has_evidence, _extent_of(r))
        )
    for v in Verification.objects.filter(clause_key__in=keys).select_related("withdrawal").defer(
        "observation"
    ).order_by("pk"):
        findings[v.clause_key, v.party_id].append(
            Finding(v.observed_on, _end_of(v), v.finding == v.Finding.CONFIRMED, v.report_id,
                    _extent_of(v))
        )
    found = defaultdict(dict)
    for key, party in {**reports, **findings}:
        found[key][party] = Evidence(
            tuple(reports.get((key, party), ())), tuple(findings.get((key, party), ()))
        )
    return found


def _end_of(record) -> date | None:
    return record.withdrawn.withdrawn_on if record.withdrawn else None


def _extent_of(record) -> Extent:
    return Extent(record.extent or Extent.DONE)


def rebuild(keys) -> None:
    """Recompute the status periods of these clauses (keys)."""
    keys = list(keys)
    with transaction.atomic():
        # Locks the clauses, so that concurrent reports on one clause are processed in turn.
        list(
            Clause.objects.select_for_update().filter(translation_key__in=keys)
            .order_by("pk").values_list("pk")
        )
        rows = _rows(keys)
        StatusPeriod.objects.filter(clause_key__in=keys).delete()
        StatusPeriod.objects.bulk_create(rows, batch_size=1000)


def rebuild_all() -> int:
    """Recompute all status periods; returns the number of clauses."""
    keys = _all_keys()
    with transaction.atomic():
        StatusPeriod.objects.all().delete()
        for batch in _batches(keys):
            rebuild(batch)
    return len(keys)


def complete(added) -> dict[str, int]:
    """Recompute a table of before the ledger told how far clauses are; returns how many."""
    before = StatusPeriod.objects.filter(
        extent="", status__in=(ClauseStatus.VERIFIED, ClauseStatus.EVIDENCED))
    return {"clauses": rebuild_all() if before.exists() else 0}


def differences() -> list[tuple]:
    """(clause key, party's primary key or None) where the table differs from the rules."""
    wrong = []
    for batch in _batches(_all_keys()):
        expected = Counter(_as_tuple(row) for row in _rows(batch))
        stored = Counter(
            _as_tuple(row) for row in StatusPeriod.objects.filter(clause_key__in=batch)
        )
        wrong += sorted({row[:2] for row in (expected - stored) + (stored - expected)}, key=str)
    stray = StatusPeriod.objects.exclude(
        clause_key__in=Clause.objects.values("translation_key")
    )
    return wrong + sorted(set(stray.values_list("clause_key", "party_id")), key=str)


def _all_keys() -> list:
    return sorted(set(Clause.objects.values_list("translation_key", flat=True)))


def _batches(keys):
    return (keys[first : first + BATCH_SIZE] for first in range(0, len(keys), BATCH_SIZE))


def _rows(keys) -> list[StatusPeriod]:
    histories, evidence = history_of(keys), evidence_of(keys)
    rows = []
    for key, clause in histories.items():
        known = evidence.get(key, {})
        for party in {*known, *(party for terms in clause.terms for party in terms.parties)}:
            rows += [
                _row(key, party, period) for period in timeline(
                    clause.adopted, clause.terms, party, known.get(party, Evidence()))
            ]
        rows += [
            _row(key, None, period)
            for period in clause_timeline(clause.adopted, clause.terms, known)
        ]
    return rows


def _row(key, party, period) -> StatusPeriod:
    return StatusPeriod(
        clause_key=key, party_id=party, is_named=period.is_named, status=period.status,
        since=period.since, until=period.until, extent=period.extent or "",
    )


def _as_tuple(row) -> tuple:
    return (
        row.clause_key, row.party_id, row.is_named, str(row.status), row.since, row.until,
        str(row.extent),
    )
