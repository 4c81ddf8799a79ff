"""Mask persons, places and amounts in a text by rules that the author can correct.

No Django here. ``find_spans`` returns what to mask and its replacement; the author can mask more
words and release spans. The rules prefer masking too much to masking too little.

Texts are compared by their *skeleton*: without spaces and invisible characters, Thai digits as
Arabic ones, combining marks in one order. A name is found however it is typed: ``ส ม ช า ย``,
``Hat-Yai``.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from hub.thai.digits import THAI_DIGITS
from lessons.masking.rules import INVISIBLE, RULES, THAI_RUN, NormalizedText
from lessons.masking.vocabulary import (
    AMBIGUOUS_AREA_NAMES,
    LEVELS,
    PLACES_TH,
    REPLACEMENTS,
    TITLES_EN,
    TITLES_TH,
)

MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
IGNORED = re.compile(r"[\s\-‐-―_.·•*'’\"]")  # of a skeleton
_PARENTHESES = re.compile(r"[(（][^)）]*[)）]")
Letter: TypeAlias = tuple[str, int, int]  # of a skeleton; start and end in the text
MIN_NAME_PART = 3  # letters of a part of a name that is masked by itself


@dataclass(frozen=True)
class NamedArea:
    """An official area; ``level`` as in ``hub.models.Area``, ``province`` as the text writes it."""

    name: str
    level: str
    province: str = ""


@dataclass(frozen=True)
class Span:
    """``text[start:end]`` is masked by the rule ``kind`` and shown as ``replacement``."""

    start: int
    end: int
    kind: str
    replacement: str
    text: str = ""

    @property
    def key(self) -> str:
        """Equal for all spans with the same text, however it is typed."""
        return skeleton(self.text)


@dataclass(frozen=True)
class Rules:
    """What is known about one lesson.

    ``segment`` splits Thai text into words; without it a name ends at the next space.
    """

    language: str = "th"
    names: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    areas: tuple[NamedArea, ...] = ()
    words: tuple[str, ...] = ()
    released: frozenset[str] = frozenset()
    segment: Callable[[str], list[str]] | None = field(default=None, compare=False)

    @property
    def replacements(self) -> dict[str, Any]:
        return REPLACEMENTS["en" if self.language == "en" else "th"]

    @cached_property
    def listed_names(self) -> list[tuple[str, str, str, bool]]:
        """(skeleton, kind, replacement, whether to mask inside words), longest first."""
        found: dict[str, tuple[str, str, bool]] = {}
        for area in self.areas:
            what = LEVELS["en" if self.language == "en" else "th"].get(area.level, "")
            if area.province:
                what = self.replacements["of"].format(what=what, province=area.province)
            anywhere = area.name not in AMBIGUOUS_AREA_NAMES and len(area.name) > 3
            found.setdefault(skeleton(area.name), ("place", what, anywhere))
        for name in self.names:
            for part in _name_variants(name):
                found[skeleton(part)] = ("name", self.replacements["name"], True)
        for name in self.organisations:
            for form in (name, _PARENTHESES.sub(" ", name)):
                anywhere = len(form.strip()) > MIN_NAME_PART
                found[skeleton(form)] = (
                    "organisation", self.replacements["organisation"], anywhere)
        for word in self.words:
            found[skeleton(word)] = ("word", self.replacements["word"], True)
        found.pop("", None)
        ordered = sorted(found.items(), key=lambda item: (-len(item[0]), item[0]))
        return [(key, *value) for key, value in ordered]


def mask(text: str, rules: Rules) -> str:
    """``text`` with everything masked that ``rules`` match and do not release."""
    return "".join(piece if s is None else s.replacement for piece, s in pieces(text, rules))


def pieces(text: str, rules: Rules) -> Iterator[tuple[str, Span | None]]:
    """``text`` in order: (piece, None) for what stays, (piece, span) for what is masked."""
    last = 0
    for found in find_spans(text, rules):
        if found.start > last:
            yield text[last : found.start], None
        yield text[found.start : found.end], found
        last = found.end
    if last < len(text):
        yield text[last:], None


def find_spans(text: str, rules: Rules, include_released: bool = False) -> list[Span]:
    """What to mask in ``text``, in order and without overlaps."""
    normalized = NormalizedText(text, rules.segment)
    found = [*_listed_spans(text, rules)]
    for rule in RULES:
        found += [
            Span(*normalized.original_range(start, end), kind, replacement)
            for start, end, kind, replacement in rule(normalized, rules)
        ]
    merged = _merge(text, sorted((s for s in found if s.end > s.start),
                                  key=lambda s: (s.start, s.start - s.end)))
    merged = [Span(s.start, s.end, s.kind, s.replacement, text[s.start : s.end]) for s in merged]
    return [s for s in merged if include_released or s.key not in rules.released]


def _merge(text: str, found: Iterable[Span]) -> list[Span]:
    """Merge overlapping spans into one; adjacent places become the first, the smallest of them."""
    merged: list[Span] = []
    for one in found:
        before = merged[-1] if merged else None
        if before and one.start < before.end:
            longer = before if before.end - before.start >= one.end - one.start else one
            end = max(before.end, one.end)
            merged[-1] = Span(before.start, end, longer.kind, longer.replacement)
        elif before and before.kind == one.kind == "place" and re.fullmatch(
            r"[\s,]*", text[before.end : one.start]
        ):
            merged[-1] = Span(before.start, one.end, "place", before.replacement)
        else:
            merged.append(one)
    return merged


# Comparing texts


def skeleton(text: str) -> str:
    """The form of ``text`` that is compared; equal for texts that read the same."""
    return "".join(letter for letter, _start, _end in _letters(text))


def _letters(text: str) -> list[Letter]:
    """(letter, start, end) of each letter of the skeleton, with offsets in ``text``."""
    letters: list[Letter] = []
    marks: list[Letter] = []
    for index, character in enumerate(text):
        if INVISIBLE.match(character) or IGNORED.match(character):
            continue
        for letter in unicodedata.normalize("NFKD", character.translate(THAI_DIGITS)).casefold():
            if unicodedata.combining(letter) and not "\u0e00" <= letter <= "\u0e7f":
                continue
            for single in "เเ" if letter == "แ" else letter:
                (marks if re.match(f"[{MARKS}]", single) else letters).append(
                    (single, index, index + 1)
                )
                if marks and marks[-1][0] != single:  # a letter ends the marks before it
                    letters[-1:-1] = _in_order(marks)
                    marks = []
    return letters + _in_order(marks)


def _in_order(marks: list[Letter]) -> list[Letter]:
    """Marks of one letter, each once, sorted; each gets the offsets of all of them."""
    if not marks:
        return []
    start, end = marks[0][1], marks[-1][2]
    return [(mark, start, end) for mark in sorted({mark for mark, _s, _e in marks})]


def _name_variants(name: str) -> list[str]:
    """Forms of a person's name: whole, without title, given name alone, surname alone."""
    name = _PARENTHESES.sub(" ", name).strip()
    for title in sorted([*TITLES_TH, *(f"{t} " for t in TITLES_EN)], key=len, reverse=True):
        if name.startswith(title) and len(name) > len(title) + 1:
            bare = name[len(title) :].lstrip(". ")
            break
    else:
        bare = name
    parts = [part for part in bare.split() if len(skeleton(part)) >= MIN_NAME_PART]
    return [part for part in (name, bare, *parts) if part]


