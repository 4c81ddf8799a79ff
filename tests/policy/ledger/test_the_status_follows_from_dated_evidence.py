"""The status of cells and clauses is derived from dated evidence."""

from datetime import date, timedelta

import pytest

from policy.ledger.rules import (
    OPEN_END,
    ClauseStatus,
    Evidence,
    Extent,
    Finding,
    Report,
    Terms,
    clause_status_on,
    clause_timeline,
    silent_since,
    status_on,
    timeline,
)

TODAY = date(2026, 11, 1)
ADOPTED = date(2024, 1, 1)
S = ClauseStatus


def day(ago):
    return TODAY - timedelta(days=ago)


def report(ago, shown=False, key=1, withdrawn=None, far=Extent.DONE):
    return Report(day(ago), None if withdrawn is None else day(withdrawn), key, shown, far)


def found(ago, confirmed=True, about=1, withdrawn=None, far=Extent.DONE):
    return Finding(day(ago), None if withdrawn is None else day(withdrawn), confirmed, about, far)


def known(*records):
    return Evidence(
        tuple(r for r in records if isinstance(r, Report)),
        tuple(r for r in records if isinstance(r, Finding)),
    )


def asking(due, named=0):
    """Terms that never changed and name the parties 0 to ``named`` (excluded)."""
    return [Terms(ADOPTED, due, frozenset(range(named)))]


CASES = [
    ("nothing, no date", None, [], S.NO_REPORT),
    ("nothing, not due", 30, [], S.NO_REPORT),
    ("nothing, due today", 0, [], S.NO_REPORT),
    ("nothing, due yesterday", -1, [], S.OVERDUE),
    ("a report without evidence", 30, [report(5)], S.REPORTED),
    ("a report without evidence, no date", None, [report(500)], S.REPORTED),
    ("a report without evidence on the due date", 0, [report(0)], S.REPORTED),
    ("a report without evidence after the due date", -1, [report(5)], S.OVERDUE),
    ("a report with evidence", 30, [report(5, True)], S.EVIDENCED),
    ("evidence that came after the due date", -100, [report(5, True)], S.EVIDENCED),
    ("evidence in an older report", 30, [report(9, True), report(2, key=2)], S.EVIDENCED),
    ("confirmed", 30, [report(9, True), found(3)], S.VERIFIED),
    ("a report without evidence confirmed after the due date", -50, [report(9), found(3)],
     S.VERIFIED),
    ("contradicted", 30, [report(9, True), found(3, False)], S.CONTRADICTED),
    ("contradicted, later confirmed", 30, [report(9), found(5, False), found(2)], S.VERIFIED),
    ("confirmed, later contradicted", 30, [report(9), found(5), found(2, False)],
     S.CONTRADICTED),
    ("both on one day", 30, [report(9, True), found(3), found(3, False)], S.CONTRADICTED),
    ("both on one day, later confirmed", 30,
     [report(9, True), found(3), found(3, False), found(1)], S.VERIFIED),
    ("reported again after a contradiction", 30,
     [report(9), found(5, False), report(2, True, key=2)], S.CONTRADICTED),
    ("reported tomorrow only", -1, [report(-1, True)], S.OVERDUE),
    ("seen tomorrow only", 30, [report(5, True), found(-1)], S.EVIDENCED),
    ("withdrawn", 30, [report(9, True, withdrawn=2)], S.NO_REPORT),
    ("withdrawn today", 30, [report(9, True, withdrawn=0)], S.NO_REPORT),
    ("to be withdrawn tomorrow", 30, [report(9, True, withdrawn=-1)], S.EVIDENCED),
    ("withdrawn after the due date", -1, [report(9, True, withdrawn=2)], S.OVERDUE),
    ("withdrawn on its own day", 30, [report(9, True, withdrawn=9)], S.NO_REPORT),
    ("withdrawn with what was found of it", 30,
     [report(9, True, withdrawn=2), found(5)], S.NO_REPORT),
    ("one of two withdrawn", 30,
     [report(9, True, withdrawn=2), report(8, key=2), found(5)], S.REPORTED),
    ("the finding is taken back", 30, [report(9, True), found(5, False, withdrawn=1)],
     S.EVIDENCED),
    ("seen done, nobody reported", 30, [found(3, about=None)], S.VERIFIED),
    ("seen done after the due date, nobody reported", -9, [found(3, about=None)], S.VERIFIED),
    ("seen undone, nobody reported", 30, [found(3, False, about=None)], S.NO_REPORT),
    ("seen undone after the due date, nobody reported", -9, [found(3, False, about=None)],
     S.OVERDUE),
    ("seen done, later undone, nobody reported", 30,
     [found(9, about=None), found(3, False, about=None)], S.NO_REPORT),
    ("a committee, nothing drafted: confirmed after the due date", -334,
     [report(9, True, far=Extent.BEGUN), found(3, far=Extent.BEGUN)], S.OVERDUE),
    ("the same before the due date", 30,
     [report(9, True, far=Extent.BEGUN), found(3, far=Extent.BEGUN)], S.UNDER_WAY),
    ("begun, with evidence, not due", 30, [report(9, True, far=Extent.BEGUN)], S.UNDER_WAY),
    ("begun, without evidence, not due", 30, [report(9, far=Extent.BEGUN)], S.REPORTED),
    ("in part, with evidence, after the due date", -1, [report(9, True, far=Extent.PARTLY)],
     S.OVERDUE),
    ("done since it was seen begun", -1,
     [report(9, far=Extent.BEGUN), found(5, far=Extent.BEGUN), report(2, True, key=2)],
     S.EVIDENCED),
    ("seen begun since it was reported done", -1,
     [report(9, True), found(5, far=Extent.BEGUN)], S.OVERDUE),
    ("seen done, later reported in part", -1,
     [report(9, True), found(5), report(2, key=2, far=Extent.PARTLY)], S.VERIFIED),
    ("reported done, later in part", -1, [report(9, True), report(2, key=2, far=Extent.PARTLY)],
     S.OVERDUE),
    ("not seen so, begun", 30, [report(9, True), found(3, False, far=Extent.BEGUN)],
     S.CONTRADICTED),
    ("seen undone, reported since", 30, [found(9, False, about=None), report(3, True)],
     S.CONTRADICTED),
]


