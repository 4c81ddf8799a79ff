"""What differs between two texts: words added, removed and left, paragraph by paragraph.

No Django here. Three steps, each usable alone:

``word_changes(old, new)``
    the changes of one text, word by word; ``before`` and ``after`` give either text back.
``paragraph_changes(old, new)``
    two lists of paragraphs, each paired with the one it came from.
``passage_changes(old, new)``
    two lists of passages (a field, a block, a clause), each with a name by which it is known in
    both, its heading and its paragraphs; says which were moved.

Thai is compared by word, cut by ``hub.pages.page_search.words_of``. No change begins or ends
within what a reader sees as one letter: a consonant with its vowels and tone mark, a letter with
its accent.
Time grows with the number of pairs of equal words; beyond ``MOST_PAIRS`` a text is first cut at
words that stand once in each, and what cannot be cut so is given as removed and added whole.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

from hub.pages.page_search import words_of

MOST_PAIRS = 100_000  # pairs of equal words compared at once
MOST_COMPARED = 10_000  # pairs of paragraphs looked at for likeness
ALIKE = 0.4  # share of words in common from which one paragraph is the other, changed
SAME_PLACE = 0.15  # the same for paragraphs that stand at the same place
SHORT = 60  # letters: a name or a figure is the same part even when no word is left of it
FRAGMENT = 8  # letters
SPACES = re.compile(r"\s+|\S+")
LEADING_VOWELS = "เแโใไ"
FOLLOWING_SIGNS = "ะาำๅ"
T = TypeVar("T")  # paragraphs or passages


class Kind(StrEnum):
    """What became of a word, a paragraph or a passage."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"  # of paragraphs and passages: some of the words differ


