"""What PyThaiNLP knows of Thai names and of ordinary words, read from its files. No Django here.

The lists of given names and surnames are CC BY-SA, those of words CC0. They are read when the
first Thai text is masked.
"""

from functools import lru_cache
from importlib.resources import files

from lessons.masking.vocabulary import GIVEN_NAMES_TH, NICKNAMES_TH, NO_NAMES_TH, SOUTHERN_NAMES_TH

EVERYDAY = 4000  # words of the Thai National Corpus that are used most
VERY_COMMON = 1500
_CERTAIN = {*SOUTHERN_NAMES_TH, *GIVEN_NAMES_TH}
LONGEST_NICKNAME = 4  # characters of a rare word of one syllable that may well be a nickname
SHORTEST_NAME = 4  # characters of a name that is known without a title before it


def _lines(name: str) -> list[str]:
    text = files("pythainlp.corpus").joinpath(name).read_text("utf-8")
    return [line.strip() for line in text.split("\n") if line.strip()]


@lru_cache(maxsize=1)
def dictionary() -> frozenset[str]:
    return frozenset(_lines("words_th.txt"))


@lru_cache(maxsize=1)
def ranks() -> dict[str, int]:
    """The place of each word by how often it is used, from 0."""
    words = (line.partition("\t")[0] for line in _lines("tnc_freq.txt"))
    return {word: rank for rank, word in enumerate(words)}


@lru_cache(maxsize=1)
def given_names() -> frozenset[str]:
    names = _lines("person_names_female_th.txt") + _lines("person_names_male_th.txt")
    listed = (name for name in names if _rank(name) >= VERY_COMMON)
    return frozenset([*listed, *SOUTHERN_NAMES_TH, *GIVEN_NAMES_TH]) - NO_NAMES_TH


@lru_cache(maxsize=1)
def surnames() -> frozenset[str]:
    return frozenset(_lines("family_names_th.txt"))


def _rank(word: str) -> int:
    return ranks().get(word, 10**6)


@lru_cache(maxsize=20_000)
def is_ordinary(word: str) -> bool:
    """Whether a Thai ``word`` is rather an everyday word than a name."""
    if word in NICKNAMES_TH or word in _CERTAIN or word not in dictionary():
        return False
    return _rank(word) < EVERYDAY or len(word) > LONGEST_NICKNAME


def is_everyday(word: str) -> bool:
    """Whether ``word`` is among those that are used most."""
    return _rank(word) < EVERYDAY


@lru_cache(maxsize=20_000)
def is_known(word: str) -> bool:
    """Whether ``word`` is in the dictionary."""
    return word in dictionary()


@lru_cache(maxsize=20_000)
def is_given_name(word: str) -> bool:
    """Whether ``word`` is a given name and nothing else, so that it needs no title before it."""
    return len(word) >= SHORTEST_NAME and word in given_names() and (
        word not in dictionary() or (word in _CERTAIN and _rank(word) > VERY_COMMON))
