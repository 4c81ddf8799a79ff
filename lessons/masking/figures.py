"""Masking rules for figures: contacts, numbers of persons and things, money, people, dates.

No Django here. Each rule takes a ``NormalizedText`` and the ``Rules`` of ``lessons.masking.masker``
and yields (start, end, kind, replacement) with offsets in the normalized text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from lessons.masking.normalized_text import NormalizedText
from lessons.masking.vocabulary import (
    MONTHS_EN,
    MONTHS_TH,
    NAME_STOP_WORDS,
    NUMBERS_EN,
    NUMBERS_TH,
    PEOPLE_EN,
    PEOPLE_TH,
    VERBS_TH,
)
from lessons.masking.word_lists import is_known

if TYPE_CHECKING:
    from lessons.masking.masker import Rules

Found: TypeAlias = tuple[int, int, str, str]  # start, end, kind, replacement
MOST_WHO_TELL_NOTHING = 10  # "two people hold the keys" is what was learned, and tells of nobody
LOWEST_SUM = 100  # baht; less is a price or a fee, and everywhere the same


def _matches(
    pattern: re.Pattern[str], text: NormalizedText, kind: str, replacement: str
) -> Iterator[Found]:
    for match in pattern.finditer(text.line):
        yield match.start(), match.end(), kind, replacement


_EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
_WEB = re.compile(
    r"(?:https?://|www\.)[^\s<>]*[^\s<>.,;:!?)]|"
    r"\b(?:facebook|fb|line|youtube)\.(?:com|me)/\S+", re.I
)
_ACCOUNT = re.compile(
    r"(?:\b(?:line|facebook|tiktok|ig)\b|ไลน์|เฟซบุ๊ก|ติ๊กต็อก|ไอจี|เพจ)\s*(?:"
    r"(?:id|ไอดี|name|page|ชื่อ)?\s*[:：]\s*@?[\w.\-]+"
    r"|(?:\bid|ไอดี|ชื่อ)\s*@?[a-z][\w.\-]{2,}(?<![.\-])"
    r"|@?(?=[a-z.\-]*[\d_])[a-z][\w.\-]{2,}(?<![.\-])"
    r"|(?<=[\u0e00-\u0e7f])\s?@?[a-z][\w.\-]{2,}(?<![.\-]))"
    r"|(?<!\w)@[A-Za-z][\w.]{2,}(?<!\.)"
    r"|\b[A-Za-z]{2,}(?:_[\w.]+|"
    r"\.(?!(?:pdf|docx?|pptx?|xlsx?|jpe?g|png|mp[34]|txt|csv)\b)[a-z]{2,}\b|"
    r"\d{2,}[a-z_]\w*)(?<!\.)", re.I
)
_ACCOUNT_EN = re.compile(
    r"\b(?:LINE|Line|Facebook|TikTok|Instagram)\s+(?:ID|id|name|user|account|page|profile)\s+"
    r"((?:[A-Z@]?[\w.]*[A-Za-z0-9])(?:\s+[A-Z][\w’'-]*)*)"
)
# The name of an account in Thai: two words at most, ended by what ends a name.
_ACCOUNT_TH = re.compile(
    r"(?:ชื่อ(?:ใน)?(?:ไลน์|เฟซบุ๊ก|เฟสบุ๊ก|เฟซ|เพจ|ติ๊กต็อก)(?:ว่า)?|(?:เฟซบุ๊ก|เฟสบุ๊ก|ไลน์|เพจ)\s?(?:ของ\S+?)?ชื่อ|"
    r"(?:ลง|ใน|ทาง|ที่)?เพจ(?=\s))\s?[\"“]?((?!ของ|กลุ่ม|ร้าน)[\u0e01-\u0e4e]{2,30}(?:\s[\u0e01-\u0e4e]{2,20})?)"
)
_PHONE = re.compile(r"(?<![\d/])(?:\+?66|0)(?:[ ().-]{0,2}\d){8,9}(?!\d)")
_PLATE = re.compile(  # กข 1234, 1กม 5520
    r"(?:(?<![\w.\u0e00-\u0e7f])|(?<=ทะเบียน)|(?<=ทะเบียนรถ))(?:(\d)\s?)?([ก-ฮ]{1,3})\s?-?\s?(\d{1,4})"
    r"(?![\d,./\u0e00-\u0e7f])(?!\s*(?:บาท|คน))"
)
_PLATE_OF_LORRY = re.compile(r"ทะเบียน\S{0,6}\s?(\d{2,3}\s?-?\s?\d{4})(?!\d)")
_PLATE_EN = re.compile(r"\b(?:\d[A-Z][A-Za-z]{0,3}|[A-Z][A-Za-z]{0,3})[ -]?\d{2,4}\b(?![,.]\d)")
_VEHICLE_EN = re.compile(r"\b(?:plates?|registration|registered|licen[cs]e|motorcycle|pickup|lorry|"
                         r"truck|car|van|bus)\b[^.!?\n]{0,60}$")


def contacts(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """E-mail and web addresses, telephone numbers and account names."""
    yield from _matches(_EMAIL, text, "email", rules.replacements["email"])
    yield from _matches(_WEB, text, "address", rules.replacements["address"])
    yield from _matches(_ACCOUNT, text, "account", rules.replacements["account"])
    for pattern in (_ACCOUNT_EN, _ACCOUNT_TH):
        for match in pattern.finditer(text.line):
            end = match.end(1) if pattern is _ACCOUNT_EN else _account_end(text, match)
            if end > match.start(1):
                yield match.start(1), end, "account", rules.replacements["account"]
    yield from _matches(_PHONE, text, "phone", rules.replacements["phone"])


def _account_end(text: NormalizedText, match: re.Match[str]) -> int:
    """The end of an account's name: two words, the second up to where the sentence goes on."""
    end = match.start(1)
    for part in match[1].split(" "):
        start = end + (end > match.start(1))
        words = text.words_from(start)
        taken = 0
        for word in words:
            if word in NAME_STOP_WORDS or (word in VERBS_TH and taken):
                break
            taken += len(word)
        if not taken or (end > match.start(1) and words[0] in VERBS_TH):
            break
        end = start + taken
        if taken < len(part):
            break
    return end


