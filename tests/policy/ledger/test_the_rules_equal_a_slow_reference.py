"""The rules, the timelines and the table equal a slow reference on random histories.

``LEDGER_SEED`` and ``LEDGER_HISTORIES`` repeat it otherwise; the seed is printed.
"""

import os
import random
import uuid
from datetime import date, timedelta

import pytest

from policy.ledger.rules import (
    ClauseStatus,
    Evidence,
    Extent,
    Finding,
    Report,
    Terms,
    clause_timeline,
    status_on,
    terms_on,
    timeline,
)
from policy.ledger.status_periods import differences, rebuild
from policy.models import (
    Clause,
    ClauseReport,
    StatusPeriod,
    Verification,
    Withdrawal,
)
from policy.models.clause_terms import add_terms
from tests import factories
from tests.factories import ResolutionPageFactory
from tests.policy.ledger.slow_ledger import clause_diary, diary

SEED = int(os.environ.get("LEDGER_SEED", "20261125"))
HISTORIES = int(os.environ.get("LEDGER_HISTORIES", "2000"))
ADOPTED = date(2026, 1, 10)
LAST = ADOPTED + timedelta(days=30)


def random_day(chance, low=-4, high=30):
    """Few days, so that many events are on the same day, some of them before the adoption."""
    return ADOPTED + timedelta(days=chance.randint(low, high))


def random_extent(chance):
    return chance.choice(["not_begun", "begun", "partly", "done", "done", "done"])


def random_history(chance, keys) -> list[tuple]:
    """A random history of one cell."""
    found, reports = [], []
    for _ in range(chance.choice([0, 0, 1, 1, 2, 3, 5])):
        key, day = next(keys), random_day(chance)
        reports.append((key, day))
        found.append((day, "report", key, (chance.random() < 0.5, random_extent(chance))))
        if chance.random() < 0.3:
            end = day + timedelta(days=chance.randint(0, 9))
            found.append((end, "withdrawn report", key, None))
    for _ in range(chance.choice([0, 0, 1, 1, 2, 4])):
        about = chance.choice(reports)[0] if reports and chance.random() < 0.7 else None
        key, day = next(keys), random_day(chance)
        found.append((day, "finding", key, (chance.random() < 0.6, about, random_extent(chance))))
        if chance.random() < 0.2:
            found.append((day + timedelta(days=chance.randint(0, 9)), "withdrawn finding", key,
                          None))
    # Within a day, records come before their withdrawals.
    return sorted(found, key=lambda h: (h[0], h[1].startswith("withdrawn")))


def evidence(history) -> Evidence:
    ends = {(what, key): day for day, what, key, _detail in history if what.startswith("withdrawn")}
    return Evidence(
        tuple(Report(day, ends.get(("withdrawn report", key)), key, detail[0], Extent(detail[1]))
              for day, what, key, detail in history if what == "report"),
        tuple(Finding(day, ends.get(("withdrawn finding", key)), *detail[:2], Extent(detail[2]))
              for day, what, key, detail in history if what == "finding"),
    )


PARTIES = range(6)


def random_clause(chance):
    """What the clause asks, as (day, due, parties) each, and the events of each party."""
    keys = iter(range(1, 1000))
    events = {
        party: random_history(chance, keys)
        for party in chance.sample(PARTIES, chance.choice([1, 1, 2, 3]))
    }
    terms = {}
    for number in range(chance.choice([1, 1, 2, 3])):
        since = random_day(chance, 1, 30) if number else ADOPTED
        due = random_day(chance, 1, 32) if chance.random() < 0.8 else None
        named = frozenset(chance.sample(PARTIES, chance.choice([0, 1, 1, 2, 3])))
        terms[since] = since, due, named
    return sorted(terms.values(), key=lambda each: each[0]), events


def days_of(periods):
    """(day, status, whether named, how far) up to LAST: exactly one period includes each day
    from the first period on."""
    found, day = [], min((s.since for s in periods), default=ADOPTED)
    while periods and day <= LAST:
        (period,) = [s for s in periods if s.since <= day < s.until]
        found.append((day, str(period.status), period.is_named, period.extent or None))
        day += timedelta(days=1)
    return found


def statuses_of(periods):
    return [(day, status, extent) for day, status, _is_named, extent in days_of(periods)]


