"""Masking rules that need no list of names: patterns of numbers, dates, titles and prefixes.

No Django here. Each rule takes a ``NormalizedText`` and the ``Rules`` of ``lessons.masking.masker``
and yields (start, end, kind, replacement) with offsets in the normalized text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from hub.thai.digits import THAI_DIGITS
from lessons.masking.vocabulary import (
    MONTHS_EN,
    MONTHS_TH,
    NAME_STOP_WORDS,
    NUMBERS_EN,
    NUMBERS_TH,
    PEOPLE_EN,
    PEOPLE_TH,
    PLACE_STOP_WORDS,
    PLACES_TH,
    SURNAME_STOP_WORDS,
    TITLES_EN,
    TITLES_TH,
    TITLES_WITHOUT_SURNAME,
    WORDS_BEFORE_TEMPLE,
)

if TYPE_CHECKING:
    from lessons.masking.masker import Rules

Found: TypeAlias = tuple[int, int, str, str]  # start, end, kind, replacement
INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
                       "\u2060-\u206f\ufe00-\ufe0f\ufeff]")
THAI_RUN = re.compile("[\u0e01-\u0e4e]+")
LATIN_NAME = re.compile(r"[A-Z][\w'’-]*(?:\s+(?:bin|binti|na)?\s*[A-Z][\w'’-]*){0,2}")
MAX_SURNAME_LENGTH = 25
_REPORTED_SPEECH = re.compile("(?:บอก|เล่า|กล่าว|พูด|ถาม|ตอบ|เห็น|คิด|เชื่อ)ว่า|เล่าให้|บอกให้")
_SPEECH_VERBS = tuple("บอก เล่า กล่าว พูด ถาม ตอบ เห็น ช่วย เริ่ม ชวน เชื่อ ต้อง กำลัง เพราะ".split())


class NormalizedText:
    """A text without invisible characters and with Arabic digits, as the patterns expect it.

    ``original_range`` maps offsets in ``line`` back to offsets in the original text.
    """

    def __init__(self, text: str, segment: Callable[[str], list[str]] | None):
        self.segment = segment
        self.offsets = [i for i, c in enumerate(text) if not INVISIBLE.match(c)]
        self.line = "".join(text[i] for i in self.offsets).translate(THAI_DIGITS)
        self.line = re.sub(r"[^\S\n]", " ", self.line)

    def original_range(self, start: int, end: int) -> tuple[int, int]:
        """(start, end) of ``line[start:end]`` in the original text."""
        return self.offsets[start], self.offsets[end - 1] + 1

    @cached_property
    def word_boundaries(self) -> set[int] | None:
        """Offsets of word boundaries in ``line``; None without a segmenter."""
        if self.segment is None:
            return None
        boundaries, offset = {0}, 0
        for word in self.segment(self.line):
            offset += len(word)
            boundaries.add(offset)
        return boundaries

    def is_word(self, start: int, end: int) -> bool:
        boundaries = self.word_boundaries
        return boundaries is None or (start in boundaries and end in boundaries)

    def name_end(self, start: int, stop_words: Collection[str], longest: int = 60) -> int:
        """The offset where a Thai name starting at ``start`` ends; ``start`` if there is none.

        ``stop_words`` end a name. A run of more than ``longest`` letters is masked whole.
        """
        run = THAI_RUN.match(self.line, start)
        if not run:
            return start
        # Found by pattern: the words before it may be segmented in more than one way.
        speech = _REPORTED_SPEECH.search(run[0])
        name, end = run[0][: speech.start()] if speech else run[0], start
        for word in self.segment(name) if self.segment else [name]:
            if word in stop_words or word.startswith(_SPEECH_VERBS) or (
                self.segment is None and word.startswith(tuple(stop_words))
            ):
                break
            end += len(word)
        return end if end - start <= longest else start + len(name)


# The rules


def _matches(
    pattern: re.Pattern[str], text: NormalizedText, kind: str, replacement: str
) -> Iterator[Found]:
    for match in pattern.finditer(text.line):
        yield match.start(), match.end(), kind, replacement


_EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
_WEB = re.compile(
    r"(?:https?://|www\.)[^\s<>]+|\b(?:facebook|fb|line|youtube)\.(?:com|me)/\S+", re.I
)
_ACCOUNT = re.compile(
    r"(?:line|ไลน์|เฟซบุ๊ก|facebook|tiktok|ig|เพจ)\s*(?:id|ไอดี)?\s*[:：]\s*@?[\w.\-]+"
    r"|(?<!\w)@[A-Za-z][\w.]{2,}", re.I
)
_PHONE = re.compile(r"(?<![\d/])(?:\+?66|0)(?:[ ().-]{0,2}\d){8,9}(?!\d)")


def contacts(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """E-mail and web addresses, telephone numbers and account names."""
    yield from _matches(_EMAIL, text, "email", rules.replacements["email"])
    yield from _matches(_WEB, text, "address", rules.replacements["address"])
    yield from _matches(_ACCOUNT, text, "account", rules.replacements["account"])
    yield from _matches(_PHONE, text, "phone", rules.replacements["phone"])


_IDENTITY = re.compile(r"(?<!\d)\d(?:[ -]?\d){12}(?!\d)|(?<!\d)\d{3}-\d-\d{5}-\d(?!\d)|\d{7,}")
_COORDINATE = re.compile(r"-?\d{1,3}\.\d{4,}°?(?:\s*[NSEW]\b)?")
_HOUSE = re.compile(
    r"(?:บ้าน)?เลขที่\s*\d+(?:\s*/\s*\d+)*|\bhouse\s+(?:no\.?|number)?\s*\d+(?:/\d+)?", re.I
)
_NUMBER_TH = "(?:" + "|".join(sorted(NUMBERS_TH, key=len, reverse=True)) + ")"
_VILLAGE = re.compile(
    rf"หมู่\s*(?:บ้าน)?\s*ที่\s*(?:\d+|{_NUMBER_TH}+)|หมู่\s*\d+|(?<![\u0e00-\u0e7f.])ม\.\s*\d+|"
    r"\b(?:moo|mu|m\.)\s*(?:no\.?\s*)?\d+|\bvillage\s+(?:no\.?|number)\s*\d+", re.I
)


def numbers(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Identity numbers, coordinates, house and village numbers."""
    yield from _matches(_IDENTITY, text, "number", rules.replacements["number"])
    yield from _matches(_COORDINATE, text, "place", rules.replacements["place"])
    yield from _matches(_HOUSE, text, "house", rules.replacements["house"])
    yield from _matches(_VILLAGE, text, "place", rules.replacements["village"])


