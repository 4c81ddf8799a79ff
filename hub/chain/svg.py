"""Layout of the chain for an SVG: pages in columns by stage, arrows between them.

Text in an SVG does not wrap, so titles are cut into lines here, between words.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.utils.translation import gettext as _

from hub.chain.graph import Chain
from hub.chain.relations import STAGE_PLURALS, Stage
from hub.pages.page_search import words_of

COLUMNS = [
    (Stage.PRACTICE, Stage.STUDY_TOUR), (Stage.LESSON,), (Stage.MODEL,),
    (Stage.REPLICATION, Stage.CURRICULUM), (Stage.ISSUE,),
    (Stage.ASSEMBLY, Stage.DRAFT, Stage.RESOLUTION),
]
CLAUSES, REPORTS = len(COLUMNS), len(COLUMNS) + 1
# Units of the drawing; it is shown at one pixel each.
WIDTH, GAP, BETWEEN, MARGIN, TOP = 204, 60, 20, 24, 48
LINE, PADDING = 25, 12
LETTERS = 19  # that fit on a line of a box, marks above and below not counted
LATIN = 0.87  # of the width of a Thai letter
MOST_LINES = 5
OPENING = tuple("([“‘")
SWEEPS = 6
Key: TypeAlias = Any  # of a box: a translation key, alone or with the places of its steps


@dataclass
class Box:
    """A page, a clause or a report on it."""

    key: Key
    column: int
    kind: str  # what the stylesheet colours by
    label: str
    lines: list[str]
    url: str
    mark: str = ""
    is_here: bool = False
    x: int = 0
    y: int = 0

    width = WIDTH

    @property
    def height(self) -> int:
        return 2 * PADDING + LINE * (1 + len(self.lines) + bool(self.mark))

    @property
    def middle(self) -> int:
        return self.y + self.height // 2

    @property
    def texts(self) -> list[tuple[str, int, str]]:
        """(text, y of its base line, class) of every line of the box."""
        classed = [(f"{self.label} ", "label"), *((line, "title") for line in self.lines)]
        classed += [(f" {self.mark}", "mark")] if self.mark else []
        return [
            (text, self.y + PADDING + LINE * number + 18, name)
            for number, (text, name) in enumerate(classed)
        ]


@dataclass
class Picture:
    boxes: list[Box] = field(default_factory=list)
    curves: list[str] = field(default_factory=list)  # paths, from source to dependent
    columns: list[tuple[str, int]] = field(default_factory=list)  # (heading, x)
    width: int = 0
    height: int = 0


def letters(text: str) -> float:
    """How many Thai letters wide ``text`` is; marks above and below take no room."""
    return sum(
        1 if c > "\u0e00" else LATIN for c in text if unicodedata.category(c) not in ("Mn", "Cf")
    )


def wrapped(text: object, width: int = LETTERS, most: int = MOST_LINES) -> list[str]:
    """``text`` in lines of up to ``width`` letters, parted between words; the last may end in ….

    A space stays at the end of its line: the lines joined are the text, for screen readers.
    """
    lines = [""]
    for word in _with_signs(words_of(" ".join(str(text).split()))):
        while letters(word) > width:  # no word of any language: an address, a row of signs
            head, word = word[:width], word[width:]
            lines += [head] if lines[-1] else []
            lines[-1] = head
            lines.append("")
        if letters(lines[-1] + word.rstrip()) > width:
            lines.append("")
        lines[-1] += word
    lines = [line for line in lines if line.strip()]
    if len(lines) > most:
        lines = lines[:most]
        while letters(lines[-1].rstrip()) >= width:
            lines[-1] = lines[-1][:-1]
        lines[-1] = lines[-1].rstrip() + "…"
    return lines


def _with_signs(words: Iterable[str]) -> list[str]:
    """``words`` with what begins no line at the end of the word before, and what ends no line (an
    opening bracket) at the beginning of the word after."""
    found: list[str] = []
    for word in words:
        is_sign = not any(c.isalnum() for c in word) and word.strip()[:1] not in OPENING
        if found and (is_sign or found[-1].rstrip()[-1:] in OPENING):
            found[-1] += word
        else:
            found.append(word)
    return found


def picture(chain: Chain, marks: Mapping[int, str], url_of: Callable[[Any], str]) -> Picture:
    """``chain`` drawn; ``marks`` are words by page id, ``url_of`` makes a page's address."""
    boxes, pairs = _boxes(chain, marks, url_of)
    used = sorted({box.column for box in boxes.values()})
    columns = {number: [b for b in boxes.values() if b.column == number] for number in used}
    _order(columns, pairs)
    heights = [
        sum(box.height for box in column) + BETWEEN * (len(column) - 1)
        for column in columns.values()
    ]
    tallest = max(heights)
    headings = _headings()
    drawn = Picture(
        width=2 * MARGIN + len(used) * WIDTH + (len(used) - 1) * GAP,
        height=TOP + tallest + MARGIN,
    )
    for place, (number, height) in enumerate(zip(used, heights, strict=True)):
        x, y = MARGIN + place * (WIDTH + GAP), TOP + (tallest - height) // 2
        stages = {box.kind for box in columns[number]}
        drawn.columns.append((headings(number, stages), x))
        for box in columns[number]:
            box.x, box.y = x, y
            y += box.height + BETWEEN
            drawn.boxes.append(box)
    drawn.curves = [_curve(boxes[one], boxes[other]) for one, other in pairs]
    return drawn


