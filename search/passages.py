"""The passage of a hit that answers best, with the words that matched.

Works on the stored text as it stands: the planned words are looked up as strings, so that no
body is segmented again for a search.
"""

import re
from dataclasses import dataclass

from search import thai
from search.engine import Section

WINDOW = 200  # characters of a passage
BEFORE = 50  # of them before the first match
OCCURRENCES = 12  # looked at per word and section
MARKS = re.compile(f"[{thai.UPPER_AND_LOWER}ะาำๅๆ]")


@dataclass(frozen=True)
class Passage:
    """A stretch of a section; ``pieces`` are (text, matched) in order."""

    anchor: str
    heading: str
    pieces: list[tuple[str, bool]]


@dataclass
class _Candidate:
    score: float
    section: Section
    start: int


def best_passages(hit, words, most=2) -> list[Passage]:
    """The one or two best passages of ``hit`` for the ``needles``, from different sections."""
    sections = hit.sections
    if hit.summary:
        sections = [Section("", "", hit.summary), *sections]
    candidates = []
    for section in sections:
        found = _best_in(section, words)
        if found:
            candidates.append(found)
    candidates.sort(key=lambda c: -c.score)
    if not candidates:
        first = next((s for s in sections if s.text.strip()), None)
        return [_passage(_Candidate(0, first, 0), [])] if first else []
    best = candidates[0].score
    kept = [c for c in candidates[:most] if c.score >= best * 0.6]
    return [_passage(c, words) for c in kept]


def needles(plan) -> list[tuple[str, float]]:
    """What to look for with its weight: whole stretches count most, then words by length."""
    found = {}
    for terms in (way for typed in plan.terms for way in (typed, *typed.variants)):
        meaningful = [w for w in terms.words if w not in thai.STOP_WORDS] or list(terms.words)
        for word in meaningful:
            if len(word) == 1 and "\u0e00" <= word <= "\u0e7f":
                continue  # a lone letter is a remnant of a name cut apart
            found[word] = max(found.get(word, 0), float(min(len(word), 12)))
        whole = "".join(terms.words)
        if len(terms.words) > 1 and not plan.is_question:
            found[whole] = 3.0 * min(len(whole), 24)
    return sorted(found.items(), key=lambda pair: -len(pair[0]))


def _lowered(text) -> str:
    """``text`` for comparison, character for character (so that positions stay)."""
    low = text.lower()
    if len(low) != len(text):
        low = text
    return low.translate(thai.THAI_DIGITS) if thai.THAI_DIGIT.search(low) else low


def _best_in(section, words):
    text = _lowered(section.text)
    heading = _lowered(section.heading)
    bonus = sum(weight / 2 for word, weight in words if word in heading) if heading else 0
    score, start = best_window(text, words, WINDOW - BEFORE)
    if not score:
        return _Candidate(bonus, section, 0) if bonus and text.strip() else None
    return _Candidate(score + bonus, section, start)


def best_window(text, words, width) -> tuple[float, int]:
    """Where within ``width`` characters the most of ``words`` (word, weight) begin: the sum of
    the weights of those there, each counted once, and the position of the first."""
    places = []
    for word, weight in words:
        start, seen = text.find(word), 0
        while start >= 0 and seen < OCCURRENCES:
            places.append((start, word, weight))
            seen += 1
            start = text.find(word, start + len(word))
    places.sort()
    inside, total, first, best = {}, 0.0, 0, (0.0, 0)
    for start, word, weight in places:
        if not inside.get(word):
            total += weight
        inside[word] = inside.get(word, 0) + 1
        while start - places[first][0] > width:
            _start, gone, its_weight = places[first]
            inside[gone] -= 1
            if not inside[gone]:
                total -= its_weight
            first += 1
        if total > best[0]:
            best = (total, places[first][0])
    return best


def _passage(candidate, words) -> Passage:
    text = re.sub(r"\s", " ", candidate.section.text)
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


def _boundary(text, at) -> int:
    """The nearest place at or before ``at`` where no mark loses its letter."""
    while at > 0 and at < len(text) and (
        MARKS.match(text[at]) or text[at - 1] in "เแโใไ"
    ):
        at -= 1
    return at


def _marked(text, words) -> list[tuple[str, bool]]:
    """``text`` split where words match; longer words win, a match never splits a cluster.

    Plain searches: compiling a pattern of all words would cost more than everything else here.
    """
    low = _lowered(text)
    matches = []
    for word, _weight in words:
        start = low.find(word)
        while start >= 0:
            end = start + len(word)
            whole = not (end < len(text) and MARKS.match(text[end])) and not (
                start and text[start - 1] in "เแโใไ"  # กา is no part of เกา
            )
            if whole and not any(a < end and start < b for a, b in matches):
                matches.append((start, end))
            start = low.find(word, end)
    pieces, last = [], 0
    for start, end in sorted(matches):
        if start > last:
            pieces.append((text[last:start], False))
        pieces.append((text[start:end], True))
        last = end
    if last < len(text):
        pieces.append((text[last:], False))
    return pieces
