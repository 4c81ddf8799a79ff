"""Keeps the table of the ledger what the rules make of the evidence.

Whoever writes evidence, or publishes a resolution, rebuilds the clauses concerned in the same
transaction (see ``policy.ledger.signals``). ``differences`` recomputes all of it and compares.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction

from policy.ledger.rules import Evidence, Finding, Report, clause_timeline, timeline
from policy.models import Clause, ClauseReport, StatusPeriod, Verification

AT_ONCE = 500  # clauses; a query takes that many keys on any database


@dataclass(frozen=True)
class ClauseTerms:
    """What a clause asks for: since when, until when, of whom (primary keys of parties)."""

    adopted: date
    due: date | None
    parties: frozenset[int]


def terms_of(keys) -> dict:
    """Clause key → its ``ClauseTerms``.

    Of several languages one speaks: a published one, in the site's own language, the oldest.
    """
    speaking = {}
    rows = Clause.objects.filter(translation_key__in=keys).values_list(
        "translation_key", "pk", "due", "page__adopted_on", "page__live", "locale__language_code"
    )
    for key, pk, due, adopted, live, language in rows:
        rank = (not live, language != settings.LANGUAGE_CODE, pk)
        if key not in speaking or rank < speaking[key][0]:
            speaking[key] = rank, pk, adopted, due
    parties = defaultdict(set)
    pairs = Clause.parties.through.objects.filter(clause__translation_key__in=keys)
    for clause, party in pairs.values_list("clause_id", "party_id"):
        parties[clause].add(party)
    return {
        key: ClauseTerms(adopted, due, frozenset(parties[pk]))
        for key, (_rank, pk, adopted, due) in speaking.items()
    }


def evidence_of(keys) -> dict:
    """Clause key → party's primary key → ``Evidence``."""
    reports, findings = defaultdict(list), defaultdict(list)
    for r in ClauseReport.objects.filter(clause_key__in=keys).select_related("withdrawal").defer(
        "claim"
    ).order_by("pk"):
        reports[r.clause_key, r.party_id].append(
            Report(r.reported_on, _end_of(r), r.pk, r.has_evidence)
        )
    for v in Verification.objects.filter(clause_key__in=keys).select_related("withdrawal").defer(
        "seen"
    ).order_by("pk"):
        findings[v.clause_key, v.party_id].append(
            Finding(v.seen_on, _end_of(v), v.finding == v.Finding.CONFIRMED, v.report_id)
        )
    found = defaultdict(dict)
    for key, party in {**reports, **findings}:
        found[key][party] = Evidence(
            tuple(reports.get((key, party), ())), tuple(findings.get((key, party), ()))
        )
    return found


def _end_of(record) -> date | None:
    return record.withdrawn.withdrawn_on if record.withdrawn else None


def rebuild(keys) -> None:
    """Make the stretches of these clauses anew."""
    keys = list(keys)
    with transaction.atomic():
        # Whoever reports on the same clause meanwhile waits here, and then sees what we wrote.
        list(
            Clause.objects.select_for_update().filter(translation_key__in=keys)
            .order_by("pk").values_list("pk")
        )
        rows = _rows(keys)
        StatusPeriod.objects.filter(clause_key__in=keys).delete()
        StatusPeriod.objects.bulk_create(rows, batch_size=1000)


def rebuild_all() -> int:
    """Make all stretches anew; returns of how many clauses."""
    keys = _all_keys()
    with transaction.atomic():
        StatusPeriod.objects.all().delete()
        for some in _batches(keys):
            rebuild(some)
    return len(keys)


def differences() -> list[tuple]:
    """(clause key, party's primary key or None) where the table is not what the rules say."""
    wrong = []
    for some in _batches(_all_keys()):
        wanted = Counter(_as_tuple(row) for row in _rows(some))
        there = Counter(
            _as_tuple(row) for row in StatusPeriod.objects.filter(clause_key__in=some)
        )
        wrong += sorted({row[:2] for row in (wanted - there) + (there - wanted)}, key=str)
    known = StatusPeriod.objects.exclude(
        clause_key__in=Clause.objects.values("translation_key")
    )
    return wrong + sorted(set(known.values_list("clause_key", "party_id")), key=str)


def _all_keys() -> list:
    return sorted(set(Clause.objects.values_list("translation_key", flat=True)))


def _batches(keys):
    return (keys[first : first + AT_ONCE] for first in range(0, len(keys), AT_ONCE))


def _rows(keys) -> list[StatusPeriod]:
    terms, evidence = terms_of(keys), evidence_of(keys)
    rows = []
    for key, asked in terms.items():
        cells = {party: Evidence() for party in asked.parties} | evidence.get(key, {})
        for party, known in cells.items():
            rows += [
                _row(key, party, party in asked.parties, stretch)
                for stretch in timeline(asked.adopted, asked.due, known)
            ]
        named = [known for party, known in cells.items() if party in asked.parties]
        others = [known for party, known in cells.items() if party not in asked.parties]
        rows += [
            _row(key, None, True, stretch)
            for stretch in clause_timeline(asked.adopted, asked.due, named, others)
        ]
    return rows


def _row(key, party, is_named, stretch) -> StatusPeriod:
    return StatusPeriod(
        clause_key=key, party_id=party, is_named=is_named, status=stretch.status,
        since=stretch.since, until=stretch.until,
    )


def _as_tuple(row) -> tuple:
    return (
        row.clause_key, row.party_id, row.is_named, str(row.status), row.since, row.until
    )