@dataclass(frozen=True)
class Change:
    """A stretch of words that was added, removed or left as it is."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class ParagraphChange:
    """One paragraph with its words; ``moved`` when it stood elsewhere among its neighbours."""

    kind: Kind
    words: list[Change]
    moved: bool = False


@dataclass(frozen=True)
class Passage:
    """A part of a page that is compared as one: a field, a block, a clause.

    ``name`` is the same in both versions for what is the same part ("" when it has none).
    """

    name: str
    heading: str
    paragraphs: Sequence[str] = field(default_factory=tuple)

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


@dataclass(frozen=True)
class PassageChange:
    """One passage with its paragraphs; ``heading`` holds the changes of its heading."""

    kind: Kind
    name: str
    heading: list[Change]
    paragraphs: list[ParagraphChange]
    moved: bool = False


# Words


def word_changes(old: str, new: str) -> list[Change]:
    """The changes that make ``new`` of ``old``, in reading order, removed before added.

    Joined, the texts that are not ADDED are ``old`` and those that are not REMOVED are ``new``.
    Words left between two changes are given as removed and added again where they are fewer
    letters than the changes around them: a reader follows two whole phrases more easily than
    fragments.
    """
    a, b = _words(old), _words(new)
    matches = _matches(a, b)
    pieces: list[list[str]] = []  # removed, added, and the same behind them
    i = j = 0
    for start, other, size in [*matches, (len(a), len(b), 0)]:
        removed, added = "".join(a[i:start]), "".join(b[j:other])
        same = "".join(a[start : start + size])
        if removed or added or not pieces:
            pieces.append([removed, added, same])
        else:
            pieces[-1][2] += same
        i, j = start + size, other + size
    changes: list[tuple[Kind, str]] = []
    for removed, added, same in _without_fragments(pieces):
        changes += [(Kind.REMOVED, removed), (Kind.ADDED, added), (Kind.SAME, same)]
    return [Change(kind, text) for kind, text in changes if text]


def before(changes: Iterable[Change]) -> str:
    """The old text of ``changes``."""
    return "".join(c.text for c in changes if c.kind != Kind.ADDED)


def after(changes: Iterable[Change]) -> str:
    """The new text of ``changes``."""
    return "".join(c.text for c in changes if c.kind != Kind.REMOVED)


def likeness(old: str, new: str) -> float:
    """How many of their words two texts have in common: 0 none, 1 all, in whatever order."""
    return _likeness(_bag(old), _bag(new))


def _words(text: str) -> list[str]:
    """``text`` cut into words, signs and spaces; joined, they are ``text`` again."""
    words: list[str] = []
    for word in (part for piece in words_of(text) for part in SPACES.findall(piece)):
        if words and _belong_together(words[-1][-1], word[0]):
            words[-1] += word
        elif len(words) > 1 and words[-1] in (",", ".") and _are_digits(words[-2][-1], word[0]):
            words[-2:] = [words[-2] + words[-1] + word]  # 40,000 is one number
        else:
            words.append(word)
    return words


def _are_digits(*signs: str) -> bool:
    return all(sign.isdecimal() for sign in signs)


def _belong_together(one: str, next_one: str) -> bool:
    """Whether a reader sees the two characters as one letter, or as one sign."""
    return (
        unicodedata.category(next_one).startswith("M")
        or next_one in FOLLOWING_SIGNS
        or one in LEADING_VOWELS
        or "\u200d" in (one, next_one)  # joins emoji
        or "\U0001f3fb" <= next_one <= "\U0001f3ff"  # their skin
        or ("\U0001f1e6" <= one <= "\U0001f1ff" and "\U0001f1e6" <= next_one <= "\U0001f1ff")
        or (one, next_one) == ("\r", "\n")
    )


def _without_fragments(pieces: Iterable[Sequence[str]]) -> list[tuple[str, str, str]]:
    """Merge each change with the next when what stands between is a space, shorter than both
    changes, or a few letters beside a long one."""
    merged: list[tuple[str, str, str]] = []
    for removed, added, same in pieces:
        while merged:
            last_removed, last_added, between = merged[-1]
            longest, size = max(len(last_removed), len(last_added)), max(len(removed), len(added))
            if not longest or not size:
                break
            is_short = len(between) < min(longest, size)
            is_fragment = len(between) <= FRAGMENT and 2 * len(between) < longest + size
            if between.strip() and not is_short and not is_fragment:
                break
            merged.pop()
            removed, added = last_removed + between + removed, last_added + between + added
        merged.append((removed, added, same))
    return merged


def _matches(a: list[str], b: list[str]) -> list[tuple[int, int, int]]:
    """Where ``a`` and ``b`` have the same words: (place in a, place in b, how many), rising."""
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    inner_a, inner_b = a[start : len(a) - end], b[start : len(b) - end]
    found = [(0, 0, start)] if start else []
    found += [(i + start, j + start, n) for i, j, n in _inner_matches(inner_a, inner_b)]
    return [*found, (len(a) - end, len(b) - end, end)] if end else found


def _inner_matches(a: list[str], b: list[str]) -> list[tuple[int, int, int]]:
    if not a or not b:
        return []
    counts = Counter(word for word in b if not word.isspace())
    if sum(counts[word] for word in a) <= MOST_PAIRS:
        # Spaces join matches but begin none: else every space is held against every other.
        blocks = SequenceMatcher(str.isspace, a, b, autojunk=False).get_matching_blocks()
        return [(block.a, block.b, block.size) for block in blocks if block.size]
    found: list[tuple[int, int, int]] = []
    i = j = 0
    for next_i, next_j in [*_anchors(a, b), (len(a), len(b))]:
        if (next_i - i, next_j - j) != (len(a), len(b)):  # else there was no anchor at all
            gap = _matches(a[i:next_i], b[j:next_j])
            found += [(x + i, y + j, n) for x, y, n in gap]
        if next_i < len(a) and next_j < len(b):
            found.append((next_i, next_j, 1))
        i, j = next_i + 1, next_j + 1
    return found


def _anchors(a: list[str], b: list[str]) -> list[tuple[int, int]]:
    """Places of words that stand once in each text, as many as keep one order in both."""
    in_a, in_b = Counter(a), Counter(b)
    places = {word: j for j, word in enumerate(b) if in_b[word] == 1}
    pairs = [(i, places[word]) for i, word in enumerate(a) if in_a[word] == 1 and word in places]
    return [pairs[n] for n in _longest_rising([j for _i, j in pairs])]


def _longest_rising(numbers: list[int]) -> list[int]:
    """The places of a longest rising run of ``numbers``, which may skip some of them."""
    # The smallest number that ends a run of each length, where it stands, and what is before it.
    tails: list[int] = []
    ends: list[int] = []
    back: dict[int, int | None] = {}
    for place, number in enumerate(numbers):
        length = bisect_left(tails, number)
        back[place] = ends[length - 1] if length else None
        tails[length:length + 1], ends[length:length + 1] = [number], [place]
    run: list[int] = []
    here = ends[-1] if ends else None
    while here is not None:
        run.append(here)
        here = back[here]
    return run[::-1]


# Paragraphs and passages


def paragraph_changes(old: Sequence[str], new: Sequence[str]) -> list[ParagraphChange]:
    """The paragraphs of ``new`` in order, and where they stood those of ``old`` that are gone.

    Paragraphs are paired when equal, else when most alike (see ``ALIKE``), else when they stand
    alone at the same place between two pairs.
    """
    pairs = _pairs(old, new, lambda text: text, lambda _text: "")
    changes = []
    for i, j, moved in _in_order(len(old), len(new), _neighbours_paired(old, new, pairs)):
        if i is None and j is not None:
            changes.append(ParagraphChange(Kind.ADDED, [Change(Kind.ADDED, new[j])]))
        elif j is None and i is not None:
            changes.append(ParagraphChange(Kind.REMOVED, [Change(Kind.REMOVED, old[i])]))
        elif i is not None and j is not None:
            kind = Kind.SAME if old[i] == new[j] else Kind.CHANGED
            changes.append(ParagraphChange(kind, word_changes(old[i], new[j]), moved))
    return changes


def passage_changes(old: Sequence[Passage], new: Sequence[Passage]) -> list[PassageChange]:
    """The passages of ``new`` in order, and where they stood those of ``old`` that are gone."""
    pairs = _pairs(old, new, lambda passage: passage.text, lambda passage: passage.name)
    changes = []
    for i, j, moved in _in_order(len(old), len(new), pairs):
        was, now = (None if i is None else old[i]), (None if j is None else new[j])
        heading = word_changes(was.heading if was else "", now.heading if now else "")
        paragraphs = paragraph_changes(
            was.paragraphs if was else (), now.paragraphs if now else ()
        )
        if was and now:
            same = was.heading == now.heading and was.text == now.text
            kind = Kind.SAME if same else Kind.CHANGED
        else:
            kind = Kind.ADDED if now else Kind.REMOVED
        name = now.name if now else was.name if was else ""
        changes.append(PassageChange(kind, name, heading, paragraphs, moved))
    return changes


def _pairs(
    old: Sequence[T], new: Sequence[T], text: Callable[[T], str], name: Callable[[T], str]
) -> dict[int, int]:
    """Places in ``old`` → places in ``new`` of what is the same part, changed or not."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()

    def pair(i: int, j: int) -> None:
        pairs[i] = j
        taken.add(j)

    names = {name(item): j for j, item in enumerate(new) if name(item)}
    for i, item in enumerate(old):
        if name(item) in names and names[name(item)] not in taken:
            pair(i, names[name(item)])
    # Equal texts: what stands once in each finds its twin wherever it is; of repeated ones the
    # first goes with the first.
    equal: defaultdict[str, list[int]] = defaultdict(list)
    for j in reversed(range(len(new))):
        if j not in taken and text(new[j]).strip():
            equal[text(new[j])].append(j)
    for i in range(len(old)):
        if i not in pairs and equal.get(text(old[i])):
            pair(i, equal[text(old[i])].pop())
    left = [i for i in range(len(old)) if i not in pairs]
    right = [j for j in range(len(new)) if j not in taken]
    if left and right and len(left) * len(right) <= MOST_COMPARED:
        bags = [_bag(text(old[i])) for i in left], [_bag(text(new[j])) for j in right]
        scores = [
            (_likeness(one, other), -abs(x - y), -x, -y)
            for x, one in enumerate(bags[0]) for y, other in enumerate(bags[1])
        ]
        for score, _distance, x, y in sorted(scores, reverse=True):
            if score < ALIKE:
                break
            if left[-x] not in pairs and right[-y] not in taken:
                pair(left[-x], right[-y])
    return pairs


