"""Masking rules for persons: titles, trades and kinship with a name, and names after “called”.

No Django here; rules as in ``lessons.masking.figures``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lessons.masking.figures import Found
from lessons.masking.normalized_text import THAI_RUN, NormalizedText
from lessons.masking.vocabulary import (
    BEFORE_PERSONS_TH,
    FORMAL_TITLES_TH,
    KIN_TITLES_TH,
    KIN_WORDS_TH,
    NAME_ELEMENTS_TH,
    NAME_STOP_WORDS,
    NICKNAMES_TH,
    NOT_AFTER_CALLED,
    NOT_AFTER_KIN,
    NOT_AFTER_TITLE,
    NOT_AFTER_WEAK_TITLES,
    NUMBERS_TH,
    OFFICES_TH,
    SURNAME_STOP_WORDS,
    TITLES_TH,
    TITLES_WITHOUT_SURNAME,
    VERBS_TH,
    WEAK_TITLES_TH,
    WHO_IS_CALLED_TH,
)
from lessons.masking.word_lists import (
    given_names,
    is_everyday,
    is_given_name,
    is_known,
    is_ordinary,
    surnames,
)

if TYPE_CHECKING:
    from lessons.masking.masker import Rules

MAX_SURNAME_LENGTH = 25
LONGEST_SYLLABLE = 3
LONGEST_VERBAL_SURNAME = 8
LONGEST_PART = 4  # of a surname of two everyday words: รอดทอง
MOST_WORDS = 8  # pieces of an unknown name as the segmenter cuts it
LONGEST_NAME = 60


def titled(titles: Iterable[str]) -> re.Pattern[str]:
    """A pattern of any of ``titles``, the longest first."""
    return re.compile("|".join(map(re.escape, sorted(titles, key=len, reverse=True))))


def is_verbal(word: str) -> bool:
    """Whether ``word`` is a verb or a compound that begins with one: รับเงิน."""
    return word in VERBS_TH or (is_known(word) and any(
        word[:length] in VERBS_TH and is_known(word[length:]) for length in range(3, len(word))))


def ends_name(word: str) -> bool:
    """Whether no name goes on with ``word``."""
    return word in NAME_STOP_WORDS or is_verbal(word) or (is_known(word) and any(
        word[:length] in NAME_STOP_WORDS and is_known(word[length:])
        for length in range(3, len(word))))


def name_end(
    text: NormalizedText, start: int, is_formal: bool = False, is_kin: bool = False
) -> int:
    """The offset where the Thai name ends that begins at ``start``; ``start`` if there is none.

    A listed name ends where it ends; another takes words until one that no name has. A first word
    of everyday use is a name only after a formal title, or by itself after ป้า and the like.
    """
    words = text.words_from(start)
    listed = _listed_name(words)
    if not words or words[0] in NOT_AFTER_TITLE:
        return start
    if is_kin and words[0] in NOT_AFTER_KIN:
        return start
    if words[0] in NAME_STOP_WORDS and _count(words, listed) < 2:
        return start
    if listed:
        end, count = start + len(listed), _count(words, listed)
        while count < len(words) and (
            words[count] in NAME_ELEMENTS_TH or _is_rare_syllable(words[count])
        ):  # ยุทธ์ of วีรยุทธ์
            end, count = end + len(words[count]), count + 1
        return end
    if is_ordinary(words[0]) and not is_formal:
        is_last = len(words) == 1 or ends_name(words[1])
        if _is_of_short_syllables(words):  # สุไวบะ
            return start + len(words[0]) + len(words[1])
        if ends_name(words[0]) or not (is_kin and is_last):
            return start
    if is_formal and is_verbal(words[0]):
        return start
    end = start + len(words[0])
    for word, following in zip(words[1:MOST_WORDS], [*words[2:], ""], strict=False):
        is_fragment = following and not is_known(following)  # รอ of ดนรอหมาน
        is_element = is_fragment or word in NAME_ELEMENTS_TH
        if ends_name(word) or word in NUMBERS_TH or (is_ordinary(word) and not is_element):
            break
        end += len(word)
    return min(end, start + LONGEST_NAME)


def _is_rare_syllable(word: str) -> bool:
    return len(word) <= LONGEST_PART and not is_everyday(word) and not ends_name(word)


def _is_of_short_syllables(words: list[str]) -> bool:
    """Whether two short syllables come before where a name must end."""
    return len(words) > 1 and all(
        len(word) <= LONGEST_SYLLABLE and not ends_name(word) and word not in NOT_AFTER_KIN
        for word in words[:2]
    ) and (len(words) == 2 or ends_name(words[2])) and not (
        is_known(words[0] + words[1]) or (is_everyday(words[0]) and is_everyday(words[1])))


def _listed_name(words: list[str]) -> str:
    """The longest given name that the first of ``words`` make up; empty if there is none."""
    for count in range(min(len(words), MOST_WORDS), 0, -1):
        name = "".join(words[:count])
        is_listed = name in given_names() or name in NICKNAMES_TH
        if is_listed and not (count == 1 and is_ordinary(name) and is_everyday(name)):
            return name
    return ""


def surname_end(text: NormalizedText, end: int) -> int:
    """The end of the surname after a name that ends at ``end``; ``end`` if there is none.

    A surname is in PyThaiNLP's list, begins with a word that is none of every day, or is a run of
    one or two words by itself: ใจดี, มีทรัพย์.
    """
    run = THAI_RUN.match(text.line, end + 1) if text.line[end : end + 1] == " " else None
    if not run:
        return end
    words = text.words_from(end + 1)
    if words[0].startswith(KIN_WORDS_TH):
        return end
    for count in range(min(len(words), MOST_WORDS), 0, -1):
        name = "".join(words[:count])
        if name in surnames() and not (count == 1 and is_ordinary(name)):
            return end + 1 + len(name)
    if words[0] in NAME_STOP_WORDS or words[0] in VERBS_TH:  # มีสุข, อยู่ดี, but not อยู่ต่างจังหวัด
        is_short = len(words) == 2 and len(run[0]) <= LONGEST_VERBAL_SURNAME
        return run.end() if is_short and words[0] not in SURNAME_STOP_WORDS else end
    if len(words) == 1 and not is_everyday(words[0]):
        return run.end()
    surname: list[str] = []
    for word in words[:MOST_WORDS]:
        if word in SURNAME_STOP_WORDS or word in VERBS_TH or (
                len(surname) > 1 and is_ordinary(word)):
            break
        surname.append(word)
    length = len("".join(surname))
    if len(surname) == 2 and len(words) > 2 and ends_name(words[2]) and (
            max(map(len, surname)) <= LONGEST_PART or not NAME_ELEMENTS_TH.isdisjoint(surname)):
        return end + 1 + length
    is_alone = length == len(run[0]) and len(surname) == 2
    if not 2 <= length <= MAX_SURNAME_LENGTH or (is_ordinary(surname[0]) and not is_alone):
        return end
    return end + 1 + length


# Not within a syllable: แบ of แบ่ง.
_TITLE_TH = re.compile(rf"(?:{titled(TITLES_TH).pattern})(?![\u0e31\u0e33-\u0e3a\u0e47-\u0e4e])")
_CONNECTED = re.compile("(?:ของ|กับ|ให้|และ|หา|คือ|ที่|แต่|จาก)$")


def thai_titles(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Titles, trades and kinship words with the names after them."""
    for match in _TITLE_TH.finditer(text.line):
        title = match[0]
        start = match.end() + (text.line[match.end() : match.end() + 1] == " ")
        is_formal = title in FORMAL_TITLES_TH
        if start > match.end() and not (is_formal or title.endswith(".") or title == "คุณ"):
            continue
        words = text.words_from(start)
        if title in WEAK_TITLES_TH and words and words[0] in NOT_AFTER_WEAK_TITLES:
            continue
        is_pair = bool(words) and words[0] in TITLES_TH  # ตายาย, ปู่ย่า
        if is_pair and (len(words) == 1 or ends_name(words[1])):
            continue
        if title in OFFICES_TH and words and words[0] in {"หญิง", "ชาย"}:
            continue
        if not title.endswith(".") and not _is_title(text, match, words):
            continue
        end = name_end(text, start, is_formal, title in KIN_TITLES_TH)
        if end == start:
            continue
        if title not in TITLES_WITHOUT_SURNAME:
            end = surname_end(text, end)
        replacement = TITLES_TH[title] if rules.language != "en" else rules.replacements["name"]
        yield match.start(), end, "name", replacement


