"""The masking rules that need no list of names: patterns of numbers, dates, titles and prefixes.

No Django here. Each rule takes a ``Plain`` text and the rules of ``lessons.masking.masker`` and yields
(start, end, kind, what stands instead).
"""

import re
from functools import cached_property

from hub.thai.digits import THAI_DIGITS
from lessons.masking.words import (
    AFTER_A_NAME,
    BEFORE_A_TEMPLE,
    CALLED,
    MONTHS_EN,
    MONTHS_TH,
    NOT_A_PLACE,
    NOT_A_SURNAME,
    NUMBERS_EN,
    NUMBERS_TH,
    PEOPLE_EN,
    PEOPLE_TH,
    PLACES_TH,
    TITLES_EN,
    TITLES_TH,
)

INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
                       "\u2060-\u206f\ufe00-\ufe0f\ufeff]")
THAI_RUN = re.compile("[\u0e01-\u0e4e]+")
LATIN_NAME = re.compile(r"[A-Z][\w'’-]*(?:\s+(?:bin|binti|na)?\s*[A-Z][\w'’-]*){0,2}")
LONGEST_SURNAME = 25
_SAID = re.compile("(?:บอก|เล่า|กล่าว|พูด|ถาม|ตอบ|เห็น|คิด|เชื่อ)ว่า|เล่าให้|บอกให้")
_SAYING = tuple("บอก เล่า กล่าว พูด ถาม ตอบ เห็น ช่วย เริ่ม ชวน เชื่อ ต้อง กำลัง เพราะ".split())


class Plain:
    """A text for rules made of patterns: nothing invisible, Arabic digits; knows the way back."""

    def __init__(self, text, cut):
        self.text, self.cut = text, cut
        self.places = [i for i, c in enumerate(text) if not INVISIBLE.match(c)]
        self.line = "".join(text[i] for i in self.places).translate(THAI_DIGITS)
        self.line = re.sub(r"[^\S\n]", " ", self.line)

    def place(self, start, end) -> tuple[int, int]:
        """Where ``line[start:end]`` stands in the text."""
        return self.places[start], self.places[end - 1] + 1

    @cached_property
    def word_ends(self) -> set[int] | None:
        """Where words begin and end; None when nobody can tell."""
        if self.cut is None:
            return None
        ends, at = {0}, 0
        for word in self.cut(self.line):
            at += len(word)
            ends.add(at)
        return ends

    def is_word(self, start, end) -> bool:
        return self.word_ends is None or (start in self.word_ends and end in self.word_ends)

    def name_end(self, start, none_of, longest=60) -> int:
        """Where a Thai name that begins at ``start`` ends; ``start`` when none begins there."""
        run = THAI_RUN.match(self.line, start)
        if not run:
            return start
        said = _SAID.search(run[0])  # no matter how the words before it are cut
        name, end = run[0][: said.start()] if said else run[0], start
        for word in self.cut(name) if self.cut else [name]:
            if word in none_of or word.startswith(_SAYING) or (
                self.cut is None and word.startswith(tuple(none_of))
            ):
                break
            end += len(word)
        return end if end - start <= longest else start + len(name)


# The rules


def _matches(pattern, plain, kind, instead):
    for match in pattern.finditer(plain.line):
        yield match.start(), match.end(), kind, instead


_EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
_WEB = re.compile(
    r"(?:https?://|www\.)[^\s<>]+|\b(?:facebook|fb|line|youtube)\.(?:com|me)/\S+", re.I
)
_ACCOUNT = re.compile(
    r"(?:line|ไลน์|เฟซบุ๊ก|facebook|tiktok|ig|เพจ)\s*(?:id|ไอดี)?\s*[:：]\s*@?[\w.\-]+"
    r"|(?<!\w)@[A-Za-z][\w.]{2,}", re.I
)
_PHONE = re.compile(r"(?<![\d/])(?:\+?66|0)(?:[ ().-]{0,2}\d){8,9}(?!\d)")


def contacts(plain, rules):
    """Addresses, telephone numbers and names of accounts."""
    yield from _matches(_EMAIL, plain, "email", rules.instead["email"])
    yield from _matches(_WEB, plain, "address", rules.instead["address"])
    yield from _matches(_ACCOUNT, plain, "account", rules.instead["account"])
    yield from _matches(_PHONE, plain, "phone", rules.instead["phone"])


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


def numbers(plain, rules):
    """Identity numbers, coordinates, house and village numbers."""
    yield from _matches(_IDENTITY, plain, "number", rules.instead["number"])
    yield from _matches(_COORDINATE, plain, "place", rules.instead["place"])
    yield from _matches(_HOUSE, plain, "house", rules.instead["house"])
    yield from _matches(_VILLAGE, plain, "place", rules.instead["village"])


_DIGITS = r"\d{1,3}(?:[ ,]\d{3})+(?:\.\d+)?|\d(?: \d)+|\d[\d,]*(?:\.\d+)?"
_TIMES = r"(?:ร้อย|พัน|หมื่น|แสน|ล้าน|hundred|thousand|million|k\b)"
_FIGURE = (rf"(?:(?:{_DIGITS})\s*(?:กว่า)?\s*{_TIMES}*(?:\s*กว่า)?"
           rf"|(?<!หลัก)(?<!หลาย){_NUMBER_TH}+(?:\s*กว่า)?"
           rf"|\b(?:{'|'.join(sorted(NUMBERS_EN, key=len, reverse=True))})"
           rf"(?:[ -](?:and )?(?:{'|'.join(sorted(NUMBERS_EN, key=len, reverse=True))}))*)")
