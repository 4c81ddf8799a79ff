"""What still looks like a proper name in a masked text, for the author to answer. No Django here.

Rules and lists find names by what stands beside them; what they leave is listed when it has the
look of one: a Thai word that no dictionary has, a given name that is a word too, a word with a
capital, a number. The author says of each whether it identifies somebody.
"""

import re
from collections.abc import Iterable, Iterator

from lessons.masking.english_words import ALLOWED, HEADS, STARTERS, TITLES_EN
from lessons.masking.masker import Rules, find_spans, skeleton
from lessons.masking.normalized_text import INVISIBLE, THAI_RUN
from lessons.masking.vocabulary import LEVELS, REPLACEMENTS
from lessons.masking.word_lists import given_names, is_everyday, is_known

_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f][\w'’.-]*[\w]|[A-Za-z]")
_NUMBER = re.compile(r"(?<![\w.,])\d[\d,./-]*\d{2,}(?![\w])")
_YEAR = re.compile(r"(?:19|20|24|25|26)\d\d")
_COMMON_SIGNS = {"LINE", "Line", "Facebook", "GPS", "SMS", "PDF"}
SHORTEST = 2  # letters


def remaining(texts: Iterable[str], rules: Rules) -> list[str]:
    """What in ``texts`` looks like a name and is not masked, each once, in order."""
    texts = list(texts)
    lower = {word for text in texts for word in re.findall(r"\b[a-z]+\b", text)}
    found: dict[str, str] = {}
    for text in texts:
        for piece in _undecided(text, rules):
            for name in _looks_like_names(piece, rules, lower):
                found.setdefault(skeleton(name), name)
    found.pop("", None)
    return list(found.values())


def _undecided(text: str, rules: Rules) -> Iterator[str]:
    """Stretches of ``text`` that are neither masked nor released by the author."""
    last = 0
    for span in find_spans(text, rules, include_released=True):
        yield text[last : span.start]
        last = span.end
    yield text[last:]


def _looks_like_names(piece: str, rules: Rules, lower: set[str]) -> Iterator[str]:
    for run in THAI_RUN.finditer(INVISIBLE.sub("", piece)):
        yield from _unknown_thai(rules.segment(run[0]) if rules.segment else [run[0]])
    for match in _LATIN.finditer(piece):
        word = match[0]
        is_plain = word.islower() and not re.search(r"[\d_@]", word)
        if is_plain or word in ALLOWED or word in _COMMON_SIGNS or word.lower() in lower:
            continue
        if word in STARTERS or word in HEADS or word in TITLES_EN or len(word) < SHORTEST:
            continue
        yield word
    for match in _NUMBER.finditer(piece):
        if not _YEAR.fullmatch(match[0]):
            yield match[0]


def _unknown_thai(words: list[str]) -> Iterator[str]:
    """Runs of words that no dictionary has, and given names that are rare words."""
    unknown = ""
    for word in [*words, ""]:
        if word and not is_known(word) and word not in _OURS:
            unknown += word
            continue
        if len(unknown) >= SHORTEST:
            yield unknown
        unknown = ""
        if word in given_names() and not is_everyday(word):
            yield word


# Words of the stand-ins themselves, which the dictionary need not have.
_OURS = {word for table in (REPLACEMENTS["th"], LEVELS["th"]) for value in table.values()
         if isinstance(value, str) for word in THAI_RUN.findall(value)} | {"ๆ", "ฯ", "อบต", "อสม"}
