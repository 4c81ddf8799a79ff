"""Masking rules for places and institutions: the words before their names say that they are some.

No Django here; rules as in ``lessons.masking.figures``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from lessons.masking.figures import Found
from lessons.masking.normalized_text import THAI_RUN, NormalizedText
from lessons.masking.persons import ends_name, is_verbal, titled
from lessons.masking.vocabulary import (
    BANKS_TH,
    DIRECTIONS_TH,
    GENERIC_PLACES_TH,
    GENERIC_TH,
    MEASURED_TH,
    NAME_STOP_WORDS,
    NOT_IN_GROUPS,
    NUMBERS_TH,
    PLACE_STOP_WORDS,
    PLACES_TH,
    TITLES_TH,
    TOPONYMS_TH,
    WORDS_BEFORE_NAMES,
    WORDS_BEFORE_TEMPLE,
)
from lessons.masking.word_lists import given_names, is_everyday, is_known, is_ordinary

if TYPE_CHECKING:
    from lessons.masking.masker import Rules

MOST_WORDS = 8
LONGEST_PLACE = 40
_ALSO_NAMES = set(
    "บ้าน วัด ชุมชน เทศบาล ตำบล อำเภอ หมู่บ้าน มัสยิด เมือง นคร การยาง".split()
)


def place_end(
    text: NormalizedText, start: int, is_sure: bool = False, is_anything: bool = False,
    areas: Collection[str] = (),
) -> int:
    """The offset where the name of a place ends that begins at ``start``; ``start`` without one.

    A name begins with a word that is none of every day, or with one that places begin with and
    another word: ทุ่งลุง. ``is_sure`` takes a single everyday word too, ``is_anything`` any words up
    to a verb. ``areas`` are names of areas, which names of companies begin with.
    """
    words = text.words_from(start)
    name: list[str] = []
    for number, word in enumerate(words[:MOST_WORDS]):
        following = words[number + 1] if number + 1 < len(words) else ""
        begins = not name or name[-1] in _ALSO_NAMES
        if name and word in DIRECTIONS_TH and name[-1] not in _ALSO_NAMES and (
                not following or is_verbal(following) or following in PLACE_STOP_WORDS):
            name.append(word)
            break
        if word in NUMBERS_TH or word == "ครึ่ง" or (is_verbal(word) and not (
                word in _ALSO_NAMES and not name)):
            break
        is_toponym = word in TOPONYMS_TH and (bool(following) or is_sure) and (
            begins or name[-1] in TOPONYMS_TH)
        stops = NAME_STOP_WORDS if is_anything and name else PLACE_STOP_WORDS
        if word in stops and not is_toponym and (
                begins or not following or word != "ก็" or ends_name(following)):  # ม่วงก็อง
            break
        if not name and word in GENERIC_TH:
            break
        if not name and not is_anything and is_ordinary(word) and not (
                word in TOPONYMS_TH or word in _ALSO_NAMES or word in areas
                or _is_uncommon(words[:3])
                or (is_sure and (not following or ends_name(following)
                                or following.startswith(tuple(NUMBERS_TH))))):
            break
        name.append(word)
    while name and name[-1] in {"ที่", "ของ"}:
        name.pop()
    if not name or (name == [words[0]] and words[0] in _ALSO_NAMES):
        return start
    is_rare = is_known(name[0]) and not is_ordinary(name[0]) and name[0] not in given_names()
    if is_rare and not is_sure and not is_anything and all(
            is_known(word) and word not in TOPONYMS_TH for word in name):
        return start
    if len(name) == 1 and not is_sure and is_known(name[0]) and (
            name[0] not in given_names() or is_ordinary(name[0])):
        return start
    return min(start + len("".join(name)), start + LONGEST_PLACE)


def _is_uncommon(words: list[str]) -> bool:
    """Whether a short word and one that is rare make up a name before it ends: กูบู."""
    return len(words) > 1 and len(words[0]) <= 3 and not ends_name(words[1]) and (
        not is_known(words[1]) or not is_everyday(words[1])
    ) and (len(words) == 2 or ends_name(words[2]))


_WORKERS = re.compile("แม่บ้าน|แม่ค้า|แม่ครัว|แม่เลี้ยง|พ่อค้า|แม่น้ำ")
_PLACE_TH = titled(PLACES_TH)
_STRONG = set(
    "ตำบล ต. อำเภอ อ. กิ่งอำเภอ อบต. มัสยิด โรงเรียน รร. ทต. รพ.สต. รพ. องค์การบริหารส่วนตำบล "
    "เทศบาลนคร เทศบาลเมือง เทศบาลตำบล สภ. หจก. ศาลแขวง ปอเนาะ ที่ว่าการอำเภอ โรงพยาบาล "
    "มหาวิทยาลัย ห้างหุ้นส่วนจำกัด สำนักสงฆ์ มูลนิธิ บริษัท".split()
)
_ANYTHING = set(
    "บริษัท มูลนิธิ สมาคม หจก. ห้างหุ้นส่วนจำกัด หนังสือพิมพ์ มัสยิด สำนักสงฆ์ ปอเนาะ โรงแรม รีสอร์ต "
    "รีสอร์ท วิสาหกิจชุมชน อบต.".split()
)
_BUSINESSES = {"ร้าน", "อู่", "คลินิก", "ฟาร์ม", "โรงสี", "แพปลา", "ร้านอาหาร", "ร้านกาแฟ", "โรงน้ำชา"}
_GROUPS = {"กลุ่ม", "สหกรณ์", "กองทุน", "เครือข่าย", "วิสาหกิจชุมชน", "กลุ่มออมทรัพย์"}
_FEATURES = set(
    "เกาะ หาด แหลม คลอง น้ำตก แยก สี่แยก สามแยก ด่าน เขา ควน ปากคลอง สะพาน".split()
)
_COMMON_TOGETHER = re.compile("(?:ที่|ใน|จาก|ไป|ถึง|ของ|ข้าม|ริม|หน้า|แถว|ตลาดนัด|ชาว)$")


def thai_places(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Institutions, areas and features of the land, by the words before their names."""
    for match in _PLACE_TH.finditer(text.line):
        prefix = match[0]
        abbreviation = prefix.endswith(".")
        before = text.line[: match.start()]
        if abbreviation and THAI_RUN.match(before[-1:] or " ") and len(prefix) < 4:
            continue  # the end of another abbreviation: ส.อบต.
        if not abbreviation and not text.is_word_start(match.start()) and not (
            _COMMON_TOGETHER.search(before)  # the segmenter cut จากร้าน elsewhere
        ):
            continue
        start = match.end() + (text.line[match.end() : match.end() + 1] == " " and abbreviation)
        is_sure = prefix in _STRONG or (
            prefix in _FEATURES and bool(_COMMON_TOGETHER.search(before)))
        if _WORKERS.match(text.line, start) or GENERIC_PLACES_TH.match(text.line, start):
            continue
        if prefix == "แยก" and not _COMMON_TOGETHER.search(before):
            continue  # to separate
        end = place_end(text, start, is_sure, prefix in _ANYTHING, rules.area_names)
        if end == start and prefix in _BUSINESSES:
            end = _business_of_person(text, start)
        if end == start and prefix in _GROUPS:
            end = _group_end(text, start)
        if end > start:
            yield match.start(), end, "place", PLACES_TH[prefix]


