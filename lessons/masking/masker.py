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
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

from hub.thai.digits import THAI_DIGITS
from lessons.masking.english import (
    article,
    english_names,
    english_places,
    english_titles,
    in_sentence,
)
from lessons.masking.english_words import HEADS, TITLES_EN
from lessons.masking.figures import contacts, dates, money, numbers, people, plates
from lessons.masking.normalized_text import INVISIBLE, THAI_RUN, NormalizedText
from lessons.masking.persons import bare_names, called, thai_titles, titled, who_it_is
from lessons.masking.places import (
    thai_banks_and_roads,
    thai_businesses,
    thai_places,
    thai_villages_and_temples,
)
from lessons.masking.vocabulary import (
    AMBIGUOUS_AREA_NAMES,
    BEFORE_PERSONS_TH,
    LEVELS,
    NAME_STOP_WORDS,
    PLACES_TH,
    REPLACEMENTS,
    TITLES_TH,
    VERBS_TH,
)

# Each takes a NormalizedText and the Rules and yields (start, end, kind, replacement).
RULES = (
    contacts, plates, numbers, money, people, dates, thai_banks_and_roads, thai_businesses,
    thai_places, thai_villages_and_temples, thai_titles, called, who_it_is, bare_names,
    english_places, english_titles, english_names,
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
    core: str = ""  # ``text`` without the article that a stand-in takes with it

    @property
    def key(self) -> str:
        """Equal for all spans with the same text, however it is typed."""
        return skeleton(self.core or self.text)


class Where(StrEnum):
    """Where a listed name is masked: as part of longer words too, or under what conditions."""

    ANYWHERE = "anywhere"
    WORD = "word"  # as a word of its own
    PERSON = "person"  # as a word of its own where a person may stand: an everyday word
    ALONE = "alone"  # between spaces, or after a word such as ตำบล


class Listed(NamedTuple):
    """A name that is looked for by itself."""

    name: str
    kind: str
    replacement: str
    where: Where


@dataclass(frozen=True)
class Rules:
    """What is known about one lesson.

    ``learned`` is what the lesson's own texts say are names, see ``lessons.masking.learning``.
    ``segment`` splits Thai text into words; without it a name ends at the next space.
    """

    language: str = "th"
    names: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    areas: tuple[NamedArea, ...] = ()
    words: tuple[str, ...] = ()
    released: frozenset[str] = frozenset()
    learned: tuple[Listed, ...] = ()
    has_word_lists: bool = True  # names of PyThaiNLP's lists are masked without a title
    segment: Callable[[str], list[str]] | None = field(default=None, compare=False)

    @property
    def replacements(self) -> dict[str, Any]:
        return REPLACEMENTS["en" if self.language == "en" else "th"]

    @cached_property
    def area_names(self) -> frozenset[str]:
        return frozenset(area.name for area in self.areas)

    @cached_property
    def listed_names(self) -> list[tuple[str, Listed]]:
        """(skeleton, what is listed), longest first; what is known goes before what is learned."""
        found = {skeleton(one.name): one for one in [
            *self.learned, *reversed(list(self._areas())), *self._persons(), *self._others()
        ]}
        found.pop("", None)
        return sorted(found.items(), key=lambda item: (-len(item[0]), item[0]))

    def _areas(self) -> Iterator[Listed]:
        levels = LEVELS["en" if self.language == "en" else "th"]
        for area in self.areas:
            what = levels.get(area.level, "")
            if area.province:
                what = self.replacements["of"].format(what=what, province=area.province)
            is_everyday = area.name in AMBIGUOUS_AREA_NAMES or len(area.name) <= 3
            yield Listed(area.name, "place", what, Where.ALONE if is_everyday else Where.ANYWHERE)

    def _persons(self) -> Iterator[Listed]:
        for name in self.names:
            for part in name_variants(name):
                yield Listed(part, "name", self.replacements["name"], Where.ANYWHERE)

    def _others(self) -> Iterator[Listed]:
        for name in self.organisations:
            for form in (name, _PARENTHESES.sub(" ", name)):
                where = Where.ANYWHERE if len(form.strip()) > MIN_NAME_PART else Where.ALONE
                yield Listed(form, "organisation", self.organisation(form), where)
        for word in self.words:
            yield Listed(word, "word", self.replacements["word"], Where.ANYWHERE)

    def organisation(self, name: str) -> str:
        """The stand-in for an organisation: “a fund” where its name says that it is one."""
        if self.language == "en":
            kinds = [word for word in re.findall(r"[A-Za-z]+", name) if word in HEADS]
            return article(HEADS[kinds[-1]] if kinds else "organisation")
        return str(self.replacements["organisation"])


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
    found = [*_listed_spans(text, rules, normalized)]
    for rule in RULES:
        found += [
            Span(*normalized.original_range(start, end), kind, replacement)
            for start, end, kind, replacement in rule(normalized, rules) if end > start
        ]
    spans = _merge(text, sorted((s for s in found if s.end > s.start),
                                key=lambda s: (s.start, s.start - s.end)), rules)
    spans = [replace(s, text=text[s.start : s.end], core=text[s.start : s.end]) for s in spans]
    if not include_released:
        spans = [s for s in spans if s.key not in rules.released]
    return in_sentence(text, spans) if rules.language == "en" else spans


def meetings(text: str, rules: Rules) -> list[str]:
    """Where two stand-ins meet in the masked ``text`` with nothing between them that joins them.

    Each as it would read; no sentence holds “somebody a village”. In brackets they may stand
    beside each other.
    """
    found: list[str] = []
    spans = [span for span in find_spans(text, rules) if span.replacement]
    for one, other in pairwise(spans):
        between = text[one.end : other.start]
        is_phrase = not (one.replacement.startswith("[") or other.replacement.startswith("["))
        in_words = rules.language == "en" or {one.kind, other.kind} <= _NAMING
        if is_phrase and in_words and "\n" not in between and not between.strip():
            found.append(f"{one.replacement}{between}{other.replacement}")
    return found


_NAMING = {"name", "organisation", "place"}
_JOINT = {"th": re.compile(r"[\s,]*"), "en": re.compile(r",?\s*(?:(?:in|of|at|on)\s+)?(?:the\s+)?")}


def _merge(text: str, found: Iterable[Span], rules: Rules) -> list[Span]:
    """Merge overlapping spans into one; adjacent places become the first, the smallest of them.

    Of overlapping spans the longest says what is shown. Adjacent names in Thai are one: given name
    and surname, or two persons.
    """
    merged: list[Span] = []
    longest = 0  # length of the span that named the last one
    joint = _JOINT["en" if rules.language == "en" else "th"]
    for one in found:
        before = merged[-1] if merged else None
        length = one.end - one.start
        if before and one.start < before.end:
            shown = before if longest >= length else one
            longest = max(longest, length)
            merged[-1] = Span(before.start, max(before.end, one.end), shown.kind, shown.replacement)
        elif before and before.kind == one.kind == "place" and joint.fullmatch(
            text[before.end : one.start]
        ):
            shown_place = _with_province(before.replacement, one.replacement, rules)
            merged[-1] = Span(before.start, one.end, "place", shown_place)
            longest = one.end - before.start
        elif before and before.kind == one.kind == "name" and text[before.end : one.start].strip(
                "\u200b \u00a0") == "" and _is_thai(text, one):
            merged[-1] = Span(before.start, one.end, "name", before.replacement)
        else:
            merged.append(one)
            longest = length
    return merged


def _is_thai(text: str, span: Span) -> bool:
    return bool(THAI_RUN.search(text[span.start : span.end]))


def _with_province(smaller: str, larger: str, rules: Rules) -> str:
    """``smaller``, a place, in the province that the ``larger`` one beside it is in."""
    joint = " in " if rules.language == "en" else "ใน"
    province = larger.partition(joint)[2]
    if not province or joint in smaller or smaller.startswith("["):
        return smaller
    return f"{smaller}{joint}{province}"


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


def name_variants(name: str) -> list[str]:
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


def _listed_spans(text: str, rules: Rules, normalized: NormalizedText) -> Iterator[Span]:
    """Spans of the names, areas and extra words of ``rules`` anywhere in ``text``."""
    letters = _letters(text)
    line = "".join(letter for letter, _s, _e in letters)
    for key, one in rules.listed_names:
        at = line.find(key)
        while at >= 0:
            start, end = letters[at][1], letters[at + len(key) - 1][2]
            while end < len(text) and re.match(f"[{MARKS}]", text[end]):
                end += 1
            if _is_whole_word(text, start, end, key, one.where, normalized):
                if one.kind == "place":
                    start, end, shown = _with_prefix(text, start, end, one.replacement, rules)
                    yield Span(start, end, one.kind, shown)
                else:
                    yield Span(start, end, one.kind, one.replacement)
            at = line.find(key, at + 1)


def _is_whole_word(
    text: str, start: int, end: int, key: str, where: Where, normalized: NormalizedText
) -> bool:
    """Whether the match may be masked here.

    A Latin name must be a word. A Thai one may touch other letters unless it is an everyday word.
    """
    before, after = INVISIBLE.sub("", text[:start])[-1:], INVISIBLE.sub("", text[end:])[:1]
    if key[0].isascii():
        return not (before.isascii() and before.isalnum()) and not (
            after.isascii() and after.isalnum()
        ) and (where is not Where.WORD or text[start].isupper())
    if where is Where.ANYWHERE:
        return True
    is_first, is_last = not THAI_RUN.match(before or " "), not THAI_RUN.match(after or " ")
    if where is Where.ALONE:
        return (is_first and is_last) or bool(_PREFIX_TH.search(text[:start]))
    if not normalized.is_original_word(start, end):
        return False
    return where is Where.WORD or (
        (is_first or bool(_BEFORE_PERSON.search(text[:start])))
        and (is_last or bool(_AFTER_PERSON.match(text[end:])))
    )


_BEFORE_PERSON = re.compile(f"(?:{titled(BEFORE_PERSONS_TH).pattern})$")
_AFTER_PERSON = re.compile(titled([*VERBS_TH, *NAME_STOP_WORDS]).pattern)
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
