"""How well masking does on lessons whose identifying strings are marked.

A file of lessons has ``= title`` lines, each followed by the paragraphs of its lesson. ``[[…]]``
is a string that identifies somebody and has to be masked whole; ``{{…}}`` may be masked or not.
Everything else should stay as it is.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lessons.masking.learning import learned
from lessons.masking.masker import Rules, find_spans, skeleton
from lessons.masking.remaining import remaining

FOLDER = Path(__file__).resolve().parent.parent / "tests/lessons/masking/lessons"
LANGUAGES = ("th", "en")
AS_IT_IS = "as it is"
VARIANTS = (AS_IT_IS, "each text by itself", "without PyThaiNLP's names alone")
_MARK = re.compile(r"\[\[(.+?)\]\]|\{\{(.+?)\}\}")
LONGEST_LEAD = 30  # letters before a string that a mask may take with it: นางสาว, the village of


@dataclass(frozen=True)
class MarkedText:
    """A text without its marks; ``identifying`` and ``optional`` are (start, end) in it."""

    text: str
    identifying: tuple[tuple[int, int], ...]
    optional: tuple[tuple[int, int], ...]


@dataclass
class Figures:
    """What was masked: counts of strings and masks, and what was missed or masked needlessly."""

    lessons: int = 0
    identifying: int = 0
    masks: int = 0
    missed: list[str] = field(default_factory=list)
    needless: list[str] = field(default_factory=list)
    asked: int = 0  # of what was missed: the author is asked about it
    questions: int = 0

    @property
    def recall(self) -> float:
        return 1 - len(self.missed) / self.identifying

    @property
    def needless_share(self) -> float:
        return len(self.needless) / self.masks


def marked(line: str) -> MarkedText:
    """``line`` with its marks taken out and noted."""
    text, found, last = "", ([], []), 0
    for match in _MARK.finditer(line):
        text += line[last : match.start()]
        inside = match[1] or match[2]
        found[0 if match[1] else 1].append((len(text), len(text) + len(inside)))
        text += inside
        last = match.end()
    return MarkedText(text + line[last:], *map(tuple, found))


def read(half: str, language: str) -> list[list[MarkedText]]:
    """The lessons of ``half`` (tuning, untouched), each a list of texts, the title first."""
    content = (FOLDER / f"{half}.{language}.txt").read_text("utf-8")
    lessons = re.split(r"^= ", content, flags=re.M)[1:]
    return [[marked(line) for line in lesson.splitlines() if line.strip()] for lesson in lessons]


def measure(
    lessons: list[list[MarkedText]], rules_of: Callable[[list[str]], Rules]
) -> Figures:
    """Figures of all ``lessons``; ``rules_of`` gives the rules for the texts of one."""
    figures = Figures(lessons=len(lessons))
    for lesson in lessons:
        rules = rules_of([one.text for one in lesson])
        asked = [skeleton(text) for text in remaining([one.text for one in lesson], rules)]
        figures.questions += len(asked)
        for one in lesson:
            _count(one, rules, figures, asked)
    return figures


def of_half(half: str, language: str, variant: str = AS_IT_IS) -> Figures:
    """Figures of one half in one language, with the areas of the hub's database."""
    # heavy: only where Django is set up
    from hub.pages.page_search import words_of
    from lessons.masking.masked_copy import known_areas

    rules = Rules(language, areas=known_areas(language), segment=words_of,
                  has_word_lists=variant != VARIANTS[2])
    return measure(read(half, language), lambda texts: (
        rules if variant == VARIANTS[1] else learned(rules, texts)))


def _count(one: MarkedText, rules: Rules, figures: Figures, asked: list[str]) -> None:
    spans = find_spans(one.text, rules)
    hidden = {index for span in spans for index in range(span.start, span.end)}
    for start, end in one.identifying:
        figures.identifying += 1
        if any(i not in hidden for i in range(start, end) if one.text[i].isalnum()):
            figures.asked += any(key in skeleton(one.text[start:end]) for key in asked)
            figures.missed.append(f"{one.text[start:end]} in: {one.text}")
    figures.masks += len(spans)
    known = sorted(one.identifying + one.optional)
    for span in spans:
        covered = [(s, e) for s, e in known if s < span.end and span.start < e]
        beyond = one.text[covered[-1][1] : span.end] if covered else ""
        if not covered or any(letter.isalnum() for letter in beyond) or (
            covered[0][0] - span.start > LONGEST_LEAD
        ):
            figures.needless.append(f"{span.text} ({span.kind}) in: {one.text}")