def test_the_rules_equal_the_reference_on_random_histories():
    chance, seen = random.Random(SEED), set()
    cells = amended = 0
    while cells < HISTORIES:
        terms, events = random_clause(chance)
        asked = [Terms(*each) for each in terms]
        amended += len(terms) > 1
        for party in {*events, *(party for each in asked for party in each.parties)}:
            cells += 1
            wanted = diary(terms, party, events.get(party, []), ADOPTED, LAST)
            known = evidence(events.get(party, []))
            assert days_of(timeline(ADOPTED, asked, party, known)) == wanted, (terms, events)
            for day, status, _is_named, _extent in wanted:
                assert status_on(day, terms_on(day, asked).due, known) == status
            seen |= {status for _day, status, *_rest in wanted}
        wanted = clause_diary(terms, events, ADOPTED, LAST)
        known = {party: evidence(history) for party, history in events.items()}
        assert statuses_of(clause_timeline(ADOPTED, asked, known)) == wanted, (terms, events)
    print(f"LEDGER_SEED={SEED}: {cells} histories, {amended} amended clauses, no difference")
    assert seen == set(ClauseStatus.values)  # all statuses occur


@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_table_equals_the_reference(hub):
    """The same histories as database rows: the table equals the reference on every day."""
    print(f"LEDGER_SEED={SEED}")
    chance = random.Random(SEED)
    parties = [factories.party(f"p{n}", f"ฝ่าย {n}") for n in PARTIES]
    page = ResolutionPageFactory(adopted_on=ADOPTED)
    wanted = {str(number): random_clause(chance) for number in range(60)}
    page.clauses = [
        Clause(number=number, text="ให้ทำ", locale=page.locale, due=terms[0][1],
               parties=[parties[n] for n in terms[0][2]])
        for number, (terms, _events) in wanted.items()
    ]
    page.save_revision().publish()
    keys = {clause.number: clause.translation_key for clause in page.clauses.all()}
    for number, (terms, events) in wanted.items():
        for since, due, named in terms[1:]:
            add_terms(clause_key=keys[number], resolution_key=page.translation_key, since=since,
                      adopted_on=ADOPTED, number=number, due=due, texts={"th": "ให้ทำ"},
                      parties=[parties[n] for n in named])
        for party, history in events.items():
            write(keys[number], parties[party], history)
    rebuild(keys.values())
    for number, (terms, events) in wanted.items():
        periods = StatusPeriod.objects.filter(clause_key=keys[number])
        assert statuses_of(periods.filter(party=None)) == clause_diary(
            terms, events, ADOPTED, LAST)
        for party in PARTIES:
            own = list(periods.filter(party=parties[party]))
            if own:
                history = events.get(party, [])
                assert days_of(own) == diary(terms, party, history, ADOPTED, LAST)
            else:
                assert not events.get(party) and not any(party in each[2] for each in terms)
    assert differences() == []


def write(clause_key, party, history):
    """Store a history, without the signals that would rebuild after each row."""
    records = {}
    for day, what, key, detail in history:
        if what == "report":
            row = ClauseReport(clause_key=clause_key, party=party, claim="ทำแล้ว",
                               reported_on=day, evidence="ใบเสร็จ" if detail[0] else "",
                               extent=detail[1])
            ClauseReport.objects.bulk_create([row])
        elif what == "finding":
            is_so, about, extent = detail
            # The report of a finding may be dated after it.
            row = Verification(
                clause_key=clause_key, party=party, observation="เห็น", observed_on=day,
                extent=extent, finding="confirmed" if is_so else "contradicted",
            )
            row.about = about
        else:
            continue
        records[what, key] = row
    for (what, _key), row in records.items():
        if what == "finding":
            row.report = records["report", row.about] if row.about else None
            Verification.objects.bulk_create([row])
    for day, what, key, _detail in history:
        if what.startswith("withdrawn "):
            field = "report" if what == "withdrawn report" else "verification"
            row = records["report" if field == "report" else "finding", key]
            Withdrawal.objects.bulk_create(
                [Withdrawal(**{field: row}, reason="ผิด", withdrawn_on=day)]
            )


@pytest.mark.django_db
def test_the_check_finds_manipulated_rows(hub):
    page = ResolutionPageFactory(adopted_on=ADOPTED)
    page.clauses = [Clause(number="1", text="ให้ทำ", locale=page.locale)]
    page.save_revision().publish()
    key = page.clauses.get().translation_key
    assert differences() == []
    StatusPeriod.objects.update(status="verified")
    assert differences() == [(key, None)]
    rebuild([key])
    StatusPeriod.objects.bulk_create([StatusPeriod(
        clause_key=key, party=None, is_named=True, status="no_report", since=ADOPTED,
        until=date.max,
    )])
    assert differences() == [(key, None)]  # a duplicate row is a difference
    rebuild([key])
    stray = uuid.uuid4()
    StatusPeriod.objects.create(clause_key=stray, is_named=True, status="verified",
                                 since=ADOPTED, until=date.max)
    assert differences() == [(stray, None)]
