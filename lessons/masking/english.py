"""Masking rules for English, and how stand-ins become part of an English sentence.

No Django here; rules as in ``lessons.masking.figures``. A stand-in is a whole noun phrase, so it
takes the article before a name with it: “the Lee Gardens Hotel” becomes “a hotel”.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from lessons.masking.english_words import (
    ALLOWED,
    HEADS,
    PLACE_PREFIXES,
    STARTERS,
    TITLES_EN,
    VERBS_AFTER_NAMES,
)
from lessons.masking.figures import Found
from lessons.masking.normalized_text import NormalizedText

if TYPE_CHECKING:
    from lessons.masking.masker import Rules, Span

_WORD = r"[A-Z][a-zA-Z\u00c0-\u024f]*(?:[-'’](?!s\b)[A-Za-z]+)*"
_NAME = rf"{_WORD}(?:\s(?:(?:bin|binti|bint|na|al)\s)?{_WORD}){{0,3}}"
_TITLE = re.compile(
    r"\b(" + "|".join(sorted(map(re.escape, TITLES_EN), key=len, reverse=True))
    + rf")\b\.?\s+(?={_WORD})"
)
_FIRST_WORD = re.compile(r"(?:^|\b\d{1,2}[.)]\s+|[•*–-]\s+|[.!?…]\s+|\n\s*|[“\"(]\s*)$")


def english_titles(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Titles and trades with the names after them."""
    for match in _TITLE.finditer(text.line):
        name = re.compile(_NAME).match(text.line, match.end())
        if name and not (match[1][0].islower() and name[0] in ALLOWED):
            yield match.start(), name.end(), "name", TITLES_EN[match[1]]


_CALLED = re.compile(
    r"(?:,\s+)?\b(?:called|named|nicknamed|by the name of|"
    r"(?:whose|his|her) (?:nick)?name (?:is|was))"
    rf"\s+[“\"]?({_NAME})[”\"]?(?:,(?=\s[a-z]))?"
)


def _dropped(text: NormalizedText, start: int, end: int, rules: Rules) -> Found:
    return start, end, "name", "" if rules.language == "en" else rules.replacements["name"]


_HEAD_WORDS = "|".join(sorted(HEADS, key=len, reverse=True))
_INSTITUTION = re.compile(
    rf"\b({_WORD}(?:\s{_WORD}){{0,4}}?)\s+({_HEAD_WORDS})\b"
    rf"(?:,?\s(?:the\s)?({_NAME})\s[Bb]ranch)?"
)
_PREFIXED = re.compile(rf"\b({'|'.join(PLACE_PREFIXES)})\s+({_NAME})")
_FACULTY = re.compile(rf"\b(?:Faculty|Department|Office|Ministry|School|Institute) of (?:{_NAME})")
_NUMBERED = re.compile(
    r"\b(?:Highway|Route|Road|Soi|Lane)\s(?:[Nn]o\.?\s|[Nn]umber\s)?\d+(?:/\d+)?")
_OF_PLACE = re.compile(r"\s+of\s+$")


def article(noun: str) -> str:
    """``noun`` with its indefinite article."""
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def english_places(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """Institutions and places, by the word before or after their names."""
    for match in _INSTITUTION.finditer(text.line):
        start, name = match.start(1), match[1]
        words = name.split()
        while words and (words[0] in STARTERS or words[0] in ALLOWED) and (
                words[0] not in PLACE_PREFIXES):
            start += len(words.pop(0)) + 1
        if words:
            yield start, match.end(), "place", article(HEADS[match[2]])
    for match in _PREFIXED.finditer(text.line):
        yield match.start(), match.end(), "place", article(PLACE_PREFIXES[match[1]])
    for match in _FACULTY.finditer(text.line):
        yield match.start(), match.end(), "place", article(match[0].split()[0].lower())
    for match in _NUMBERED.finditer(text.line):
        yield match.start(), match.end(), "place", "a road"


_ANY_NAME = re.compile(rf"(?<![\w@./_-]){_NAME}(?![\w@/]|\.\w)")
_IN = re.compile(r"\b(?:in|at|near|around|towards|outside|behind)\s+(?:the\s+)?$", re.I)
_NOUN_COMMA = re.compile(r"[a-z],\s$")
_COMMA_WORD = re.compile(r",(?=\s(?!and\b|or\b)[a-z])")


def english_names(text: NormalizedText, rules: Rules) -> Iterator[Found]:
    """What is written like a proper name: capitals in the middle of a sentence, or before a verb.

    In Thai texts only Latin names of two words.
    """
    for match in _CALLED.finditer(text.line):
        if match[1].split()[0] not in STARTERS or "nick" in match[0]:
            yield _dropped(text, match.start(), match.end(), rules)
    for match in _ANY_NAME.finditer(text.line):
        start, words = match.start(), match[0].split()
        is_first = bool(_FIRST_WORD.search(text.line[:start]))
        while words and (words[0] in ALLOWED or (is_first and words[0] in STARTERS)):
            start += len(words.pop(0)) + 1
            is_first = False
        while words and words[-1] in ALLOWED:
            words.pop()
        end = start + len(" ".join(words))
        if not words or text.line[start:end] != " ".join(words):
            continue
        if all(word.isupper() and len(word) > 1 for word in words):
            continue  # an abbreviation
        if is_first and len(words) == 1 and not _is_subject(text.line, end, words[0]):
            continue
        if rules.language != "en" and len(words) == 1:
            continue
        if _IN.search(text.line[:start]):
            yield start, end, "place", rules.replacements["somewhere"]
        else:
            yield start, end, "name", rules.replacements["name"]


def _is_subject(line: str, end: int, word: str) -> bool:
    """Whether the first word of a sentence is somebody: what follows is what people do."""
    after = re.match(r"(?:['’]s)?\s+([a-z]+)|['’]s|,\s+who\b", line[end:])
    return after is not None and not word.endswith("s") and (
        after[1] is None or after[1] in VERBS_AFTER_NAMES)


_ARTICLE = re.compile(r"\b(?:the|a|an|this|that)\s+$", re.I)
_POSSESSIVE = re.compile(r"\b(?:our|my|his|her|its|their|your)\s+$|['’]s\s+$", re.I)
_DETERMINED = re.compile(r"(?:an?|somebody|one)\b")


def in_sentence(text: str, spans: list[Span]) -> list[Span]:
    """``spans`` of an English text with stand-ins that fit: articles, capitals, appositions."""
    found = []
    for span in spans:
        start, end, shown = span.start, span.end, span.replacement
        if span.kind in ("name", "place", "organisation", "amount", "date") and shown:
            before = _ARTICLE.search(text[:start])
            if before and _DETERMINED.match(shown):
                start = before.start()
            elif _DETERMINED.match(shown) and shown[0] == "a" and _POSSESSIVE.search(text[:start]):
                shown = shown.partition(" ")[2]
        if span.kind == "name" and _NOUN_COMMA.search(text[:start]) and (
                comma := _COMMA_WORD.match(text, end)):
            start, end, shown = start - 2, comma.end(), ""
        if not shown and text[start - 1 : start] == " " and not text[end : end + 1].isalnum():
            start -= 1
        if span.kind == "place" and "," in span.text and _COMMA_WORD.match(text, end):
            end += 1  # that ended the apposition: in Bo Yang, Songkhla district, we
        if shown and span.kind != "date" and _FIRST_WORD.search(text[:start]):
            shown = shown[0].upper() + shown[1:]
        found.append(replace(span, start=start, end=end, replacement=shown, text=text[start:end]))
    return found
