"""The best passages of a hit, with the words that matched.

Works on the stored text as it stands: the words of the query are searched for as strings, so that
no body is segmented again for a search.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.thai.digits import THAI_DIGITS
from hub.thai.text import THAI_MARKS
from search.engines.contract import Hit, Section
from search.query.planning import Plan
from search.text import thai

WINDOW = 200  # characters of a passage
BEFORE = 50  # of them before the first match
MAX_OCCURRENCES = 12  # per word and section
MARKS = re.compile(f"[{THAI_MARKS}ะาำๅๆ]")


@dataclass(frozen=True)
class Passage:
    """An excerpt of a section; ``pieces`` are (text, matched) in order."""

    anchor: str
    heading: str
    pieces: list[tuple[str, bool]]


class WordPositions:
    """The positions of ``words`` in the texts of ``hit``: found once, used for its rank and for its
    passages. ``by_section`` has for each section (position, word) in order."""

    def __init__(self, hit: Hit, words: Sequence[str]):
        self.sections = hit.sections
        if hit.summary:
            self.sections = [Section("", "", hit.summary), *hit.sections]
        self.by_section = [
            _positions_in(lowered(section.text), words) for section in self.sections
        ]

    def best(self, weights: Mapping[str, float], width: int) -> float:
        """The best score of ``best_window`` in one section."""
        return max(
            (best_window(positions, weights, width)[0] for positions in self.by_section), default=0
        )


@dataclass
class _Candidate:
    score: float
    section: Section
    start: int


def best_passages(
    positions: WordPositions, weights: Mapping[str, float], limit: int = 2
) -> list[Passage]:
    """The best passages by the weight of the words in them, from different sections.

    ``positions`` are WordPositions; ``weights`` maps words to weights, see ``needles``.
    """
    candidates = []
    for section, found in zip(positions.sections, positions.by_section, strict=True):
        score, start = best_window(found, weights, WINDOW - BEFORE)
        if section.heading:
            heading = lowered(section.heading)
            score += sum(weight / 2 for word, weight in weights.items() if word in heading)
        if score and section.text.strip():
            candidates.append(_Candidate(score, section, start))
    candidates.sort(key=lambda c: -c.score)
    words = list(weights)
    if not candidates:
        first = next((s for s in positions.sections if s.text.strip()), None)
        return [_passage(_Candidate(0, first, 0), [])] if first else []
    best = candidates[0].score
    kept = [c for c in candidates[:limit] if c.score >= best * 0.6]
    return [_passage(c, words) for c in kept]


def needles(plan: Plan) -> dict[str, float]:
    """The strings to find → their weight, longest first: whole terms count most, then words by
    length."""
    found: dict[str, float] = {}
    for term in plan.terms:
        meaningful = [w for w in term.words if w not in thai.STOP_WORDS] or list(term.words)
        for word in meaningful:
            if len(word) == 1 and thai.is_thai(word):
                continue  # a single letter is the rest of a name that was segmented
            found[word] = max(found.get(word, 0), float(min(len(word), 12)))
        for synonym in term.synonyms:  # whole: คน is no match for คนแก่
            name = thai.join(synonym)
            found[name] = max(found.get(name, 0), float(min(len(name), 12)))
        whole = "".join(term.words)
        if len(term.words) > 1 and not plan.is_question:
            found[whole] = 3.0 * min(len(whole), 24)
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


def lowered(text: str) -> str:
    """``text`` for comparison, with every character at its position."""
    low = text.lower()
    if len(low) != len(text):
        low = text
    return low.translate(THAI_DIGITS) if thai.THAI_DIGIT.search(low) else low


def _positions_in(text: str, words: Iterable[str]) -> list[tuple[int, str]]:
    positions = []
    for word in words:
        start, seen = text.find(word), 0
        while start >= 0 and seen < MAX_OCCURRENCES:
            positions.append((start, word))
            seen += 1
            start = text.find(word, start + len(word))
    positions.sort()
    return positions


def best_window(
    positions: Sequence[tuple[int, str]], weights: Mapping[str, float], width: int
) -> tuple[float, int]:
    """The window of ``width`` characters with the highest score, which is the sum of the weights
    of the words in it, each counted once: the score, and the position of the first word."""
    inside: dict[str, int] = {}
    total, first, best = 0.0, 0, (0.0, 0)
    for start, word in positions:
        if not inside.get(word):
            total += weights.get(word, 0.0)
        inside[word] = inside.get(word, 0) + 1
        while start - positions[first][0] > width:
            gone = positions[first][1]
            inside[gone] -= 1
            if not inside[gone]:
                total -= weights.get(gone, 0.0)
            first += 1
        if total > best[0]:
            best = (total, positions[first][0])
    return best


def _passage(candidate: _Candidate, words: Iterable[str]) -> Passage:
    text = candidate.section.text.replace("\n", " ")
    start = max(0, candidate.start - BEFORE)
    if start:
        space = text.find(" ", start, candidate.start)
        start = space + 1 if space >= 0 else _boundary(text, start)
    end = min(len(text), start + WINDOW)
    if end < len(text):
        space = text.rfind(" ", end - 40, end)
        end = space if space > start else _boundary(text, end)
    cut = text[start:end]
    pieces = _marked(cut, words)
    if start:
        pieces.insert(0, ("… ", False))
    if end < len(text):
        pieces.append((" …", False))
    return Passage(candidate.section.anchor, candidate.section.heading, pieces)


def _boundary(text: str, at: int) -> int:
    """The nearest position at or before ``at`` that does not part a mark from its letter."""
    while at > 0 and at < len(text) and (
        MARKS.match(text[at]) or text[at - 1] in "เแโใไ"
    ):
        at -= 1
    return at


def _marked(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """``text`` split where words match; longer words win, a match never splits a cluster.

    By ``str.find``: compiling a pattern of all words would cost more than everything else here.
    """
    low = lowered(text)
    matches: list[tuple[int, int]] = []
    for word in words:
        start = low.find(word)
        while start >= 0:
            end = start + len(word)
            whole = not (end < len(text) and MARKS.match(text[end])) and not (
                start and text[start - 1] in "เแโใไ"  # กา is no part of เกา
            )
            if whole and not any(a < end and start < b for a, b in matches):
                matches.append((start, end))
            start = low.find(word, end)
    pieces: list[tuple[str, bool]] = []
    last = 0
    for start, end in sorted(matches):
        if start > last:
            pieces.append((text[last:start], False))
        pieces.append((text[start:end], True))
        last = end
    if last < len(text):
        pieces.append((text[last:], False))
    return pieces