_DIGITS = r"\d{1,3}(?:[ ,]\d{3})+(?:\.\d+)?|\d(?: \d)+|\d[\d,]*(?:\.\d+)?"
_TIMES = r"(?:ร้อย|พัน|หมื่น|แสน|ล้าน|hundred|thousand|million|k\b)"
_FIGURE = (rf"(?:(?:{_DIGITS})\s*(?:กว่า)?\s*{_TIMES}*(?:\s*กว่า)?"
           rf"|(?<!หลัก)(?<!หลาย){_NUMBER_TH}+(?:\s*กว่า)?"
           rf"|\b(?:{'|'.join(sorted(NUMBERS_EN, key=len, reverse=True))})"
           rf"(?:[ -](?:and )?(?:{'|'.join(sorted(NUMBERS_EN, key=len, reverse=True))}))*)")
# Atomic: a figure matches as a whole or not at all, so no part of it is left over.
_RANGE = rf"(?>(?<!\d)(?<!\d[.,]){_FIGURE}(?:\s*(?:-|–|—|ถึง|หรือ|to|or)\s*{_FIGURE})?)"
_MONEY = re.compile(
    rf"(?:฿|THB)\s*({_RANGE})|({_RANGE})\s*(?:บาท|สตางค์|baht\b|THB\b|฿)|"
    rf"(?:งบประมาณ|งบ|เงิน|ราคา|ต้นทุน|ค่าใช้จ่าย|budget of|cost)\s*({_RANGE})(?!\s*[%\u0e01-\u0e4e])",
    re.I
)
_PEOPLE = re.compile(
    rf"({_RANGE})\s*({'|'.join(sorted(PEOPLE_TH, key=len, reverse=True))}|"
    rf"(?:[a-z-]+ )?(?:{'|'.join(PEOPLE_EN)})\b)(?!การ|ได้|จ่าย|งาน|วัน|เดือน|ปี|ละเอียด)", re.I
)


