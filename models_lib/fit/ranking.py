"""How well Models fit a community: pure functions, no database.

Nothing here weighs or guesses. Each condition is met, not met or unknown for a reason that can be
said in a sentence, and Models are ranked by comparing what was found, in the order that
``Fit.order`` states and docs/decisions/0009-fit-search.md explains.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

TELLS = 0.75  # of the best score for the words of a problem: from here on a Model tells of it


class Verdict(StrEnum):
    MET = "met"
    NOT_MET = "not-met"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """What a verdict rests on."""

    NUMBER = "number"  # her number beside the Model's
    TICKED = "ticked"  # she said that her place or people have it
    ANSWER = "answer"  # she answered the condition itself
    AREA = "area"  # the table of what areas have
    NOTHING = "nothing"


@dataclass(frozen=True)
class Situation:
    """What a leader said of her community; None and empty mean that she did not say."""

    area: str = ""  # geocode of a subdistrict or district
    households: int | None = None
    people: int | None = None
    budget: int | None = None  # baht
    skills: frozenset[str] = frozenset()  # slugs
    groups: frozenset[str] = frozenset()  # slugs
    features: frozenset[str] = frozenset()
    known: Mapping[str, bool] = field(default_factory=dict)  # feature → what the table says
    answers: Mapping[str, bool] = field(default_factory=dict)  # key of a need → her answer


@dataclass(frozen=True)
class Need:
    """One condition of a Model. ``kind`` is one of ``Condition.Kind``, empty for words alone."""

    text: str
    required: bool = True
    kind: str = ""
    amount: int = 0  # households, people or baht
    value: str = ""  # slug of a skill or group, or a feature
    name: str = ""  # of that skill, group or feature, as readers read it
    key: str = ""  # under which it can be answered; empty where it cannot


@dataclass(frozen=True)
class Checked:
    """A need held against a situation."""

    need: Need
    verdict: Verdict
    reason: Reason = Reason.NOTHING
    given: int | None = None  # her number
    lacking: int = 0  # how many households, people or baht are missing, or too many

    @property
    def may_answer(self) -> bool:
        return bool(self.need.key) and self.reason != Reason.NUMBER


GIVEN = {
    "households-min": "households", "households-max": "households", "people": "people",
    "budget": "budget",
}
TICKED = {"skill": "skills", "group": "groups", "place": "features"}


def check(need: Need, situation: Situation) -> Checked:
    """Whether ``need`` is met in ``situation``, and what that rests on."""
    if need.kind in GIVEN:
        given = getattr(situation, GIVEN[need.kind])
        if given is not None:
            above = given - need.amount
            lacking = max(0, above if need.kind == "households-max" else -above)
            verdict = Verdict.NOT_MET if lacking else Verdict.MET
            return Checked(need, verdict, Reason.NUMBER, given, lacking)
    if need.key and need.key in situation.answers:
        verdict = Verdict.MET if situation.answers[need.key] else Verdict.NOT_MET
        return Checked(need, verdict, Reason.ANSWER)
    if need.kind in TICKED and need.value in getattr(situation, TICKED[need.kind]):
        return Checked(need, Verdict.MET, Reason.TICKED)
    if need.kind == "place" and need.value in situation.known:
        verdict = Verdict.MET if situation.known[need.value] else Verdict.NOT_MET
        return Checked(need, verdict, Reason.AREA)
    return Checked(need, Verdict.UNKNOWN)


@dataclass(frozen=True)
class Trial:
    """A replication: how it ended, where, how large, and which building blocks it dropped."""

    worked: bool
    areas: frozenset[str] = frozenset()  # geocodes
    households: int | None = None
    dropped: frozenset[str] = frozenset()  # keys of building blocks
    page: object = None

    def is_near(self, situation: Situation) -> bool:
        """Whether it was in the district of the situation."""
        district = situation.area[:4]
        return len(district) == 4 and any(code[:4] == district for code in self.areas)

    def is_as_large(self, situation: Situation) -> bool:
        """Whether it had between half and twice as many households."""
        if not self.households or not situation.households:
            return False
        return situation.households <= 2 * self.households <= 4 * situation.households


@dataclass(frozen=True)
class Neighbour:
    """A trial as seen from a situation."""

    trial: Trial
    is_near: bool
    is_as_large: bool


@dataclass(frozen=True)
class Part:
    """A building block: what it costs in baht, and how often a replication that worked did
    without it."""

    title: str
    cost: int | None = None
    key: str = ""
    anchor: str = ""
    left_out: int = 0


@dataclass(frozen=True)
class Candidate:
    """All that ranking needs to know of a Model."""

    title: str
    key: str = ""  # the same in every language
    needs: tuple[Need, ...] = ()
    parts: tuple[Part, ...] = ()
    trials: tuple[Trial, ...] = ()
    budget: int | None = None  # the least that it takes, baht
    words: float = 0.0  # 0 to 1: how well it tells of her problem, beside the other Models
    passages: tuple = ()
    page: object = None


@dataclass(frozen=True)
class Fit:
    """A Model held against a situation."""

    candidate: Candidate
    situation: Situation
    checks: tuple[Checked, ...]

    @property
    def key(self) -> str:
        return self.candidate.key

    def _share(self, checks) -> float:
        met = sum(c.verdict == Verdict.MET for c in checks)
        return met / len(checks) if checks else 0.0

    @cached_property
    def counts(self) -> Counter:
        return Counter(c.verdict.name for c in self.checks)

    @cached_property
    def must(self) -> tuple[Checked, ...]:
        return tuple(c for c in self.checks if c.need.required)

    @cached_property
    def broken(self) -> tuple[Checked, ...]:
        """What cannot be done without and is not there: why the Model does not fit."""
        return tuple(c for c in self.must if c.verdict == Verdict.NOT_MET)

    @cached_property
    def open(self) -> tuple[Checked, ...]:
        return tuple(c for c in self.must if c.verdict == Verdict.UNKNOWN)

    @cached_property
    def lacking(self) -> tuple[Checked, ...]:
        return tuple(c for c in self.checks if c.verdict == Verdict.NOT_MET)

    @property
    def tells(self) -> bool:
        """Whether the Model tells of the leader's problem."""
        return self.candidate.words >= TELLS

    @cached_property
    def alike(self) -> tuple[Trial, ...]:
        """Replications that worked in the same district or in a community as large."""
        return tuple(
            n.trial for n in self.trials if n.trial.worked and (n.is_near or n.is_as_large)
        )

    @cached_property
    def trials(self) -> list[Neighbour]:
        """All replications, those in the same district first, then those as large."""
        found = [
            Neighbour(t, t.is_near(self.situation), t.is_as_large(self.situation))
            for t in self.candidate.trials
        ]
        return sorted(found, key=lambda n: (not n.is_near, not n.is_as_large))

    # What it would cost

    @cached_property
    def cost(self) -> int:
        """Of all building blocks, baht."""
        return sum(part.cost or 0 for part in self.candidate.parts)

    @cached_property
    def spared(self) -> int:
        """What those building blocks cost that others left out successfully, baht."""
        return sum(part.cost or 0 for part in self.candidate.parts if part.left_out)

    @cached_property
    def least(self) -> int | None:
        """The least that it takes, baht: what the Model says, else what its parts cost."""
        return self.candidate.budget or (self.cost - self.spared) or None

    @cached_property
    def gap(self) -> int | None:
        """What the leader's money falls short of the least, baht; None where it is not known."""
        if self.situation.budget is None or self.least is None:
            return None
        return max(0, self.least - self.situation.budget)

    @property
    def order(self) -> tuple:
        """What is compared, one after the other; the smallest stands first."""
        return (
            not self.tells,  # only where she wrote a problem; else alike for all
            len(self.broken),
            -self._share(self.must),
            -self._share(self.checks),
            -round(self.candidate.words, 2),
            -len(self.alike),
            self.candidate.title,
        )


def needs_of(candidate: Candidate) -> tuple[Need, ...]:
    """Its conditions, and its least budget where no condition speaks of money."""
    if candidate.budget and not any(need.kind == "budget" for need in candidate.needs):
        return (*candidate.needs, Need("", True, "budget", candidate.budget))
    return candidate.needs


def fit(candidate: Candidate, situation: Situation) -> Fit:
    checks = tuple(check(need, situation) for need in needs_of(candidate))
    return Fit(candidate, situation, checks)


def ranked(candidates, situation: Situation) -> list[Fit]:
    """All ``candidates``, the one that fits best first; none is left out."""
    return sorted((fit(c, situation) for c in candidates), key=lambda f: f.order)