def _business_of_person(text: NormalizedText, start: int) -> int:
    """The end of a business's name that begins with a title and a name: ร้านน้องนุชคาราโอเกะ."""
    words = text.words_from(start)
    if len(words) < 2 or words[0] not in TITLES_TH or ends_name(words[1]) or words[1] in GENERIC_TH:
        return start
    end = start
    for word in words[:MOST_WORDS]:
        if ends_name(word) or word in NUMBERS_TH:
            break
        end += len(word)
    return end


def _group_end(text: NormalizedText, start: int) -> int:
    """The end of a group's name that ends with its village: กลุ่มเลี้ยงผึ้งบ้านปลายควน."""
    offset = start
    for word in text.words_from(start)[:MOST_WORDS]:
        if word in {"บ้าน", "ชุมชน", "ตำบล"}:
            end = place_end(text, offset + len(word))
            return end if end > offset + len(word) else start
        if word in NAME_STOP_WORDS or word in NOT_IN_GROUPS:
            return start
        offset += len(word)
    return start


_FACULTY = re.compile(
    r"คณะ[\u0e01-\u0e4e]{2,20}(?:ศาสตร์|การจัดการ)(?:\s?ม\.[ก-ฮ]{1,2}\.)?|"
    r"(?<![\w.])ม\.[ก-ฮ]{1,2}\."
)
_SHOP = re.compile(
    r"ร้าน[\u0e01-\u0e4e]{2,14}(?:พาณิชย์|การช่าง|การไฟฟ้า|การค้า|เซอร์วิส|ก่อสร้าง|มอเตอร์|การเกษตร|การยาง|บริการ)"
)
_COMPANY = re.compile(r"(?:บริษัท|ห้างหุ้นส่วน)[^\n.]{2,50}?จำกัด(?:\s?\(มหาชน\))?")
_BUSINESS = re.compile(
    r"(?:(?<=ของ)|(?<=โดย)|(?<=จาก)|(?<=กับ))[\u0e01-\u0e4e]{2,14}\s?"
    r"(?:ซาวด์|การช่าง|พาณิชย์|เซอร์วิส|ฟาร์ม|ก่อสร้าง|การค้า|ออนไลน์|มอเตอร์|การเกษตร|เทรดดิ้ง|โปรดักชั่น)"
)


