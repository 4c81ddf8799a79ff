"""Masks who, where and how much in a text, by rules that its author sees and corrects.

No Django here. ``stretches`` finds what is to be masked and says what stands instead; the author
masks further words and releases stretches. The rules mask too much rather than too little.

What is compared is the *skeleton* of a text: without spaces and characters nobody sees, Thai digits
as Arabic, marks in one order. So a name is found however it is typed: ``ส ม ช า ย``, ``Hat-Yai``.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from hub.thai.digits import THAI_DIGITS
from lessons.masking.rules import INVISIBLE, RULES, THAI_RUN, Plain
from lessons.masking.words import (
    EVERYDAY_AREAS,
    INSTEAD,
    LEVELS,
    PLACES_TH,
    TITLES_EN,
    TITLES_TH,
)

MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
LEFT_OUT = re.compile(r"[\s\-‐-―_.·•*'’\"]")  # of a skeleton
SHORTEST_PART = 3  # letters of a part of a name that is masked by itself


@dataclass(frozen=True)
class Area:
    """An official area: ``level`` as in ``hub.models.Area``, ``province`` in the language read."""

    name: str
    level: str
    province: str = ""


@dataclass(frozen=True)
class Stretch:
    """``text[start:end]`` is masked: ``kind`` says by which rule, ``instead`` is read there."""

    start: int
    end: int
    kind: str
    instead: str
    text: str = ""

    @property
    def key(self) -> str:
        """The same for all stretches that read the same."""
        return skeleton(self.text)


@dataclass(frozen=True)
class Rules:
    """What is known about one lesson. ``cut`` parts Thai into words; without it a name ends at
    the next space."""

    language: str = "th"
    names: tuple[str, ...] = ()
    areas: tuple[Area, ...] = ()
    words: tuple[str, ...] = ()
    released: frozenset[str] = frozenset()
    cut: Callable[[str], list[str]] | None = field(default=None, compare=False)

    @property
    def instead(self) -> dict:
        return INSTEAD["en" if self.language == "en" else "th"]

    @cached_property
    def listed(self) -> list[tuple[str, str, str, bool]]:
        """(skeleton, kind, what stands instead, whether it is masked inside words) of all that
        has a name, longest first."""
        found = {}
        for area in self.areas:
            what = LEVELS["en" if self.language == "en" else "th"].get(area.level, "")
            if area.province:
                what = self.instead["of"].format(what=what, province=area.province)
            anywhere = area.name not in EVERYDAY_AREAS and len(area.name) > 3
            found.setdefault(skeleton(area.name), ("place", what, anywhere))
        for name in self.names:
            for part in _parts_of_name(name):
                found[skeleton(part)] = ("name", self.instead["name"], True)
        for word in self.words:
            found[skeleton(word)] = ("word", self.instead["word"], True)
        found.pop("", None)
        ordered = sorted(found.items(), key=lambda item: (-len(item[0]), item[0]))
        return [(key, *value) for key, value in ordered]


def mask(text: str, rules: Rules) -> str:
    """``text`` with everything masked that ``rules`` find and do not release."""
    return "".join(piece if s is None else s.instead for piece, s in pieces(text, rules))


def pieces(text: str, rules: Rules) -> Iterator[tuple[str, Stretch | None]]:
    """``text`` in order: what stays, with None, and what is masked, with its stretch."""
    last = 0
    for found in stretches(text, rules):
        if found.start > last:
            yield text[last : found.start], None
        yield text[found.start : found.end], found
        last = found.end
    if last < len(text):
        yield text[last:], None


def stretches(text: str, rules: Rules, with_released=False) -> list[Stretch]:
    """What is masked in ``text``, in order, none over another."""
    plain = Plain(text, rules.cut)
    found = [*_listed(text, rules)]
    for rule in RULES:
        found += [
            Stretch(*plain.place(start, end), kind, instead)
            for start, end, kind, instead in rule(plain, rules)
        ]
    merged = _joined(text, sorted((s for s in found if s.end > s.start),
                                  key=lambda s: (s.start, s.start - s.end)))
    merged = [Stretch(s.start, s.end, s.kind, s.instead, text[s.start : s.end]) for s in merged]
    return [s for s in merged if with_released or s.key not in rules.released]


def _joined(text, found) -> list[Stretch]:
    """Stretches that touch each other as one, places in a row as the smallest of them."""
    merged = []
    for one in found:
        before = merged[-1] if merged else None
        if before and one.start < before.end:
            longer = before if before.end - before.start >= one.end - one.start else one
            end = max(before.end, one.end)
            merged[-1] = Stretch(before.start, end, longer.kind, longer.instead)
        elif before and before.kind == one.kind == "place" and re.fullmatch(
            r"[\s,]*", text[before.end : one.start]
        ):
            merged[-1] = Stretch(before.start, one.end, "place", before.instead)
        else:
            merged.append(one)
    return merged


# Texts as they are compared


def skeleton(text: str) -> str:
    """``text`` as names are compared; equal for what reads the same."""
    return "".join(letter for letter, _start, _end in _letters(text))


def _letters(text) -> list[tuple[str, int, int]]:
    """The letters of the skeleton, each with the stretch of ``text`` it comes from."""
    letters, marks = [], []
    for place, character in enumerate(text):
        if INVISIBLE.match(character) or LEFT_OUT.match(character):
            continue
        for letter in unicodedata.normalize("NFKD", character.translate(THAI_DIGITS)).casefold():
            if unicodedata.combining(letter) and not "\u0e00" <= letter <= "\u0e7f":
                continue
            for single in "เเ" if letter == "แ" else letter:
                (marks if re.match(f"[{MARKS}]", single) else letters).append(
                    (single, place, place + 1)
                )
                if marks and marks[-1][0] != single:  # a letter came: its marks are in order
                    letters[-1:-1] = _in_order(marks)
                    marks = []
    return letters + _in_order(marks)


def _in_order(marks):
    """Marks above and below one letter, each once, in one order, all with the whole stretch."""
    if not marks:
        return []
    start, end = marks[0][1], marks[-1][2]
    return [(mark, start, end) for mark in sorted({mark for mark, _s, _e in marks})]


def _parts_of_name(name) -> list[str]:
    """A person's name as it may be written: whole, without title, given name and surname alone."""
    name = re.sub(r"[(（][^)）]*[)）]", " ", name).strip()
    for title in sorted([*TITLES_TH, *(f"{t} " for t in TITLES_EN)], key=len, reverse=True):
        if name.startswith(title) and len(name) > len(title) + 1:
            bare = name[len(title) :].lstrip(". ")
            break
    else:
        bare = name
    parts = [part for part in bare.split() if len(skeleton(part)) >= SHORTEST_PART]
    return [part for part in (name, bare, *parts) if part]


