"""How Models are held against a community: each verdict and why, and the order that follows."""

import random

import pytest

from models_lib.fit.ranking import (
    Candidate,
    Need,
    Part,
    Reason,
    Situation,
    Trial,
    Verdict,
    check,
    fit,
    ranked,
)


def verdict(need, **said):
    found = check(need, Situation(**said))
    return found.verdict, found.reason, found.lacking


HOUSEHOLDS = Need("บ้าน", kind="households-min", amount=100, key="k")
FEW = Need("บ้าน", kind="households-max", amount=100, key="k")
COAST = Need("ทะเล", kind="place", value="coast", key="k")
SKILL = Need("ช่าง", kind="skill", value="electrical", key="k")
WORDS = Need("คนรับซื้อยอม", key="k")


@pytest.mark.parametrize(("need", "said", "expected"), [
    (HOUSEHOLDS, {"households": 120}, (Verdict.MET, Reason.NUMBER, 0)),
    (HOUSEHOLDS, {"households": 100}, (Verdict.MET, Reason.NUMBER, 0)),
    (HOUSEHOLDS, {"households": 60}, (Verdict.NOT_MET, Reason.NUMBER, 40)),
    (HOUSEHOLDS, {"households": 0}, (Verdict.NOT_MET, Reason.NUMBER, 100)),
    (HOUSEHOLDS, {}, (Verdict.UNKNOWN, Reason.NOTHING, 0)),
    (HOUSEHOLDS, {"answers": {"k": True}}, (Verdict.MET, Reason.ANSWER, 0)),
    # A number says more than an answer given before the number was changed.
    (HOUSEHOLDS, {"households": 60, "answers": {"k": True}}, (Verdict.NOT_MET, Reason.NUMBER, 40)),
    (FEW, {"households": 130}, (Verdict.NOT_MET, Reason.NUMBER, 30)),
    (FEW, {"households": 99}, (Verdict.MET, Reason.NUMBER, 0)),
    (Need("", kind="budget", amount=500), {"budget": 499}, (Verdict.NOT_MET, Reason.NUMBER, 1)),
    (Need("", kind="people", amount=5), {"people": 5}, (Verdict.MET, Reason.NUMBER, 0)),
    (COAST, {"features": frozenset({"coast"}), "known": {"coast": False}},
     (Verdict.MET, Reason.TICKED, 0)),
    (COAST, {"known": {"coast": False}}, (Verdict.NOT_MET, Reason.AREA, 0)),
    (COAST, {"known": {"coast": False}, "answers": {"k": True}}, (Verdict.MET, Reason.ANSWER, 0)),
    (COAST, {"known": {"lake": True}}, (Verdict.UNKNOWN, Reason.NOTHING, 0)),
    (SKILL, {"skills": frozenset({"electrical"})}, (Verdict.MET, Reason.TICKED, 0)),
    # What she did not tick she may only have forgotten.
    (SKILL, {"skills": frozenset({"farming"})}, (Verdict.UNKNOWN, Reason.NOTHING, 0)),
    (WORDS, {}, (Verdict.UNKNOWN, Reason.NOTHING, 0)),
    (WORDS, {"answers": {"k": False}}, (Verdict.NOT_MET, Reason.ANSWER, 0)),
])
def test_a_condition_is_met_not_met_or_unknown_for_a_reason(need, said, expected):
    assert verdict(need, **said) == expected


def titles(candidates, **said):
    return [f.candidate.title for f in ranked(candidates, Situation(**said))]


def needs(*keys, required=True):
    return tuple(Need(key, required, key=key) for key in keys)


def test_what_cannot_be_done_without_comes_before_the_share_of_all():
    must = Candidate("ครบข้อสำคัญ", needs=needs("a") + needs("b", "c", "d", required=False))
    many = Candidate("ครบหลายข้อ", needs=needs("e") + needs("f", "g", "h", required=False))
    answers = {"a": True, "e": False, "f": True, "g": True, "h": True}
    assert titles([many, must], answers=answers) == ["ครบข้อสำคัญ", "ครบหลายข้อ"]


def test_then_the_share_then_the_words_then_those_that_worked_nearby():
    near = Trial(True, frozenset({"901103"}))
    same = {"needs": needs("a", "b")}
    candidates = [
        Candidate("จ ไม่มีใครใกล้", words=0.9, **same),
        Candidate("ง ใกล้แต่ไม่ได้ผล", words=0.9, trials=(Trial(False, near.areas),), **same),
        Candidate("ค ใกล้และได้ผล", words=0.9, trials=(near,), **same),
        Candidate("ข คำตรงกว่า", words=0.95, **same),
        Candidate("ก ครบกว่า", needs=needs("a", "c"), words=0.8),
    ]
    assert titles(candidates, area="901101", answers={"a": True, "c": True}) == [
        "ก ครบกว่า", "ข คำตรงกว่า", "ค ใกล้และได้ผล", "ง ใกล้แต่ไม่ได้ผล", "จ ไม่มีใครใกล้",
    ]