def money(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Sums in baht, replaced by their order of magnitude: tens of thousands of baht."""
    for match in _MONEY.finditer(text.line):
        figure = next(part for part in match.groups() if part)
        size = len(str(int(parse_figure(figure)))) - 2  # the first kind is 10 to 99 baht
        kinds = rules.replacements["money"]
        replacement = kinds[max(0, min(size, len(kinds) - 1))]
        start = match.start() if match[1] or match[2] else match.start(3)
        yield start, match.end(), "amount", replacement


def people(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Numbers of people and households, replaced by their order of magnitude: dozens of people."""
    for match in _PEOPLE.finditer(text.line):
        kinds = rules.replacements["people"]
        size = len(str(int(parse_figure(match[1])))) - 1
        unit = PEOPLE_TH.get(match[2], match[2])
        replacement = kinds[max(0, min(size, len(kinds) - 1))].format(unit=unit)
        yield match.start(), match.end(), "amount", replacement


def parse_figure(figure: str) -> float:
    """The value of a number in digits or words; of a range, its first number."""
    figure = re.split(r"(?<=\d)\s*-|–|—|ถึง|หรือ|\bto\b|\bor\b", figure.strip().casefold())[0]
    digits = re.match(_DIGITS, figure)
    value = float(re.sub("[ ,]", "", digits[0])) if digits else 0.0
    total, section = 0.0, value
    words = NUMBERS_TH | NUMBERS_EN | {"k": 1000}
    rest = figure[digits.end() :] if digits else figure
    for word in re.findall("|".join(sorted(words, key=len, reverse=True)), rest):
        number = words[word]
        if number < 10 or (10 < number < 100):
            section += number
        elif digits or number >= 1_000_000:
            total, section = (total + (section or 1)) * number, 0.0
        else:
            total, section = total + (section or 1) * number, 0.0
    return total + section


_MONTH_TH = "(?:" + "|".join(map(re.escape, MONTHS_TH)) + ")"
_MONTH_EN = "(?:" + "|".join(f"{month}\\b\\.?" for month in MONTHS_EN) + ")"
_ERA = r"(?:\s*(?:พ\.?\s?ศ\.?|ค\.?\s?ศ\.?|ปี))?\s*"
_DATE = re.compile(
    rf"(?:วันที่\s*)?\d{{1,2}}(?:\s*(?:-|–|ถึง|และ)\s*\d{{1,2}})?\s*(?:เดือน)?{_MONTH_TH}(?:{_ERA}(\d{{4}}|\d{{2}}\b))?"
    rf"|(?:เดือน\s*)?{_MONTH_TH}(?:\s*(?:ถึง|-|–)\s*(?:เดือน)?{_MONTH_TH})?{_ERA}(\d{{4}})"
    rf"|(?:\b(?:on|in) )?\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH_EN}(?:,? (\d{{4}}))?"
    rf"|(?:\b(?:on|in) )?\b{_MONTH_EN} \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? (\d{{4}}))?"
    rf"|(?:\bin )?\b{_MONTH_EN}(?: (?:to|and) {_MONTH_EN})?,? (\d{{4}})"
    r"|\b\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?(\d{4}|\d{2})\b|\b(\d{4})-\d{1,2}-\d{1,2}\b"
)


def dates(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Days and months, replaced by their year."""
    for match in _DATE.finditer(text.line):
        year = next((part for part in match.groups() if part), None)
        if year and len(year) == 2:
            year = f"25{year}" if rules.language == "th" else f"20{year}"
        shown = rules.replacements
        replacement = shown["year"].format(year=year) if year else shown["day"]
        if year and match[0].startswith(("on ", "in ")):
            replacement = f"in {replacement}"
        yield match.start(), match.end(), "date", replacement


def _titled(titles: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(titles, key=len, reverse=True))))


_TITLE_TH = _titled(TITLES_TH)
_TITLE_EN = re.compile(rf"\b({_titled(TITLES_EN).pattern})\b\.?\s+(?=[A-Z])")
_PLACE_TH = _titled(PLACES_TH)
_VILLAGE_TH = re.compile("()(บ้าน)")
_TEMPLE_TH = re.compile(rf"(^|\s|(?<=[(“\"])|{'|'.join(WORDS_BEFORE_TEMPLE)})\s*(วัด)", re.M)
_PLACE_EN = re.compile(
    r"\b(Ban|Tambon|Amphoe|Wat|Moo Ban)\s+(?=[A-Z])|"
    r"\b((?:[A-Z][\w'’-]*\s+){1,3})(School|Temple|Hospital|University|College|Municipality|"
    r"Subdistrict|District|Village|Cooperative|Foundation|Mosque)\b"
)
_PLACES_EN = {"ban": "village", "moo ban": "village", "tambon": "subdistrict",
              "amphoe": "district", "wat": "temple"}


def persons(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Titles with the names after them."""
    for match in _TITLE_TH.finditer(text.line):
        if not text.is_word(match.start(), match.end()) and not match[0].endswith("."):
            continue
        start = match.end() + (text.line[match.end() : match.end() + 1] == " ")
        end = text.name_end(start, NAME_STOP_WORDS)
        if end == start:
            continue
        if text.line[end : end + 1] == " " and match[0] not in TITLES_WITHOUT_SURNAME:
            surname = text.name_end(end + 1, SURNAME_STOP_WORDS)
            if 2 <= surname - end - 1 <= MAX_SURNAME_LENGTH:
                end = surname
        replacement = TITLES_TH[match[0]] if rules.language != "en" else rules.replacements["name"]
        yield match.start(), end, "name", replacement
    for match in _TITLE_EN.finditer(text.line):
        name = LATIN_NAME.match(text.line, match.end())
        if name:
            yield match.start(), name.end(), "name", TITLES_EN[match[1]]


def places(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Villages, institutions and areas, found by the words before their names."""
    for match in _PLACE_TH.finditer(text.line):
        abbreviation = match[0].endswith(".")
        if abbreviation and THAI_RUN.match(text.line[match.start() - 1 : match.start()] or " "):
            continue  # the end of another abbreviation: ส.อบต.
        start = match.end() + (text.line[match.end() : match.end() + 1] == " " and abbreviation)
        end = text.name_end(start, PLACE_STOP_WORDS)
        if end > start:
            yield match.start(), end, "place", PLACES_TH[match[0]]
    for pattern, kind in ((_VILLAGE_TH, "village"), (_TEMPLE_TH, "temple")):
        for match in pattern.finditer(text.line):
            end = text.name_end(match.end(2), PLACE_STOP_WORDS)
            if end > match.end(2) and text.is_word(match.start(2), match.end(2)):
                yield match.start(2), end, "place", rules.replacements[kind]
    for match in _PLACE_EN.finditer(text.line):
        if match[3]:
            yield match.start(), match.end(), "place", f"a {match[3].lower()}"
        elif name := LATIN_NAME.match(text.line, match.end()):
            yield match.start(), name.end(), "place", f"a {_PLACES_EN[match[1].lower()]}"


RULES = (contacts, numbers, money, people, dates, places, persons)
