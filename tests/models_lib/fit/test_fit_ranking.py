"""How Models are compared with a community: each verdict with its reason, and the ranking."""

import random

import pytest

from models_lib.fit.ranking import (
    BlockCost,
    Candidate,
    Reason,
    Requirement,
    Situation,
    Trial,
    Verdict,
    assess,
    fit,
    rank,
)


def verdict(requirement, **known):
    found = assess(requirement, Situation(**known))
    return found.verdict, found.reason, found.shortfall


HOUSEHOLDS = Requirement("บ้าน", kind="households-min", amount=100, key="k")
FEW = Requirement("บ้าน", kind="households-max", amount=100, key="k")
COAST = Requirement("ทะเล", kind="place", value="coast", key="k")
SKILL = Requirement("ช่าง", kind="skill", value="electrical", key="k")
WORDS = Requirement("คนรับซื้อยอม", key="k")


@pytest.mark.parametrize(("requirement", "known", "expected"), [
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
    (Requirement("", kind="budget", amount=500), {"budget": 499},
     (Verdict.NOT_MET, Reason.NUMBER, 1)),
    (Requirement("", kind="people", amount=5), {"people": 5}, (Verdict.MET, Reason.NUMBER, 0)),
    (COAST, {"features": frozenset({"coast"}), "area_features": {"coast": False}},
     (Verdict.MET, Reason.TICKED, 0)),
    (COAST, {"area_features": {"coast": False}}, (Verdict.NOT_MET, Reason.AREA, 0)),
    (COAST, {"area_features": {"coast": False}, "answers": {"k": True}},
     (Verdict.MET, Reason.ANSWER, 0)),
    (COAST, {"area_features": {"lake": True}}, (Verdict.UNKNOWN, Reason.NOTHING, 0)),
    (SKILL, {"skills": frozenset({"electrical"})}, (Verdict.MET, Reason.TICKED, 0)),
    # What is not ticked may only have been forgotten.
    (SKILL, {"skills": frozenset({"farming"})}, (Verdict.UNKNOWN, Reason.NOTHING, 0)),
    (WORDS, {}, (Verdict.UNKNOWN, Reason.NOTHING, 0)),
    (WORDS, {"answers": {"k": False}}, (Verdict.NOT_MET, Reason.ANSWER, 0)),
])
def test_a_condition_is_met_not_met_or_unknown_for_a_reason(requirement, known, expected):
    assert verdict(requirement, **known) == expected


def titles(candidates, **known):
    return [f.candidate.title for f in rank(candidates, Situation(**known))]


def requirements(*keys, required=True):
    return tuple(Requirement(key, required, key=key) for key in keys)


def test_required_conditions_count_before_the_share_of_all_conditions():
    must = Candidate(
        "ครบข้อสำคัญ",
        requirements=requirements("a") + requirements("b", "c", "d", required=False),
    )
    many = Candidate(
        "ครบหลายข้อ",
        requirements=requirements("e") + requirements("f", "g", "h", required=False),
    )
    answers = {"a": True, "e": False, "f": True, "g": True, "h": True}
    assert titles([many, must], answers=answers) == ["ครบข้อสำคัญ", "ครบหลายข้อ"]


def test_then_share_of_conditions_then_text_score_then_success_nearby():
    near = Trial(True, frozenset({"901103"}))
    same = {"requirements": requirements("a", "b")}
    candidates = [
        Candidate("จ ไม่มีใครใกล้", text_score=0.9, **same),
        Candidate("ง ใกล้แต่ไม่ได้ผล", text_score=0.9, trials=(Trial(False, near.areas),), **same),
        Candidate("ค ใกล้และได้ผล", text_score=0.9, trials=(near,), **same),
        Candidate("ข คำตรงกว่า", text_score=0.95, **same),
        Candidate("ก ครบกว่า", requirements=requirements("a", "c"), text_score=0.8),
    ]
    assert titles(candidates, area="901101", answers={"a": True, "c": True}) == [
        "ก ครบกว่า", "ข คำตรงกว่า", "ค ใกล้และได้ผล", "ง ใกล้แต่ไม่ได้ผล", "จ ไม่มีใครใกล้",
    ]


def test_a_model_about_the_problem_ranks_before_one_whose_conditions_are_met():
    other = Candidate("ธนาคารปู", requirements=requirements("a"), text_score=0.2)
    matching = Candidate("สายเตือนน้ำท่วม", requirements=requirements("b"), text_score=1.0)
    assert titles([other, matching], answers={"a": True}) == ["สายเตือนน้ำท่วม", "ธนาคารปู"]