def _headings() -> Callable[[int, set[str]], str]:
    def heading(number: int, kinds: set[str]) -> str:
        if number == CLAUSES:
            return _("Clauses of resolutions")
        if number == REPORTS:
            return _("Follow-up")
        return " · ".join(str(STAGE_PLURALS[s]) for s in COLUMNS[number] if s in kinds)

    return heading


def _boxes(
    chain: Chain, marks: Mapping[int, str], url_of: Callable[[Any], str]
) -> tuple[dict[Key, Box], list[tuple[Key, Key]]]:
    """Boxes by their key, and the pairs of keys that an arrow leads between."""
    boxes: dict[Key, Box] = {}
    pairs: dict[tuple[Key, Key], None] = dict.fromkeys(
        (arrow.source, arrow.dependent) for arrow in chain.arrows
    )
    for key, page in chain.pages.items():
        number = next(n for n, stages in enumerate(COLUMNS) if page.stage in stages)
        boxes[key] = Box(
            key, number, page.stage, str(page.stage_label), wrapped(page.title), url_of(page),
            marks.get(page.pk, ""), key == chain.here,
        )
        for number, node in enumerate(chain.non_page_nodes.get(key, ())):
            url = f"{url_of(page)}#{node.anchor}"
            boxes[key, number] = Box(
                (key, number), CLAUSES, "clause", node.label, wrapped(node.text, most=3), url,
            )
            pairs[key, (key, number)] = None
            if node.status_label:
                first, *rest = wrapped(node.status_label)
                said = _("Reports: %(number)s") % {"number": len(node.children)}
                boxes[key, number, 0] = Box(
                    (key, number, 0), REPORTS, f"status-{node.status}", first, [*rest, said], url,
                )
                pairs[(key, number), (key, number, 0)] = None
    return boxes, list(pairs)


def _order(columns: dict[int, list[Box]], pairs: Iterable[tuple[Key, Key]]) -> None:
    """Put what is linked at about the same height, so that few arrows cross."""
    neighbours: dict[Key, list[Key]] = {}
    for one, other in pairs:
        neighbours.setdefault(one, []).append(other)
        neighbours.setdefault(other, []).append(one)
    place: dict[Key, float] = {}
    for boxes in columns.values():
        place |= {box.key: (n + 0.5) / len(boxes) for n, box in enumerate(boxes)}
    for sweep in range(SWEEPS):
        for number in sorted(columns, reverse=sweep % 2 == 1):
            boxes = columns[number]
            boxes.sort(key=lambda box: _mean(
                [place[key] for key in neighbours.get(box.key, [])], place[box.key]))
            place |= {box.key: (n + 0.5) / len(boxes) for n, box in enumerate(boxes)}


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _curve(source: Box, dependent: Box) -> str:
    """The path of an arrow; it leaves at a side and arrives at one, whichever columns they are."""
    tip = 7  # of the arrow's head, beyond the end of the line
    if source.column < dependent.column:
        x1, x2 = source.x + WIDTH, dependent.x - tip
        bend1, bend2 = x1 + GAP // 2, x2 - GAP // 2
    elif source.column > dependent.column:
        x1, x2 = source.x, dependent.x + WIDTH + tip
        bend1, bend2 = x1 - GAP // 2, x2 + GAP // 2
    else:
        x1, x2 = source.x + WIDTH, dependent.x + WIDTH + tip
        bend1 = bend2 = x1 + GAP * 3 // 4
    y1, y2 = source.middle, dependent.middle
    return f"M{x1} {y1}C{bend1} {y1} {bend2} {y2} {x2} {y2}"
