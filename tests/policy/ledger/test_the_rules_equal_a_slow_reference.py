"""The rules, the timelines and the table equal a slow reference on random histories.

``LEDGER_SEED`` and ``LEDGER_HISTORIES`` repeat it otherwise; the seed is printed.
"""

import os
import random
import uuid
from datetime import date, timedelta

import pytest

from policy.ledger.rules import (
    Evidence,
    Finding,
    Report,
    clause_status_on,
    clause_timeline,
    status_on,
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
from tests import factories
from tests.factories import ResolutionPageFactory
from tests.policy.ledger.slow_ledger import clause_diary, diary

SEED = int(os.environ.get("LEDGER_SEED", "20261125"))
HISTORIES = int(os.environ.get("LEDGER_HISTORIES", "1500"))
ADOPTED = date(2026, 1, 10)
LAST = ADOPTED + timedelta(days=30)


def random_day(chance, low=-4, high=30):
    """Few days, so that many events are on the same day, some of them before the adoption."""
    return ADOPTED + timedelta(days=chance.randint(low, high))


def random_history(chance, keys) -> list[tuple]:
    """A random history of one cell."""
    found, reports = [], []
    for _ in range(chance.choice([0, 0, 1, 1, 2, 3, 5])):
        key, day = next(keys), random_day(chance)
        reports.append((key, day))
        found.append((day, "report", key, chance.random() < 0.5))
        if chance.random() < 0.3:
            end = day + timedelta(days=chance.randint(0, 9))
            found.append((end, "withdrawn report", key, None))
    for _ in range(chance.choice([0, 0, 1, 1, 2, 4])):
        about = chance.choice(reports)[0] if reports and chance.random() < 0.7 else None
        key, day = next(keys), random_day(chance)
        found.append((day, "finding", key, (chance.random() < 0.5, about)))
        if chance.random() < 0.2:
            found.append((day + timedelta(days=chance.randint(0, 9)), "withdrawn finding", key,
                          None))
    # Within a day, records come before their withdrawals.
    return sorted(found, key=lambda h: (h[0], h[1].startswith("withdrawn")))


def evidence(history) -> Evidence:
    ends = {(what, key): day for day, what, key, _detail in history if what.startswith("withdrawn")}
    return Evidence(
        tuple(Report(day, ends.get(("withdrawn report", key)), key, detail)
              for day, what, key, detail in history if what == "report"),
        tuple(Finding(day, ends.get(("withdrawn finding", key)), *detail)
              for day, what, key, detail in history if what == "finding"),
    )


def random_clause(chance):
    keys = iter(range(1, 1000))
    due = random_day(chance, 1, 32) if chance.random() < 0.8 else None
    named = [random_history(chance, keys) for _ in range(chance.choice([0, 1, 1, 2, 3]))]
    others = [random_history(chance, keys) for _ in range(chance.choice([0, 0, 1, 2]))]
    return due, named, others


def days_of(periods):
    """The status of every day up to LAST, which exactly one period includes."""
    found, day = [], ADOPTED
    while day <= LAST:
        (status,) = [s.status for s in periods if s.since <= day < s.until]
        found.append((day, str(status)))
        day += timedelta(days=1)
    return found


def test_the_rules_equal_the_reference_on_random_histories():
    print(f"LEDGER_SEED={SEED} LEDGER_HISTORIES={HISTORIES}")
    chance, seen = random.Random(SEED), set()
    cells = 0
    while cells < HISTORIES:
        due, named, others = random_clause(chance)
        for history in [*named, *others]:
            cells += 1
            wanted = diary(due, history, ADOPTED, LAST)
            known = evidence(history)
            assert [(d, str(status_on(d, due, known))) for d, _s in wanted] == wanted, history
            assert days_of(timeline(ADOPTED, due, known)) == wanted, history
            seen |= {status for _day, status in wanted}
        wanted = clause_diary(due, named, others, ADOPTED, LAST)
        all_named, all_others = list(map(evidence, named)), list(map(evidence, others))
        assert [
            (d, str(clause_status_on(d, due, all_named, all_others))) for d, _s in wanted
        ] == wanted, (due, named, others)
        assert days_of(clause_timeline(ADOPTED, due, all_named, all_others)) == wanted
    assert len(seen) == 6  # all statuses occur


@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_table_equals_the_reference(hub):
    """The same histories as database rows: the table equals the reference on every day."""
    print(f"LEDGER_SEED={SEED}")
    chance = random.Random(SEED)
    parties = [
        factories.party(f"p{n}", f"ฝ่าย {n}")
        for n in range(6)
    ]
    page = ResolutionPageFactory(adopted_on=ADOPTED)
    wanted, clauses = {}, []
    for number in range(60):
        due, named, others = random_clause(chance)
        clause = Clause(number=str(number), text="ให้ทำ", locale=page.locale, due=due)
        clause.parties = parties[: len(named)]
        clauses.append(clause)
        wanted[number] = due, named, others
    page.clauses = clauses
    page.save_revision().publish()
    keys = {int(clause.number): clause.translation_key for clause in page.clauses.all()}
    for number, (_due, named, others) in wanted.items():
        for party, history in zip(parties, [*named, *others], strict=False):
            write(keys[number], party, history)
    rebuild(keys.values())
    for number, (due, named, others) in wanted.items():
        periods = StatusPeriod.objects.filter(clause_key=keys[number])
        assert days_of(periods.filter(party=None)) == clause_diary(
            due, named, others, ADOPTED, LAST
        )
        for place, history in enumerate([*named, *others]):
            own = list(periods.filter(party=parties[place]))
            if own or place < len(named):
                assert days_of(own) == diary(due, history, ADOPTED, LAST)
                assert {s.is_named for s in own} == {place < len(named)}
    assert differences() == []


def write(clause_key, party, history):
    """Store a history, without the signals that would rebuild after each row."""
    records = {}
    for day, what, key, detail in history:
        if what == "report":
            row = ClauseReport(clause_key=clause_key, party=party, claim="ทำแล้ว",
                               reported_on=day, evidence="ใบเสร็จ" if detail else "")
            ClauseReport.objects.bulk_create([row])
        elif what == "finding":
            is_so, about = detail
            # The report of a finding may be dated after it.
            row = Verification(
                clause_key=clause_key, party=party, observation="เห็น", observed_on=day,
                finding="confirmed" if is_so else "contradicted",
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