def test_a_model_that_names_no_condition_does_not_outrank_one_whose_conditions_are_met():
    candidates = [Candidate("ก"), Candidate("ข", requirements=requirements("a"))]
    assert titles(candidates, answers={"a": True}) == ["ข", "ก"]


def test_the_minimum_budget_is_a_requirement_if_no_condition_is_about_money():
    found = fit(Candidate("ก", budget=18_000), Situation(budget=10_000))
    assert [a.shortfall for a in found.unmet_required] == [8_000]
    spoken = Candidate(
        "ก", budget=18_000, requirements=(Requirement("เงิน", True, "budget", 5_000),)
    )
    assert fit(spoken, Situation(budget=10_000)).unmet_required == ()


def test_the_budget_gap_leaves_out_blocks_that_successful_replications_dropped():
    blocks = (
        BlockCost("ถัง", 20_000), BlockCost("เขต", 15_000, times_dropped=2), BlockCost("สมุด", None),
    )
    found = fit(Candidate("ก", blocks=blocks), Situation(budget=12_000))
    assert (found.total_cost, found.avoidable_cost) == (35_000, 15_000)
    assert (found.minimum_cost, found.budget_gap) == (20_000, 8_000)
    assert fit(Candidate("ก", blocks=blocks), Situation()).budget_gap is None
    assert fit(Candidate("ก"), Situation(budget=5)).budget_gap is None
    assert fit(Candidate("ก", budget=5), Situation(budget=9)).budget_gap == 0


@pytest.mark.parametrize(("households", "alike"), [
    (None, False), (49, False), (50, True), (100, True), (200, True), (201, False),
])
def test_a_community_of_half_to_twice_the_households_is_of_similar_size(households, alike):
    trial = Trial(True, frozenset(), 100)
    assert trial.is_similar_size(Situation(households=households)) is alike


def test_replications_nearby_are_listed_first():
    far, large, near = Trial(True, page="far"), Trial(False, households=80, page="large"), Trial(
        False, frozenset({"9011"}), page="near")
    found = fit(Candidate("ก", trials=(far, large, near)), Situation(area="901101", households=100))
    assert [n.trial.page for n in found.trials] == ["near", "large", "far"]
    assert not Trial(True, frozenset({"90"})).is_near(Situation(area="9011"))


def any_candidate(chance, number):
    kinds = ["", "households-min", "households-max", "people", "budget", "place", "skill"]
    requirements = []
    for n in range(chance.randint(0, 5)):
        kind = chance.choice(kinds)
        requirements.append(Requirement(
            f"{number}-{n}", chance.random() < 0.6, kind, chance.randint(1, 100),
            chance.choice("xyz"), key=f"{number}-{n}",
        ))
    trials = tuple(
        Trial(chance.random() < 0.5, frozenset({chance.choice(["9001", "9002"])}),
              chance.choice([None, 10, 100]))
        for _ in range(chance.randint(0, 3))
    )
    return Candidate(f"แบบ {number:03}", requirements=tuple(requirements), trials=trials,
                     text_score=chance.choice([0, 0.3, 0.9, 1]))


def place(candidates, key, situation):
    return [f.candidate.title for f in rank(candidates, situation)].index(key)


def test_one_more_condition_met_never_ranks_a_model_lower():
    chance = random.Random(20)
    tried = 0
    for _ in range(400):
        candidates = [any_candidate(chance, n) for n in range(6)]
        keys = [requirement.key for c in candidates for requirement in c.requirements]
        answers = {key: chance.random() < 0.5 for key in keys if chance.random() < 0.5}
        before = Situation(area="900101", households=50, answers=answers)
        mine = chance.choice(candidates)
        for item in fit(mine, before).assessments:
            if item.verdict == Verdict.MET or not item.may_answer:
                continue
            after = Situation(
                area="900101", households=50, answers=answers | {item.requirement.key: True})
            tried += 1
            assert place(candidates, mine.title, after) <= place(candidates, mine.title, before)
    assert tried > 200


def test_no_model_is_left_out_and_the_order_is_deterministic():
    chance = random.Random(5)
    candidates = [any_candidate(chance, n) for n in range(40)]
    situation = Situation(households=50, people=3)
    first = titles(candidates, households=50, people=3)
    chance.shuffle(candidates)
    assert [f.candidate.title for f in rank(candidates, situation)] == first
    assert len(first) == 40