def _listed_spans(text: str, rules: Rules) -> Iterator[Span]:
    """Spans of the names, areas and extra words of ``rules`` anywhere in ``text``."""
    letters = _letters(text)
    line = "".join(letter for letter, _s, _e in letters)
    for key, kind, replacement, anywhere in rules.listed_names:
        at = line.find(key)
        while at >= 0:
            start, end = letters[at][1], letters[at + len(key) - 1][2]
            while end < len(text) and re.match(f"[{MARKS}]", text[end]):
                end += 1
            if _is_whole_word(text, start, end, key, anywhere):
                if kind == "place":
                    start, end, shown = _with_prefix(text, start, end, replacement, rules)
                    yield Span(start, end, kind, shown)
                else:
                    yield Span(start, end, kind, replacement)
            at = line.find(key, at + 1)


def _is_whole_word(text: str, start: int, end: int, key: str, anywhere: bool) -> bool:
    """Whether the match may be masked here.

    A Latin name must be a word. A Thai one may touch other letters unless it is an everyday word.
    """
    before, after = INVISIBLE.sub("", text[:start])[-1:], INVISIBLE.sub("", text[end:])[:1]
    if key[0].isascii():
        return not (before.isascii() and before.isalnum()) and not (
            after.isascii() and after.isalnum()
        )
    if anywhere:
        return True
    alone = not THAI_RUN.match(before or " ") and not THAI_RUN.match(after or " ")
    return alone or bool(_PREFIX_TH.search(text[:start]))


_PREFIX_TH = re.compile(
    r"(จังหวัด|จ\.|กิ่งอำเภอ|อำเภอ|อ\.|องค์การบริหารส่วนตำบล|อบต\.?|เทศบาล(?:นคร|เมือง|ตำบล)?|ตำบล|ต\.|หมู่บ้าน|"
    r"ชุมชน|บ้าน|คลอง|เกาะ|โรงเรียน|วัด|มัสยิด|ตลาด)\s*$"
)
_PREFIX_EN = re.compile(r"\b(?:the\s+)?(?:(tambon|amphoe|ban|subdistrict|district)\s+(?:of\s+)?)?$",
                        re.I)
_SUFFIX_EN = re.compile(r"\s*(sub-?district|district|municipality|village|community)\b", re.I)
_WORDS_EN = {"tambon": "subdistrict", "amphoe": "district", "ban": "village",
             "sub-district": "subdistrict"}


def _with_prefix(
    text: str, start: int, end: int, replacement: str, rules: Rules
) -> tuple[int, int, str]:
    """(start, end, replacement) of an area, extended by the words that say what kind it is."""
    province = replacement.partition(" in " if rules.language == "en" else "ใน")[2]
    if text[start:end].isascii():
        kind = None
        if (match := _PREFIX_EN.search(text[:start])) and match[0]:
            start, kind = match.start(), match[1]
        if match := _SUFFIX_EN.match(text, end):
            end, kind = match.end(), match[1]
        if kind:
            what = f"a {_WORDS_EN.get(kind.lower(), kind.lower())}"
            replacement = rules.replacements["of"].format(what=what, province=province)
    elif match := _PREFIX_TH.search(text[:start]):
        others = {"ชุมชน": "ชุมชนหนึ่ง", "บ้าน": "หมู่บ้านหนึ่ง"}
        if what := PLACES_TH.get(match[1]) or others.get(match[1], ""):
            start = match.start()
            replacement = rules.replacements["of"].format(what=what, province=province)
        elif match[1] in ("จังหวัด", "จ."):
            start = match.start()
    if not province:
        replacement = replacement.removesuffix("ใน").removesuffix(" in ")
    return start, end, replacement