def _is_title(text: NormalizedText, match: re.Match[str], words: list[str]) -> bool:
    """Whether the match is a word of its own, wherever the segmenter cuts beside a name."""
    if text.is_word(match.start(), match.end()):
        return True
    if text.is_word_start(match.start()):
        word = text.word_at(match.start())
        is_told_of = len(words) > 1 and words[0] in NICKNAMES_TH and ends_name(words[1]) and (
            not THAI_RUN.match(text.line[match.start() - 1 : match.start()] or " "))
        return not is_known(word) or is_told_of
    return bool(_CONNECTED.search(text.line[: match.start()])) and bool(words) and (
        words[0] in NICKNAMES_TH or is_given_name(words[0]))


_CALLED = re.compile(
    r"(?<!ราย)(?<!เจ้าของ)(?<!ลง)(?<!เสีย)(?<!ออก)(?<!เ)(?:ชื่อเล่นว่า|ชื่อเล่น|ชื่อจริงว่า|ชื่อจริง|ชื่อว่า|นามสกุลว่า|นามสกุล|ฉายา|นามว่า|ชื่อของ|"
    r"(?<!ปิด)(?<!เปลี่ยน)(?<!ตั้ง)(?<!เซ็น)ชื่อ)\s?[\"“']?"
)


def called(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Names after ชื่อ, ชื่อเล่น, นามสกุล: ลูกชายชื่อบอย."""
    for match in _CALLED.finditer(text.line):
        words = text.words_from(match.end())
        if not words or words[0] in NAME_STOP_WORDS or words[0] in NOT_AFTER_CALLED:
            continue
        if words[0] not in TITLES_TH and words[0] in VERBS_TH:
            continue
        is_somebody = bool(WHO_IS_CALLED_TH.search(text.line[: match.start()]))
        is_marked = match[0].strip(" \"“'") != "ชื่อ"
        if not (is_somebody or is_marked) and is_known(words[0]) and is_everyday(words[0]):
            continue
        end = name_end(text, match.end(), is_formal=is_somebody or is_marked)
        if end == match.end():
            continue
        if not match[0].rstrip(" \"“'").endswith(("เล่นว่า", "เล่น")):
            end = surname_end(text, end)
        yield match.end(), end, "name", rules.replacements["name"]


_WHO_IS = re.compile(
    r"(?:ประธาน|กรรมการ|เหรัญญิก|เลขา|ผู้|แกนนำ|คน|เจ้าของ|หัวหน้า|ช่าง|แม่ครัว|วิทยากร|พยาน|คู่กรณี|เจ้าหน้าที่|เด็ก|ครู)"
    r"[\u0e01-\u0e4e]{0,25}คือ"
)


def who_it_is(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Names after คือ that tell who somebody is: กรรมการพัสดุคือชูศรี."""
    for match in _WHO_IS.finditer(text.line):
        words = text.words_from(match.end())
        run = THAI_RUN.match(text.line, match.end())
        if not words or not run or words[0] in TITLES_TH or ends_name(words[0]) or is_known(run[0]):
            continue
        end = name_end(text, match.end(), is_formal=is_listed_or_rare(words))
        if end > match.end():
            yield match.end(), surname_end(text, end), "name", rules.replacements["name"]


def is_listed_or_rare(words: list[str]) -> bool:
    """Whether ``words`` begin with what is rather a name than an everyday word."""
    return bool(_listed_name(words)) or not is_everyday(words[0])


def bare_names(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Given names of PyThaiNLP's lists that stand without a title: สมจิตกับกัลยา."""
    if not rules.has_word_lists:
        return
    for run in THAI_RUN.finditer(text.line):
        words, offset, index = text.words_from(run.start()), run.start(), 0
        while index < len(words):
            name = _bare_name(words, index)
            if name:
                end = surname_end(text, offset + len(name)) if (
                    offset + len(name) == run.end()) else offset + len(name)
                yield offset, end, "name", rules.replacements["name"]
            taken = max(1, _count(words[index:], name))
            offset += len("".join(words[index : index + taken]))
            index += taken


def _bare_name(words: list[str], index: int) -> str:
    """The given name that ``words`` have from ``index`` on; empty if there is none.

    What may be everyday words as well is a name only where a person may stand: คือชูศรี.
    """
    before = words[index - 1] if index else ""
    for count in range(min(MOST_WORDS, len(words) - index), 0, -1):
        taken = words[index : index + count]
        name = "".join(taken)
        if not is_given_name(name):
            continue
        if not is_known(name) and (count > 2 or not all(map(is_ordinary, taken))):
            return name
        after = words[index + count] if index + count < len(words) else ""
        if (not before or before in BEFORE_PERSONS_TH) and (not after or ends_name(after)):
            return name
    return ""


def _count(words: list[str], name: str) -> int:
    """How many of ``words`` make up ``name``."""
    length = 0
    for number, word in enumerate(words):
        if length >= len(name):
            return number
        length += len(word)
    return len(words) if name else 0