def thai_businesses(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Businesses that are called by a name and their trade: บอล ซาวด์."""
    for match in _COMPANY.finditer(text.line):
        if not match[0].endswith(("บริษัทจำกัด", "หุ้นส่วนจำกัด")):
            yield match.start(), match.end(), "organisation", rules.replacements["organisation"]
    for match in _FACULTY.finditer(text.line):
        yield match.start(), match.end(), "organisation", rules.replacements["organisation"]
    for match in _SHOP.finditer(text.line):
        yield match.start(), match.end(), "place", PLACES_TH["ร้าน"]
    for match in _BUSINESS.finditer(text.line):
        words = text.words_from(match.start())
        if words and not ends_name(words[0]) and not is_ordinary(words[0]):
            yield match.start(), match.end(), "organisation", rules.replacements["organisation"]


_BANK_TH = re.compile(rf"(?:ธนาคาร\s?(?:{'|'.join(map(re.escape, BANKS_TH))})|ธ\.ก\.ส\.)"
                      r"(\s?\(?สาขา(?:ย่อย)?\s?)?")
_ROAD = re.compile(r"(ถนนสาย|ทางหลวงหมายเลข|ถนน|ซอย|ซ\.|ถ\.)\s?"
                   r"(\d+(?:/\d+)?(?!\s*(?:คน|บ้าน|หลัง|สาย|เมตร|กิโล|\d)))?")
_VILLAGE_TH = re.compile("บ้าน")
_TEMPLE_TH = re.compile(rf"(^|\s|(?<=[(“\"])|{'|'.join(WORDS_BEFORE_TEMPLE)}|)\s?(วัด)", re.M)


def thai_banks_and_roads(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Banks with their branches; roads and lanes by name or number."""
    for match in _BANK_TH.finditer(text.line):
        end = place_end(text, match.end(), is_sure=True) if match[1] else match.end()
        yield match.start(), max(end, match.end(0) if not match[1] else end), "organisation", (
            rules.replacements["bank"])
    for match in _ROAD.finditer(text.line):
        kind = "lane" if match[1].startswith("ซ") else "road"
        if match[2]:
            yield match.start(), match.end(), "place", rules.replacements[kind]
        elif text.is_word_start(match.start()):
            end = place_end(text, match.end())
            if end > match.end():
                yield match.start(), end, "place", rules.replacements[kind]


def thai_villages_and_temples(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """บ้าน and วัด, which also mean a house and to measure."""
    for match in _VILLAGE_TH.finditer(text.line):
        if not text.is_word_start(match.start()):
            continue
        is_somewhere = bool(_COMMON_TOGETHER.search(text.line[: match.start()]))
        if GENERIC_PLACES_TH.match(text.line, match.end()):
            continue
        end = place_end(text, match.end(), is_sure=is_somewhere)
        if end > match.end() and text.line[match.end() : end] not in TITLES_TH:
            yield match.start(), end, "place", rules.replacements["village"]
    for match in _TEMPLE_TH.finditer(text.line):
        if not text.is_word_start(match.start(2)):
            continue
        words = text.words_from(match.end(2))
        end = place_end(text, match.end(2), is_sure=match[1] in WORDS_BEFORE_NAMES)
        is_place = words and words[0] not in MEASURED_TH and (
            words[0] in TOPONYMS_TH or not is_known(words[0]) or not is_ordinary(words[0])
            or (len(words) > 1 and not is_ordinary(words[1])))
        if end > match.end(2) and (is_place or match[1] in WORDS_BEFORE_NAMES):
            yield match.start(2), end, "place", rules.replacements["temple"]
