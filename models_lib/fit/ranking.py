"""How well Models fit a community: pure functions, no database.

Nothing here is weighted or guessed. Each requirement is met, not met or unknown for a reason that
can be stated in a sentence, and Models are ranked by comparing these results in the order of
``Fit.sort_key``; docs/decisions/0009-fit-search.md explains it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

PROBLEM_MATCH_THRESHOLD = 0.75  # text score, 0 to 1, from which a Model is about the problem


class Verdict(StrEnum):
    MET = "met"
    NOT_MET = "not-met"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """What a verdict is based on."""

    NUMBER = "number"  # the community's number compared with the Model's
    TICKED = "ticked"  # the community says that its place or people have it
    ANSWER = "answer"  # the requirement itself was answered
    AREA = "area"  # the table of what areas have
    NOTHING = "nothing"


@dataclass(frozen=True)
class Situation:
    """What is known of a community; None and empty mean that it was not stated."""

    area: str = ""  # geocode of a subdistrict or district
    households: int | None = None
    people: int | None = None
    budget: int | None = None  # baht
    skills: frozenset[str] = frozenset()  # slugs
    groups: frozenset[str] = frozenset()  # slugs
    features: frozenset[str] = frozenset()
    area_features: Mapping[str, bool] = field(default_factory=dict)  # feature → whether present
    answers: Mapping[str, bool] = field(default_factory=dict)  # key of a requirement → answer


@dataclass(frozen=True)
class Requirement:
    """One condition of a Model. ``kind`` is one of ``Condition.Kind``, empty for text alone."""

    text: str
    required: bool = True
    kind: str = ""
    amount: int = 0  # households, people or baht
    value: str = ""  # slug of a skill or group, or a feature
    name: str = ""  # of that skill, group or feature, for readers
    key: str = ""  # under which it can be answered; empty if it cannot


@dataclass(frozen=True)
class Assessment:
    """A requirement compared with a situation."""

    requirement: Requirement
    verdict: Verdict
    reason: Reason = Reason.NOTHING
    given: int | None = None  # the community's number
    shortfall: int = 0  # how many households, people or baht are missing, or too many

    @property
    def may_answer(self) -> bool:
        return bool(self.requirement.key) and self.reason != Reason.NUMBER


# Kind of requirement → field of Situation.
NUMBER_FIELDS = {
    "households-min": "households", "households-max": "households", "people": "people",
    "budget": "budget",
}
TICKED_FIELDS = {"skill": "skills", "group": "groups", "place": "features"}


def assess(requirement: Requirement, situation: Situation) -> Assessment:
    """Whether ``requirement`` is met in ``situation``, and what that is based on."""
    kind, value, key = requirement.kind, requirement.value, requirement.key
    if kind in NUMBER_FIELDS:
        given = getattr(situation, NUMBER_FIELDS[kind])
        if given is not None:
            excess = given - requirement.amount
            shortfall = max(0, excess if kind == "households-max" else -excess)
            verdict = Verdict.NOT_MET if shortfall else Verdict.MET
            return Assessment(requirement, verdict, Reason.NUMBER, given, shortfall)
    if key and key in situation.answers:
        return Assessment(requirement, _verdict(situation.answers[key]), Reason.ANSWER)
    if kind in TICKED_FIELDS and value in getattr(situation, TICKED_FIELDS[kind]):
        return Assessment(requirement, Verdict.MET, Reason.TICKED)
    if kind == "place" and value in situation.area_features:
        return Assessment(requirement, _verdict(situation.area_features[value]), Reason.AREA)
    return Assessment(requirement, Verdict.UNKNOWN)


def _verdict(is_met: bool) -> Verdict:
    return Verdict.MET if is_met else Verdict.NOT_MET


@dataclass(frozen=True)
class Trial:
    """A replication: how it ended, where, how large, and which building blocks it dropped."""

    succeeded: bool
    areas: frozenset[str] = frozenset()  # geocodes
    households: int | None = None
    dropped: frozenset[str] = frozenset()  # keys of building blocks
    page: object = None

    def is_near(self, situation: Situation) -> bool:
        """Whether it was in the district of the situation."""
        district = situation.area[:4]
        return len(district) == 4 and any(code[:4] == district for code in self.areas)

    def is_similar_size(self, situation: Situation) -> bool:
        """Whether it had between half and twice as many households."""
        if not self.households or not situation.households:
            return False
        return situation.households <= 2 * self.households <= 4 * situation.households


@dataclass(frozen=True)
class RelatedTrial:
    """A trial compared with a situation."""

    trial: Trial
    is_near: bool
    is_similar_size: bool


@dataclass(frozen=True)
class BlockCost:
    """A building block: its cost in baht, and how many successful replications dropped it."""

    title: str
    cost: int | None = None
    key: str = ""
    anchor: str = ""
    times_dropped: int = 0


@dataclass(frozen=True)
class Candidate:
    """Everything that ranking needs to know of a Model."""

    title: str
    key: str = ""  # the same in every language
    requirements: tuple[Requirement, ...] = ()
    blocks: tuple[BlockCost, ...] = ()
    trials: tuple[Trial, ...] = ()
    budget: int | None = None  # the minimum, baht
    text_score: float = 0.0  # 0 to 1: how well it matches the problem, relative to other Models
    passages: tuple[Any, ...] = ()
    page: object = None


@dataclass(frozen=True)
class Fit:
    """A Model compared with a situation."""

    candidate: Candidate
    situation: Situation
    assessments: tuple[Assessment, ...]

    @property
    def key(self) -> str:
        return self.candidate.key

    def _share_met(self, assessments: Sequence[Assessment]) -> float:
        met = sum(a.verdict == Verdict.MET for a in assessments)
        return met / len(assessments) if assessments else 0.0

    @cached_property
    def counts(self) -> Counter[str]:
        """Name of a verdict → number of requirements."""
        return Counter(a.verdict.name for a in self.assessments)

    @cached_property
    def required(self) -> tuple[Assessment, ...]:
        return tuple(a for a in self.assessments if a.requirement.required)

    @cached_property
    def unmet_required(self) -> tuple[Assessment, ...]:
        """Why the Model does not fit."""
        return tuple(a for a in self.required if a.verdict == Verdict.NOT_MET)

    @cached_property
    def unknown_required(self) -> tuple[Assessment, ...]:
        return tuple(a for a in self.required if a.verdict == Verdict.UNKNOWN)

    @property
    def matches_problem(self) -> bool:
        """Whether the Model is about the community's problem."""
        return self.candidate.text_score >= PROBLEM_MATCH_THRESHOLD

    @cached_property
    def similar_successes(self) -> tuple[Trial, ...]:
        """Successful replications in the same district or in a community of similar size."""
        return tuple(
            related.trial for related in self.trials
            if related.trial.succeeded and (related.is_near or related.is_similar_size)
        )

    @cached_property
    def trials(self) -> list[RelatedTrial]:
        """All replications, those in the same district first, then those of similar size."""
        found = [
            RelatedTrial(t, t.is_near(self.situation), t.is_similar_size(self.situation))
            for t in self.candidate.trials
        ]
        return sorted(found, key=lambda related: (
            not related.is_near, not related.is_similar_size))

    # Costs

    @cached_property
    def total_cost(self) -> int:
        """Cost of all building blocks, baht."""
        return sum(block.cost or 0 for block in self.candidate.blocks)

    @cached_property
    def avoidable_cost(self) -> int:
        """Cost of the building blocks that successful replications dropped, baht."""
        return sum(block.cost or 0 for block in self.candidate.blocks if block.times_dropped)

    @cached_property
    def minimum_cost(self) -> int | None:
        """The Model's stated minimum, else the cost of its unavoidable blocks, baht."""
        return self.candidate.budget or (self.total_cost - self.avoidable_cost) or None

    @cached_property
    def budget_gap(self) -> int | None:
        """What the budget falls short of the minimum cost, baht; None if unknown."""
        if self.situation.budget is None or self.minimum_cost is None:
            return None
        return max(0, self.minimum_cost - self.situation.budget)

    @property
    def sort_key(self) -> tuple[Any, ...]:
        """What is compared, one after the other; the smallest comes first."""
        return (
            not self.matches_problem,  # equal for all where no problem was stated
            len(self.unmet_required),
            -self._share_met(self.required),
            -self._share_met(self.assessments),
            -round(self.candidate.text_score, 2),
            -len(self.similar_successes),
            self.candidate.title,
        )


def requirements_of(candidate: Candidate) -> tuple[Requirement, ...]:
    """Its requirements, and its minimum budget if no requirement is about money."""
    requirements = candidate.requirements
    if candidate.budget and not any(r.kind == "budget" for r in requirements):
        return (*requirements, Requirement("", True, "budget", candidate.budget))
    return requirements


def fit(candidate: Candidate, situation: Situation) -> Fit:
    """``candidate`` compared with ``situation``."""
    assessments = tuple(assess(r, situation) for r in requirements_of(candidate))
    return Fit(candidate, situation, assessments)


def rank(candidates: Iterable[Candidate], situation: Situation) -> list[Fit]:
    """All ``candidates``, the best fit first; none is left out."""
    return sorted((fit(c, situation) for c in candidates), key=lambda f: f.sort_key)