def _listed(text, rules) -> Iterator[Stretch]:
    """Names, areas and words of the rules, wherever they stand."""
    letters = _letters(text)
    line = "".join(letter for letter, _s, _e in letters)
    for key, kind, instead, anywhere in rules.listed:
        at = line.find(key)
        while at >= 0:
            start, end = letters[at][1], letters[at + len(key) - 1][2]
            while end < len(text) and re.match(f"[{MARKS}]", text[end]):
                end += 1
            if _stands_by_itself(text, start, end, key, anywhere):
                if kind == "place":
                    start, end, instead_here = _with_prefix(text, start, end, instead, rules)
                    yield Stretch(start, end, kind, instead_here)
                else:
                    yield Stretch(start, end, kind, instead)
            at = line.find(key, at + 1)


def _stands_by_itself(text, start, end, key, anywhere) -> bool:
    """Latin names are words; Thai ones may touch others, but for everyday words."""
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


def _with_prefix(text, start, end, instead, rules):
    """The stretch of an area with the words that say what it is."""
    province = instead.partition(" in " if rules.language == "en" else "ใน")[2]
    if text[start:end].isascii():
        kind = None
        if (match := _PREFIX_EN.search(text[:start])) and match[0]:
            start, kind = match.start(), match[1]
        if match := _SUFFIX_EN.match(text, end):
            end, kind = match.end(), match[1]
        if kind:
            what = f"a {_WORDS_EN.get(kind.lower(), kind.lower())}"
            instead = rules.instead["of"].format(what=what, province=province)
    elif match := _PREFIX_TH.search(text[:start]):
        what = PLACES_TH.get(match[1]) or {"ชุมชน": "ชุมชนหนึ่ง", "บ้าน": "หมู่บ้านหนึ่ง"}.get(match[1])
        if what:
            start = match.start()
            instead = rules.instead["of"].format(what=what, province=province)
        elif match[1] in ("จังหวัด", "จ."):
            start = match.start()
    return start, end, instead if province else instead.removesuffix("ใน").removesuffix(" in ")
