"""What the texts of a lesson tell of its names, so that each part is masked wherever it stands.

A name is recognised where a title, ชื่อ or a word such as ตำบล stands before it; somebody is called
by their given name alone in the next sentence, and a place by its name alone. No Django here.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lessons.masking.english_words import ALLOWED, HEADS, PLACE_PREFIXES, STARTERS, TITLES_EN
from lessons.masking.masker import (
    MIN_NAME_PART,
    Listed,
    Rules,
    Span,
    Where,
    find_spans,
    name_variants,
    skeleton,
)
from lessons.masking.persons import titled
from lessons.masking.vocabulary import BANKS_TH, NICKNAMES_TH, PLACES_TH
from lessons.masking.word_lists import is_known, is_ordinary

SHORTEST_INSIDE = 5  # letters of a name that is masked inside longer words too


def learned(rules: Rules, texts: Iterable[str]) -> Rules:
    """``rules`` with the parts of every name and place that they recognise in ``texts``."""
    found: dict[str, Listed] = {}
    everything = replace(rules, released=frozenset())
    for text in texts:
        for span in find_spans(text, everything):
            for one in _parts(span, rules):
                if len(skeleton(one.name)) >= 2:
                    found.setdefault(skeleton(one.name), one)
    return replace(rules, learned=tuple(found.values()))


def _parts(span: Span, rules: Rules) -> Iterator[Listed]:
    """The names in a span that may stand by themselves elsewhere."""
    is_thai = bool(re.search("[\u0e01-\u0e2e]", span.core))
    if span.kind == "name" and is_thai:
        yield from _persons(span.core, rules)
    elif span.kind in ("place", "organisation") and is_thai:
        yield from _places(span, rules)
    elif span.kind in ("name", "place", "organisation"):
        yield from _latin(span, rules)


def _persons(text: str, rules: Rules) -> Iterator[Listed]:
    for part in name_variants(text):
        if " " in part:
            continue
        yield Listed(part, "name", rules.replacements["name"], _where(part))


def _where(name: str) -> Where:
    if is_known(name):
        return Where.PERSON
    if name in NICKNAMES_TH:
        return Where.WORD
    return Where.ANYWHERE if len(name) >= SHORTEST_INSIDE else Where.WORD


_BEFORE_PLACE = re.compile(
    rf"(?:{titled(PLACES_TH).pattern}|บ้าน|วัด|"
    rf"ธนาคาร(?:{'|'.join(map(re.escape, BANKS_TH))})?(?:สาขา)?|"
    r"ถนน|ซอย|หมู่ที่\s?\d+\s?|หมู่\s?\d+\s?)+\s?"
)


_VILLAGE_IN_NAME = re.compile("(?<=.)บ้าน[\u0e01-\u0e4e]{4,}$")


def _places(span: Span, rules: Rules) -> Iterator[Listed]:
    """The name without the words that say what it is: คลองหวะ of ธนาคารออมสินสาขาคลองหวะ."""
    for piece in re.split(r"[\s,]+|สาขา", span.core):
        prefix = _BEFORE_PLACE.match(piece)
        if village := _VILLAGE_IN_NAME.search(piece):
            yield Listed(village[0], "place", rules.replacements["village"], Where.ANYWHERE)
        for name in {piece, piece[prefix.end() :] if prefix else piece}:
            if len(name) > MIN_NAME_PART and not is_ordinary(name) and not is_known(name) and (
                    not PLACES_TH.get(name)):
                yield Listed(name, "place", span.replacement, Where.ANYWHERE
                             if len(name) > SHORTEST_INSIDE else Where.WORD)


def _latin(span: Span, rules: Rules) -> Iterator[Listed]:
    words = re.findall(r"[A-Z][\w-]*", span.core)
    names = [word for word in words if word not in ALLOWED and word not in STARTERS
             and word not in TITLES_EN and word not in HEADS and word not in PLACE_PREFIXES
             and len(word) >= MIN_NAME_PART]
    shown = rules.replacements["name"] if span.kind == "name" else (
        re.sub("^[A-Z]", lambda m: m[0].lower(), span.replacement))
    if span.kind == "name":
        for name in names:
            yield Listed(name, "name", shown, Where.WORD)
    if len(names) > 1:
        yield Listed(" ".join(names), span.kind, shown, Where.WORD)