def _neighbours_paired(
    old: Sequence[str], new: Sequence[str], pairs: dict[int, int]
) -> dict[int, int]:
    """``pairs``, with each that stands alone between the same two pairs in both texts."""
    edges = [(-1, -1), *sorted(pairs.items()), (len(old), len(new))]
    taken = set(pairs.values())
    paired = dict(pairs)
    for (i, j), (next_i, next_j) in pairwise(edges):
        if (next_i - i, next_j - j) == (2, 2) and j + 1 not in taken:
            one, other = old[i + 1], new[j + 1]
            if max(len(one), len(other)) <= SHORT or likeness(one, other) >= SAME_PLACE:
                paired[i + 1] = j + 1
    return paired


def _in_order(
    old_size: int, new_size: int, pairs: dict[int, int]
) -> list[tuple[int | None, int | None, bool]]:
    """(place in old or None, place in new or None, whether moved), in the order of the new."""
    origin = {j: i for i, j in pairs.items()}
    order = sorted(origin)
    kept = [order[n] for n in _longest_rising([origin[j] for j in order])]
    gone = [i for i in range(old_size) if i not in pairs]
    # What is gone stands right behind the last before it that kept its place.
    behind: defaultdict[int | None, list[tuple[int | None, int | None, bool]]] = defaultdict(list)
    starts = [origin[j] for j in kept]
    for i in gone:
        place = bisect_left(starts, i)
        behind[kept[place - 1] if place else None].append((i, None, False))
    rows, steady = behind[None], set(kept)
    for j in range(new_size):
        rows += [(origin.get(j), j, j in origin and j not in steady), *behind[j]]
    return rows


def _bag(text: str) -> Counter[str]:
    return Counter(word for word in words_of(text) if not word.isspace())


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * sum((one & other).values()) / total if total else 1.0
