"""From what was typed to a plan, and from a plan to an answer. No Django here.

Keywords are searched for as they stand first, then all words, then any word; questions match any
word. The measurements behind this are in docs/decisions/0003-search-engine.md.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from hub.thai.dates import BUDDHIST_ERA
from search.engines.contract import Answer, Engine, Filters, ParsedQuery, QueryTerm
from search.text import thai

MAX_CHARACTERS = 200
MAX_WORDS = 16
MAX_VARIANTS = 6  # of a term
MAX_NAME_WORDS = 10  # longer names have no synonyms in queries
MAX_KEYWORD_CLUSTERS = 25  # a longer term is a sentence, not a keyword
Synonyms: TypeAlias = Mapping[tuple[str, ...], tuple[str, ...]]  # words of a name → other names
YEARS = range(1850, 2101)  # Christian years that a number of four digits may mean


@dataclass(frozen=True)
class Plan:
    """A parsed query: ``text`` as cleaned, its terms, and what the reader should know.

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
        """All words of the terms, stop words last."""
        found = dict.fromkeys(w for terms in self.terms for w in terms.words)
        return tuple(sorted(found, key=lambda w: w in thai.STOP_WORDS))


@dataclass(frozen=True)
class RawToken:
    """What was typed between two spaces, or in quotes; a ``quoted`` one has no synonyms."""

    text: str
    quoted: bool = False


def plan(text: str, synonyms: Synonyms | None = None) -> Plan:
    """Parse ``text``, whatever it is; never raises.

    ``synonyms`` maps the words of a name to other names of the same thing.
    """
    notes = []
    text = re.sub(r"\s+", " ", thai.clean(text)).strip()
    if len(text) > MAX_CHARACTERS:
        notes.append("cut")
        text = text[:MAX_CHARACTERS]
    wanted, excluded = _tokens(text)
    expander = _SynonymExpander(synonyms or {})
    kept: list[QueryTerm] = []
    room = MAX_WORDS
    for term in expander.terms_of(wanted):
        if len(term.words) > room:
            notes.append("cut")
            if not room:
                continue
            term = _term_of_words(term.words[:room])
        kept.append(term)
        room -= len(term.words)
    if not kept:
        notes.append("empty")
    return Plan(
        text, tuple(kept), tuple(expander.terms_of(excluded)), _is_question(text, kept),
        tuple(dict.fromkeys(notes)),
    )


def _tokens(text: str) -> tuple[list[RawToken], list[RawToken]]:
    """The tokens to find and those to exclude (``-word``); quotes keep words together."""
    wanted: list[RawToken] = []
    excluded: list[RawToken] = []
    for minus, quoted, plain in re.findall(r'(-?)(?:"([^"]+)"|([^\s"]+))', text):
        if thai.words(quoted or plain):
            (excluded if minus else wanted).append(RawToken(quoted or plain, bool(quoted)))
    if not wanted:  # "-word" alone is a word with a hyphen before it
        wanted, excluded = excluded, []
    return wanted, excluded


def _term_of_words(words: Sequence[str]) -> QueryTerm:
    return replace(QueryTerm.of(thai.join(words)), words=tuple(words))


class _SynonymExpander:
    """Finds names of known things in what was typed and adds their other names."""

    def __init__(self, synonyms: Synonyms):
        self.synonyms = synonyms

    def terms_of(self, tokens: Sequence[RawToken]) -> list[QueryTerm]:
        """The term of each token with its variants. Tokens that are one name together (health
        assembly) become one term."""
        found: list[QueryTerm] = []
        i = 0
        terms = [QueryTerm.of(token.text) for token in tokens]
        while i < len(tokens):
            end = self._end_of_name(tokens, terms, i)
            text = " ".join(token.text for token in tokens[i:end])
            term = terms[i] if end == i + 1 else QueryTerm.of(text)
            if not tokens[i].quoted:
                term = replace(term, variants=self._variants(term.words))
            found.append(term)
            i = end
        return found

    def _end_of_name(
        self, tokens: Sequence[RawToken], terms: Sequence[QueryTerm], start: int
    ) -> int:
        words: tuple[str, ...] = ()
        best = start + 1
        for i in range(start, len(tokens)):
            if tokens[i].quoted:
                break
            words += terms[i].words
            if len(words) > MAX_NAME_WORDS:
                break
            if words in self.synonyms:
                best = i + 1
        return best

    def _variants(self, words: tuple[str, ...]) -> tuple[QueryTerm, ...]:
        """Synonyms of ``words``: each name in them replaced by its other names, one at a time,
        and all names at once by their first."""
        variants: list[list[str]] = []
        all_replaced: list[str] = []
        i = 0
        while i < len(words):
            length, others = self._name_at(words, i)
            for other in others:
                variants.append([*words[:i], *thai.words(other), *words[i + length :]])
            all_replaced += thai.words(others[0]) if others else [words[i]]
            i += length
        if variants and all_replaced not in variants:
            variants.append(all_replaced)
        return tuple(_term_of_words(variant) for variant in variants[:MAX_VARIANTS])

    def _name_at(self, words: tuple[str, ...], i: int) -> tuple[int, tuple[str, ...]]:
        """The longest name that begins at ``i``: its number of words, and its other names."""
        for length in range(min(MAX_NAME_WORDS, len(words) - i), 0, -1):
            if others := self.synonyms.get(tuple(words[i : i + length])):
                return length, others
        return 1, other_calendar(words[i])


def other_calendar(word: str) -> tuple[str, ...]:
    """The same year in the other calendar, Buddhist or Christian: 2552 → 2009."""
    if len(word) == 4 and word.isascii() and word.isdigit():
        if int(word) in YEARS:
            return (str(int(word) + BUDDHIST_ERA),)
        if int(word) - BUDDHIST_ERA in YEARS:
            return (str(int(word) - BUDDHIST_ERA),)
    return ()


def _is_question(text: str, terms: Sequence[QueryTerm]) -> bool:
    words = [w for term in terms for w in term.words]
    return (
        "?" in text
        or any(
            # "WHO" alone is the World Health Organization; an English question has more words.
            w in thai.QUESTION_WORDS and (len(words) > 2 or not w.isascii())
            for w in words
        )
        or any(len(term.clusters) > MAX_KEYWORD_CLUSTERS for term in terms)
    )


def run(
    engine: Engine,
    plan: Plan,
    filters: Filters,
    offset: int = 0,
    limit: int = 10,
    facets: bool = True,
    strategies: Sequence[str] | None = None,
) -> Answer:
    """Search with ``engine``; the answer is that of the first strategy that finds anything, else
    of the last."""
    if plan.is_empty:
        strategies = ["browse"]
    *others, last = strategies or (["any"] if plan.is_question else ["phrase", "all", "any"])
    for strategy in others:
        answer = engine.search(_query(plan, strategy), filters, offset, limit, facets)
        if answer.total:
            return answer
    return engine.search(_query(plan, last), filters, offset, limit, facets)


def _query(plan: Plan, strategy: str) -> ParsedQuery:
    terms = _without_stop_words(plan.terms) if strategy == "any" else plan.terms
    return ParsedQuery(strategy, terms, plan.excluded)


def _without_stop_words(terms: tuple[QueryTerm, ...]) -> tuple[QueryTerm, ...]:
    """``terms`` without stop words, unless nothing else was typed."""
    kept = tuple(
        replace(t, words=tuple(w for w in t.words if w not in thai.STOP_WORDS)) for t in terms
    )
    return kept if any(t.words for t in kept) else terms