# Taken whole or not at all: no part of a figure is left over.
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


def money(plain, rules):
    """Baht as a size: หลักหมื่นบาท, tens of thousands of baht."""
    for match in _MONEY.finditer(plain.line):
        figure = next(part for part in match.groups() if part)
        size = len(str(int(value_of(figure)))) - 2  # 10 to 99 baht are the first kind
        kinds = rules.instead["money"]
        instead = kinds[max(0, min(size, len(kinds) - 1))]
        start = match.start() if match[1] or match[2] else match.start(3)
        yield start, match.end(), "amount", instead


def people(plain, rules):
    """People and households as a size: หลายสิบคน, dozens of people."""
    for match in _PEOPLE.finditer(plain.line):
        kinds = rules.instead["people"]
        size = len(str(int(value_of(match[1])))) - 1
        unit = PEOPLE_TH.get(match[2], match[2])
        instead = kinds[max(0, min(size, len(kinds) - 1))].format(unit=unit)
        yield match.start(), match.end(), "amount", instead


def value_of(figure: str) -> float:
    """The number that ``figure`` says, in digits or in words; of a range the first."""
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


def dates(plain, rules):
    """Days and months as their year."""
    for match in _DATE.finditer(plain.line):
        year = next((part for part in match.groups() if part), None)
        if year and len(year) == 2:
            year = f"25{year}" if rules.language == "th" else f"20{year}"
        instead = rules.instead["year"].format(year=year) if year else rules.instead["day"]
        if year and match[0].startswith(("on ", "in ")):
            instead = f"in {instead}"
        yield match.start(), match.end(), "date", instead


def _titled(titles) -> re.Pattern:
    return re.compile("|".join(map(re.escape, sorted(titles, key=len, reverse=True))))


_TITLE_TH = _titled(TITLES_TH)
_TITLE_EN = re.compile(rf"\b({_titled(TITLES_EN).pattern})\b\.?\s+(?=[A-Z])")
_PLACE_TH = _titled(PLACES_TH)
_VILLAGE_TH = re.compile("()(บ้าน)")
_TEMPLE_TH = re.compile(rf"(^|\s|(?<=[(“\"])|{'|'.join(BEFORE_A_TEMPLE)})\s*(วัด)", re.M)
_PLACE_EN = re.compile(
    r"\b(Ban|Tambon|Amphoe|Wat|Moo Ban)\s+(?=[A-Z])|"
    r"\b((?:[A-Z][\w'’-]*\s+){1,3})(School|Temple|Hospital|University|College|Municipality|"
    r"Subdistrict|District|Village|Cooperative|Foundation|Mosque)\b"
)
_PLACES_EN = {"ban": "village", "moo ban": "village", "tambon": "subdistrict",
              "amphoe": "district", "wat": "temple"}


def persons(plain, rules):
    """Titles and the names after them."""
    for match in _TITLE_TH.finditer(plain.line):
        if not plain.is_word(match.start(), match.end()) and not match[0].endswith("."):
            continue
        start = match.end() + (plain.line[match.end() : match.end() + 1] == " ")
        end = plain.name_end(start, AFTER_A_NAME)
        if end == start:
            continue
        if plain.line[end : end + 1] == " " and match[0] not in CALLED:
            surname = plain.name_end(end + 1, NOT_A_SURNAME)
            if 2 <= surname - end - 1 <= LONGEST_SURNAME:
                end = surname
        instead = TITLES_TH[match[0]] if rules.language != "en" else rules.instead["name"]
        yield match.start(), end, "name", instead
    for match in _TITLE_EN.finditer(plain.line):
        name = LATIN_NAME.match(plain.line, match.end())
        if name:
            yield match.start(), name.end(), "name", TITLES_EN[match[1]]


def places(plain, rules):
    """Villages, institutions and areas by the words before their names."""
    for match in _PLACE_TH.finditer(plain.line):
        abbreviation = match[0].endswith(".")
        if abbreviation and THAI_RUN.match(plain.line[match.start() - 1 : match.start()] or " "):
            continue  # the end of another abbreviation: ส.อบต.
        start = match.end() + (plain.line[match.end() : match.end() + 1] == " " and abbreviation)
        end = plain.name_end(start, NOT_A_PLACE)
        if end > start:
            yield match.start(), end, "place", PLACES_TH[match[0]]
    for pattern, kind in ((_VILLAGE_TH, "village"), (_TEMPLE_TH, "temple")):
        for match in pattern.finditer(plain.line):
            end = plain.name_end(match.end(2), NOT_A_PLACE)
            if end > match.end(2) and plain.is_word(match.start(2), match.end(2)):
                yield match.start(2), end, "place", rules.instead[kind]
    for match in _PLACE_EN.finditer(plain.line):
        if match[1]:
            end = LATIN_NAME.match(plain.line, match.end()).end()
            yield match.start(), end, "place", f"a {_PLACES_EN[match[1].lower()]}"
        else:
            yield match.start(), match.end(), "place", f"a {match[3].lower()}"


RULES = (contacts, numbers, money, people, dates, places, persons)