@pytest.mark.parametrize(("due_in", "records", "status"), [c[1:] for c in CASES],
                         ids=[c[0] for c in CASES])
def test_status_of_a_cell(due_in, records, status):
    due = None if due_in is None else TODAY + timedelta(days=due_in)
    assert status_on(TODAY, due, known(*records)) == status
    assert status_on(TODAY, due, known(*records[::-1])) == status
    # The timeline has the same status on that day.
    periods = timeline(ADOPTED, asking(due), 1, known(*records))
    assert [s.status for s in periods if s.since <= TODAY < s.until] == [status]


SHOWN, SAID, SEEN = known(report(5, True)), known(report(5)), known(report(9), found(2))


@pytest.mark.parametrize(("due_in", "named", "others", "status"), [
    (30, [SHOWN, SEEN], [], S.EVIDENCED),
    (30, [SHOWN, SAID], [], S.REPORTED),
    (30, [SHOWN, Evidence()], [], S.NO_REPORT),
    (-1, [SHOWN, Evidence()], [], S.OVERDUE),
    (-1, [Evidence(), known(report(9, True), found(2, False))], [], S.CONTRADICTED),
    (30, [SEEN, SEEN], [], S.VERIFIED),
    (30, [SEEN], [Evidence()], S.VERIFIED),
    (30, [SHOWN], [SAID], S.EVIDENCED),
    (30, [], [], S.NO_REPORT),
    (-1, [], [], S.OVERDUE),
    (30, [], [SHOWN], S.EVIDENCED),
    (30, [], [SHOWN, Evidence()], S.EVIDENCED),
    (30, [], [SHOWN, known(report(-3))], S.EVIDENCED),
])
def test_status_of_a_clause(due_in, named, others, status):
    due = TODAY + timedelta(days=due_in)
    assert clause_status_on(TODAY, due, named, others) == status
    periods = clause_timeline(ADOPTED, asking(due, len(named)), dict(enumerate([*named, *others])))
    assert [s.status for s in periods if s.since <= TODAY < s.until] == [status]


def test_a_timeline_includes_future_periods():
    periods = timeline(date(2024, 1, 1), asking(date(2024, 6, 30)), 1, known(
        Report(date(2024, 7, 10), None, 1, True), Finding(date(2024, 8, 1), None, False, 1),
        Finding(date(2025, 8, 1), None, True, 1),
    ))
    assert [(s.status, s.since, s.until) for s in periods] == [
        (S.NO_REPORT, date(2024, 1, 1), date(2024, 7, 1)),
        (S.OVERDUE, date(2024, 7, 1), date(2024, 7, 10)),
        (S.EVIDENCED, date(2024, 7, 10), date(2024, 8, 1)),
        (S.CONTRADICTED, date(2024, 8, 1), date(2025, 8, 1)),
        (S.VERIFIED, date(2025, 8, 1), OPEN_END),
    ]


def test_reports_before_the_adoption_count_from_the_adoption():
    early = known(Report(date(2023, 5, 1), None, 1, True))
    periods = timeline(date(2024, 1, 1), asking(None), 1, early)
    assert [(s.status, s.since) for s in periods] == [(S.EVIDENCED, date(2024, 1, 1))]


@pytest.mark.parametrize(("records", "since"), [
    ([], ADOPTED),
    ([report(40), report(10, key=2)], day(10)),
    ([report(40), report(10, key=2, withdrawn=3)], day(40)),
    ([report(40, withdrawn=3)], ADOPTED),
    ([report(-5)], ADOPTED),
    ([report(40), found(3, False)], day(40)),
    ([report(40), found(3)], None),
])
def test_silence_is_counted_from_the_last_valid_report(records, since):
    assert silent_since(TODAY, ADOPTED, known(*records)) == since


def test_there_is_no_silence_before_the_adoption():
    assert silent_since(TODAY, TODAY + timedelta(days=1), Evidence()) is None


def test_a_due_date_that_moves_leaves_overdue_in_the_history():
    asked = [Terms(ADOPTED, date(2024, 6, 30), frozenset({1})),
             Terms(date(2025, 1, 1), date(2030, 6, 30), frozenset({2}))]
    periods = timeline(ADOPTED, asked, 1, Evidence())
    assert [(p.status, p.since, p.is_named) for p in periods] == [
        (S.NO_REPORT, ADOPTED, True), (S.OVERDUE, date(2024, 7, 1), True),
        (S.NO_REPORT, date(2025, 1, 1), False), (S.OVERDUE, date(2030, 7, 1), False),
    ]
    # Who is named later has no cell before.
    assert [p.since for p in timeline(ADOPTED, asked, 2, Evidence())] == [
        date(2025, 1, 1), date(2030, 7, 1)]