def plates(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Number plates of cars and motorcycles."""
    for match in _PLATE.finditer(text.line):
        is_named = re.search(r"ทะเบียน\S*\s?$", text.line[: match.start()])
        if is_named or (match[1] and len(match[2]) == 2) or (
            len(match[2]) == 2 and len(match[3]) > 2 and not is_known(match[2])
        ):
            yield match.start(), match.end(), "plate", rules.replacements["plate"]
    for match in _PLATE_OF_LORRY.finditer(text.line):
        yield match.start(1), match.end(), "plate", rules.replacements["plate"]
    for match in _PLATE_EN.finditer(text.line):
        if _VEHICLE_EN.search(text.line[: match.start()]):
            yield match.start(), match.end(), "plate", rules.replacements["plate"]


_IDENTITY = re.compile(r"(?<!\d)\d(?:[ -]?\d){12}(?!\d)|(?<!\d)\d{3}-\d-\d{5}-\d(?!\d)|\d{7,}")
_BANK_ACCOUNT = re.compile(
    r"(?:บัญชี|account)[^\d\n]{0,30}?(?<!\d)(\d{2,4}(?:[ -]?\d){5,12})(?!\d)", re.I)
_COORDINATE = re.compile(r"-?\d{1,3}\.\d{4,}°?(?:\s*[NSEW]\b)?")
_HOUSE = re.compile(
    r"(?:บ้าน)?เลขที่\s*\d+(?:\s*/\s*\d+)*|\bhouse\s+(?:no\.?|number)?\s*\d+(?:/\d+)?", re.I
)
_NUMBER_TH = "(?:" + "|".join(sorted(NUMBERS_TH, key=len, reverse=True)) + ")"
_VILLAGE = re.compile(
    rf"หมู่\s*(?:บ้าน)?\s*ที่\s*(?:\d+|{_NUMBER_TH}+)|หมู่\s*\d+|(?<![\u0e00-\u0e7f.])"
    r"(?<!\d[-–])(?<!\d [-–] )(?<!ชั้น )ม\.\s*\d+|"
    r"\b(?:moo|mu|m\.)\s*(?:no\.?\s*)?\d+|\bvillage\s+(?:no\.?|number)\s*\d+", re.I
)


def numbers(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Identity numbers, coordinates, house and village numbers."""
    yield from _matches(_IDENTITY, text, "number", rules.replacements["number"])
    for match in _BANK_ACCOUNT.finditer(text.line):
        yield match.start(1), match.end(), "number", rules.replacements["number"]
    yield from _matches(_COORDINATE, text, "place", rules.replacements["place"])
    yield from _matches(_HOUSE, text, "house", rules.replacements["house"])
    yield from _matches(_VILLAGE, text, "place", rules.replacements["village"])


_DIGITS = r"\d{1,3}(?:[ ,]\d{3})+(?:\.\d+)?|\d(?: \d)+|\d[\d,]*(?:\.\d+)?"
_TIMES = r"(?:ร้อย|พัน|หมื่น|แสน|ล้าน|hundred|thousand|million|k\b)"
_UNITS_TH = "(?:" + "|".join(word for word, n in NUMBERS_TH.items() if n < 10) + ")"
_BARE_TIMES = rf"(?:พัน|หมื่น|แสน|ล้าน)(?={_UNITS_TH})"  # แสนสอง is 120,000
_WORDS_EN = "|".join(sorted(NUMBERS_EN, key=len, reverse=True))
_FIGURE = (rf"(?:(?:{_DIGITS})\s*(?:กว่า)?\s*(?:{_TIMES}[ -]?)*(?<![ -])(?:\s*กว่า)?"
           rf"|(?:ครึ่ง)?(?<!หลัก)(?<!หลาย){_NUMBER_TH}+(?:\s*กว่า)?"
           rf"|\b(?:half a |a quarter of a |a )?(?:{_WORDS_EN})"
           rf"(?:[ -](?:and )?(?:{_WORDS_EN}))*\b)")
# Atomic: a figure matches as a whole or not at all, so no part of it is left over.
_RANGE = rf"(?>(?<!\d)(?<!\d[.,]){_FIGURE}(?:\s*(?:-|–|—|ถึง|หรือ|to|or)\s*{_FIGURE})?)"
_ABOUT = r"(?:(?:ราว ๆ|ราว|ประมาณ|เกือบ|about|almost|nearly|some)\s?)?"
_MONEY = re.compile(
    rf"(?:฿|THB)\s*({_RANGE})|{_ABOUT}({_RANGE})\s*(?:บาท|สตางค์|baht\b|THB\b|฿)|"
    rf"({_RANGE})\s?\.-|"
    rf"(?:งบประมาณ|งบ|เงิน|ราคา|ต้นทุน|ค่าใช้จ่าย|budget of|cost)\s*({_RANGE})"
    r"(?!\s*(?:[%\u0e01-\u0e4e]|baht|THB|฿))",
    re.I
)
# Without a unit, thousands and more in words are money unless something is counted.
_LARGE = (rf"(?:(?:{_DIGITS})\s?(?:พัน|หมื่น|แสน|ล้าน)+(?:{_NUMBER_TH})*(?:\s?กว่า)?"
          rf"|(?:ครึ่ง)?{_UNITS_TH}(?:พัน|หมื่น|แสน|ล้าน){_NUMBER_TH}*(?:\s?กว่า)?"
          rf"|{_BARE_TIMES}{_NUMBER_TH}+)")
_LARGE_MONEY = re.compile(
    rf"(?<![\d.,])(?<!เกิน)(?<!หลัก)(?<!หลาย){_ABOUT}({_LARGE})(?!คน|ราย|ครัวเรือน|ครอบครัว)(?!\s?(?:ต้น|ตัว|ผืน|ถุง|ไร่|ลูก|ครั้ง(?!หน้า|นี้|นั้น|ก่อน|ต่อ)|กิโล|เมตร|ลิตร|ปี|"
    r"หลังคา|ชิ้น|ใบ|เล่ม|ชั่วโมง|เสียง|ตัน|กล่อง|ขวด|แปลง|ดอลลาร์|เท่า|องศา))"
)
_PEOPLE = re.compile(
    rf"({_RANGE})\s*({'|'.join(sorted(PEOPLE_TH, key=len, reverse=True))}|"
    rf"(?:[a-z-]+ )?(?:{'|'.join(PEOPLE_EN)})\b)(?!การ|ได้|จ่าย|งาน|วัน|เดือน|ปี|ละเอียด)", re.I
)


def money(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Sums in baht, replaced by their order of magnitude: tens of thousands of baht."""
    for match in _MONEY.finditer(text.line):
        figure = next(part for part in match.groups() if part)
        if parse_figure(figure) < LOWEST_SUM:
            continue
        size = len(str(int(parse_figure(figure)))) - 2  # the first kind is 10 to 99 baht
        kinds = rules.replacements["money"]
        replacement = kinds[max(0, min(size, len(kinds) - 1))]
        start = match.start() if not match[4] else match.start(4)
        yield start, match.end(), "amount", replacement
    for match in _LARGE_MONEY.finditer(text.line):
        if not text.is_word_start(match.start(1)):
            continue
        kinds = rules.replacements["money"]
        size = len(str(int(parse_figure(match[1])))) - 2
        yield match.start(), match.end(), "amount", kinds[max(0, min(size, len(kinds) - 1))]


def people(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Numbers of people and households, replaced by their order of magnitude: dozens of people."""
    for match in _PEOPLE.finditer(text.line):
        if _AFTER_MONTH.search(text.line[: match.start()]):
            continue  # a year: on 20 January 2020 members asked
        is_rule = text.line[: match.start()].endswith(("เกิน", "อย่างน้อย", "ไม่ถึง"))
        in_words = not match[1][-1:].isdigit() and match[0][len(match[1])] == " "
        is_thai_unit = match[2] in PEOPLE_TH
        if is_rule or (in_words and is_thai_unit and not match[1][0].isdigit()) or (
                parse_figure(match[1]) <= MOST_WHO_TELL_NOTHING):
            continue
        kinds = rules.replacements["people"]
        size = len(str(int(parse_figure(match[1])))) - 1
        unit = PEOPLE_TH.get(match[2], match[2])
        replacement = kinds[max(0, min(size, len(kinds) - 1))].format(unit=unit)
        yield match.start(), match.end(), "amount", replacement


_AFTER_MONTH = re.compile(rf"\b(?:{'|'.join(MONTHS_EN)})\.?,?\s$")


def parse_figure(figure: str) -> float:
    """The value of a number in digits or words; of a range, its first number.

    A unit after a multiple counts the next lower one, as people say it: แสนสอง is 120,000.
    """
    figure = re.split(r"(?<=\d)\s*-|–|—|ถึง|หรือ|\bto\b|\bor\b", figure.strip().casefold())[0]
    digits = re.match(_DIGITS, figure)
    value = float(re.sub("[ ,]", "", digits[0])) if digits else 0.0
    if figure.startswith(("ครึ่ง", "half a ")):
        value = 0.5
    total, section, last = 0.0, value, 0.0
    words = NUMBERS_TH | NUMBERS_EN | {"k": 1000}
    rest = figure[digits.end() :] if digits else figure
    found = re.findall("|".join(sorted(words, key=len, reverse=True)), rest)
    for place, word in enumerate(found):
        number = words[word]
        if number < 10 or (10 < number < 100):
            is_said_short = place == len(found) - 1 and last >= 1000 and word in NUMBERS_TH
            section += number * last / 10 if is_said_short else number
        elif value or number >= 1_000_000:
            total, section = (total + (section or 1)) * number, 0.0
        else:
            total, section = total + (section or 1) * number, 0.0
        last = float(number) if number >= 100 else 0.0
    return total + section


_MONTH_TH = "(?:" + "|".join(map(re.escape, MONTHS_TH)) + ")"
_MONTH_EN = "(?:" + "|".join(f"{month}\\b\\.?" for month in MONTHS_EN) + ")"
_ERA = r"(?:\s*(?:พ\.?\s?ศ\.?|ค\.?\s?ศ\.?|ปี))?\s*"
_DATE = re.compile(
    rf"(?:วันที่\s*)?\d{{1,2}}(?:\s*(?:-|–|ถึง|และ)\s*\d{{1,2}})?\s*(?:เดือน)?{_MONTH_TH}(?:{_ERA}(\d{{4}}|\d{{2}}\b))?"
    rf"|(?:เดือน\s*)?{_MONTH_TH}(?:\s*(?:ถึง|-|–)\s*(?:เดือน)?{_MONTH_TH})?{_ERA}(\d{{4}})"
    rf"|(?:\b(?:[Oo]n|[Ii]n) )?\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH_EN}(?:,? (\d{{4}}))?"
    rf"|(?:\b(?:[Oo]n|[Ii]n) )?\b{_MONTH_EN} \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? (\d{{4}}))?"
    rf"|(?:\b[Ii]n )?\b{_MONTH_EN}(?: (?:to|and) {_MONTH_EN})?,? (\d{{4}})"
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
        if year and match[0][:3].lower() in ("on ", "in "):
            replacement = f"{'In' if match[0][0].isupper() else 'in'} {replacement}"
        yield match.start(), match.end(), "date", replacement
