"""From what was typed to a plan, and from a plan to an answer.

Keywords are looked for as they stand first, then all words, then any word; questions go by any
word. Measured reasons: docs/decisions/0003-search-engine.md.
"""

import re
from dataclasses import dataclass, replace

from search.engines.contract import Answer, Engine, Filters, ParsedQuery, QueryTerm
from search.text import thai

MAX_CHARACTERS = 200
MAX_TERMS = 16
MOST_VARIANTS = 6  # of a stretch
LONGEST_NAME = 10  # words; a longer name is not looked for in what was typed
QUESTION_CLUSTERS = 25  # an unbroken stretch longer than this is a sentence, not a keyword
BUDDHIST_ERA = 543
YEARS = range(1850, 2101)  # Christian years that a number of four digits may mean


@dataclass(frozen=True)
class Plan:
    """What will be asked: ``text`` as cleaned, its stretches, and codes of what to tell.

    ``notes`` may hold ``cut`` (only the beginning is used) and ``empty`` (no word was typed).
    """

    text: str
    terms: tuple[QueryTerm, ...]
    excluded: tuple[QueryTerm, ...]
    is_question: bool
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.terms

    @property
    def words(self) -> tuple[str, ...]:
        """All words asked for, those that carry meaning first."""
        found = dict.fromkeys(w for terms in self.terms for w in terms.words)
        return tuple(sorted(found, key=lambda w: w in thai.STOP_WORDS))


@dataclass(frozen=True)
class RawToken:
    """A stretch as it was typed; ``quoted`` ones are taken to the letter."""

    text: str
    quoted: bool = False


def plan(text: str, synonyms=None) -> Plan:
    """Plan a search for ``text``, whatever it is; never raises.

    ``synonyms`` maps the words of a name to other names of the same thing.
    """
    notes = []
    text = re.sub(r"\s+", " ", thai.clean(text)).strip()
    if len(text) > MAX_CHARACTERS:
        notes.append("cut")
        text = text[:MAX_CHARACTERS]
    wanted, excluded = _stretches(text)
    names = _Names(synonyms or {})
    kept, room = [], MAX_TERMS
    for terms in names.in_stretches(wanted):
        if len(terms.words) > room:
            notes.append("cut")
            terms = _terms_of_words(terms.words[:room]) if room else None
        if terms:
            kept.append(terms)
            room -= len(terms.words)
    if not kept:
        notes.append("empty")
    return Plan(
        text, tuple(kept), tuple(names.in_stretches(excluded)), _is_question(text, kept),
        tuple(dict.fromkeys(notes)),
    )


def _stretches(text) -> tuple[list[RawToken], list[RawToken]]:
    """The stretches to find and those to leave out (``-word``); quotes hold one together."""
    wanted, excluded = [], []
    for minus, quoted, plain in re.findall(r'(-?)(?:"([^"]+)"|([^\s"]+))', text):
        if thai.words(quoted or plain):
            (excluded if minus else wanted).append(RawToken(quoted or plain, bool(quoted)))
    if not wanted:  # "-word" alone is a word with a hyphen before it
        wanted, excluded = excluded, []
    return wanted, excluded


def terms_of(text) -> QueryTerm:
    return QueryTerm(
        tuple(thai.words(text)), tuple(thai.cluster_tokens(text)), tuple(thai.grams(text))
    )


def _terms_of_words(words) -> QueryTerm:
    return replace(terms_of(thai.join(words)), words=tuple(words))


class _Names:
    """Finds the names of known things among what was typed, and says them otherwise."""

    def __init__(self, synonyms):
        self.synonyms = synonyms

    def in_stretches(self, typed) -> list[QueryTerm]:
        """The terms of each stretch with its variants. A name may span stretches (health
        assembly): they become one."""
        found, i = [], 0
        cut = [terms_of(stretch.text) for stretch in typed]
        while i < len(typed):
            end = self._end_of_name(typed, cut, i)
            text = " ".join(stretch.text for stretch in typed[i:end])
            terms = cut[i] if end == i + 1 else terms_of(text)
            if not typed[i].quoted:
                terms = replace(terms, variants=self._variants(terms.words))
            found.append(terms)
            i = end
        return found

    def _end_of_name(self, typed, cut, start) -> int:
        words, best = (), start + 1
        for i in range(start, len(typed)):
            if typed[i].quoted:
                break
            words += cut[i].words
            if len(words) > LONGEST_NAME:
                break
            if words in self.synonyms:
                best = i + 1
        return best

    def _variants(self, words) -> tuple[QueryTerm, ...]:
        """Other ways to say ``words``: each name in them by its other names, one at a time, and
        all at once by their first."""
        said, everything, i = [], [], 0
        while i < len(words):
            length, others = self._name_at(words, i)
            for other in others:
                said.append([*words[:i], *thai.words(other), *words[i + length :]])
            everything += thai.words(others[0]) if others else [words[i]]
            i += length
        if said and everything not in said:
            said.append(everything)
        return tuple(_terms_of_words(way) for way in said[:MOST_VARIANTS])

    def _name_at(self, words, i) -> tuple[int, tuple[str, ...]]:
        """The longest name that begins at ``i``: how many words, and its other names."""
        for length in range(min(LONGEST_NAME, len(words) - i), 0, -1):
            if others := self.synonyms.get(tuple(words[i : i + length])):
                return length, others
        return 1, other_calendar(words[i])


def other_calendar(word) -> tuple[str, ...]:
    """The same year in the other calendar, Buddhist or Christian: 2552 → 2009."""
    if len(word) == 4 and word.isascii() and word.isdigit():
        if int(word) in YEARS:
            return (str(int(word) + BUDDHIST_ERA),)
        if int(word) - BUDDHIST_ERA in YEARS:
            return (str(int(word) - BUDDHIST_ERA),)
    return ()


def _is_question(text, stretches) -> bool:
    words = [w for terms in stretches for w in terms.words]
    return (
        "?" in text
        or any(
            # "WHO" alone is the World Health Organization; an English question has more words.
            w in thai.QUESTION_WORDS and (len(words) > 2 or not w.isascii())
            for w in words
        )
        or any(len(terms.clusters) > QUESTION_CLUSTERS for terms in stretches)
    )


def run(
    engine: Engine, plan: Plan, filters: Filters, offset=0, limit=10, facets=True,
    strategies=None,
) -> Answer:
    """Ask ``engine``: the first strategy that finds anything answers."""
    answer = None
    if plan.is_empty:
        strategies = ["browse"]
    for strategy in strategies or (["any"] if plan.is_question else ["phrase", "all", "any"]):
        asked = plan.terms
        if strategy == "any":
            asked = _meaningful(plan.terms)
        answer = engine.search(
            ParsedQuery(strategy, asked, plan.excluded), filters, offset, limit, facets
        )
        if answer.total:
            break
    return answer


def _meaningful(terms):
    """The stretches without words that every page has, unless nothing else was typed."""
    kept = tuple(
        replace(t, words=tuple(w for w in t.words if w not in thai.STOP_WORDS)) for t in terms
    )
    return kept if any(t.words for t in kept) else terms