def test_a_model_that_tells_of_the_problem_stands_before_one_whose_conditions_are_met():
    other = Candidate("ธนาคารปู", needs=needs("a"), words=0.2)
    telling = Candidate("สายเตือนน้ำท่วม", needs=needs("b"), words=1.0)
    assert titles([other, telling], answers={"a": True}) == ["สายเตือนน้ำท่วม", "ธนาคารปู"]


def test_a_model_that_names_no_condition_does_not_outrank_one_whose_conditions_are_met():
    assert titles([Candidate("ก"), Candidate("ข", needs=needs("a"))], answers={"a": True}) == [
        "ข", "ก"]


def test_the_least_budget_is_a_condition_where_none_speaks_of_money():
    found = fit(Candidate("ก", budget=18_000), Situation(budget=10_000))
    assert [c.lacking for c in found.broken] == [8_000]
    spoken = Candidate("ก", budget=18_000, needs=(Need("เงิน", True, "budget", 5_000),))
    assert fit(spoken, Situation(budget=10_000)).broken == ()


def test_what_is_lacking_costs_the_difference_and_what_others_left_out_is_spared():
    parts = (Part("ถัง", 20_000), Part("เขต", 15_000, left_out=2), Part("สมุด", None))
    found = fit(Candidate("ก", parts=parts), Situation(budget=12_000))
    assert (found.cost, found.spared, found.least, found.gap) == (35_000, 15_000, 20_000, 8_000)
    assert fit(Candidate("ก", parts=parts), Situation()).gap is None
    assert fit(Candidate("ก"), Situation(budget=5)).gap is None
    assert fit(Candidate("ก", budget=5), Situation(budget=9)).gap == 0


@pytest.mark.parametrize(("households", "alike"), [
    (None, False), (49, False), (50, True), (100, True), (200, True), (201, False),
])
def test_a_community_is_as_large_from_half_to_twice(households, alike):
    trial = Trial(True, frozenset(), 100)
    assert trial.is_as_large(Situation(households=households)) is alike


def test_replications_nearby_are_told_of_first():
    far, large, near = Trial(True, page="far"), Trial(False, households=80, page="large"), Trial(
        False, frozenset({"9011"}), page="near")
    found = fit(Candidate("ก", trials=(far, large, near)), Situation(area="901101", households=100))
    assert [n.trial.page for n in found.trials] == ["near", "large", "far"]
    assert not Trial(True, frozenset({"90"})).is_near(Situation(area="9011"))


def any_candidate(chance, number):
    kinds = ["", "households-min", "households-max", "people", "budget", "place", "skill"]
    made = []
    for n in range(chance.randint(0, 5)):
        kind = chance.choice(kinds)
        made.append(Need(f"{number}-{n}", chance.random() < 0.6, kind, chance.randint(1, 100),
                         chance.choice("xyz"), key=f"{number}-{n}"))
    trials = tuple(
        Trial(chance.random() < 0.5, frozenset({chance.choice(["9001", "9002"])}),
              chance.choice([None, 10, 100]))
        for _ in range(chance.randint(0, 3))
    )
    return Candidate(f"แบบ {number:03}", needs=tuple(made), trials=trials,
                     words=chance.choice([0, 0.3, 0.9, 1]))


def place(candidates, key, situation):
    return [f.candidate.title for f in ranked(candidates, situation)].index(key)


def test_one_more_condition_met_never_ranks_a_model_lower():
    chance = random.Random(20)
    tried = 0
    for _ in range(400):
        candidates = [any_candidate(chance, n) for n in range(6)]
        keys = [need.key for c in candidates for need in c.needs]
        answers = {key: chance.random() < 0.5 for key in keys if chance.random() < 0.5}
        before = Situation(area="900101", households=50, answers=answers)
        mine = chance.choice(candidates)
        for item in fit(mine, before).checks:
            if item.verdict == Verdict.MET or not item.may_answer:
                continue
            after = Situation(
                area="900101", households=50, answers=answers | {item.need.key: True})
            tried += 1
            assert place(candidates, mine.title, after) <= place(candidates, mine.title, before)
    assert tried > 200


def test_no_model_is_ever_left_out_and_the_order_is_not_by_luck():
    chance = random.Random(5)
    candidates = [any_candidate(chance, n) for n in range(40)]
    situation = Situation(households=50, people=3)
    first = titles(candidates, households=50, people=3)
    chance.shuffle(candidates)
    assert [f.candidate.title for f in ranked(candidates, situation)] == first
    assert len(first) == 40
