"""From a parsed query to a tree of clauses, which each engine translates into its own.

No Django and no engine here. All that decides relevance is in this file, so that it is the same
in every engine; the weights were measured, see docs/decisions/0003-search-engine.md. No engine
ever parses what was typed: the leaves of the tree are tokens.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from search.engines.contract import FACETS, Filters, ParsedQuery, QueryTerm
from search.engines.fields import FACET_FIELDS
from search.text import thai

FIELD_WEIGHTS = {"title": 2.0, "summary": 1.5, "headings": 1.5, "body": 1.0}
PARTS_WEIGHT = 0.3  # of a word inside a compound
PAIRS_WEIGHT = 0.3  # of a string that occurs, segmented differently
GRAMS_WEIGHT = 0.6
VARIANT_WEIGHT = 0.6  # of a synonym beside the word that was typed
# What decides between equally good hits: the Model that others have used, and what is newer.
STANDING_WEIGHT = 0.08  # for each step of ``Entry.standing``
FRESH_YEARS, FRESH_WEIGHT = 2, 0.08  # of what was published in the last two years
PAGE_WEIGHT = 0.3  # of a page beside a file with the same text
HIGHEST_STANDING = 3
YEAR = 365.25 * 86400


@dataclass(frozen=True)
class Term:
    """One token in a field."""

    field: str
    value: str
    boost: float = 1.0


@dataclass(frozen=True)
class Phrase:
    """Tokens side by side in a field."""

    field: str
    tokens: tuple[str, ...]
    boost: float = 1.0


@dataclass(frozen=True)
class OneOf:
    """A keyword field has one of the values: worth ``score`` whichever it is."""

    field: str
    values: tuple[str, ...]
    score: float = 0.0


@dataclass(frozen=True)
class PublishedSince:
    """Published at or after a moment, in seconds since 1970: worth ``score``."""

    seconds: int
    score: float


@dataclass(frozen=True)
class MatchAll:
    """Every entry, with the same score."""


@dataclass(frozen=True)
class Bool:
    """All of ``must``, none of ``must_not``, and if ``must`` is empty at least one of ``should``;
    scores add up and are multiplied by ``boost``."""

    must: tuple["Clause", ...] = ()
    should: tuple["Clause", ...] = ()
    must_not: tuple["Clause", ...] = ()
    boost: float = 1.0


Clause: TypeAlias = Term | Phrase | OneOf | PublishedSince | MatchAll | Bool


def any_of(*parts: Clause) -> Clause:
    return parts[0] if len(parts) == 1 else Bool(should=parts)


def phrase(field: str, tokens: Sequence[str], boost: float = 1.0) -> Term | Phrase:
    """``tokens`` side by side; a single one is a Term."""
    if len(tokens) == 1:
        return Term(field, tokens[0], boost)
    return Phrase(field, tuple(tokens), boost)


def clause_of(query: ParsedQuery) -> Clause:
    """The clause of ``query``, without filters."""
    clause: Clause
    match query.strategy:
        case "browse":
            clause = MatchAll()
        case "phrase":
            clause = Bool(must=tuple(_with_variants(term, _verbatim) for term in query.terms))
        case "string":
            clause = Bool(must=tuple(_string(term) for term in query.terms))
        case "all":
            clause = Bool(must=tuple(_with_variants(term, _all_words) for term in query.terms))
        case _:
            clause = _any_word(query.terms)
    must_not = tuple(_with_variants(term, _verbatim) for term in query.excluded)
    return Bool(must=(clause,), must_not=must_not) if must_not else clause


def filtered(clause: Clause, filters: Filters, left_out: str | None = None) -> Bool:
    """``clause`` narrowed by ``filters``; ``left_out`` names a facet not to filter by."""
    must: list[Clause] = [clause]
    if filters.audiences is not None:
        must.append(OneOf("audience", tuple(filters.audiences)))
    choices: list[tuple[str, Sequence[object]]] = [
        ("site", [filters.site] if filters.site else []), ("kind", filters.kinds),
        ("reader", filters.readers), ("page", filters.pages),
        *((FACET_FIELDS[name], getattr(filters, name)) for name in FACETS if name != left_out),
    ]
    for field, values in choices:
        if values:
            must.append(OneOf(field, tuple(thai.clean(str(value)) for value in values)))
    return Bool(must=tuple(must))


def without_common(
    query: ParsedQuery,
    is_common_word: Callable[[str], bool],
    is_common_gram: Callable[[str], bool],
) -> ParsedQuery:
    """``query`` without what does not tell entries apart, as long as something is left.

    A term of a single common word loses its clusters, so it is not searched for inside other
    words, which costs most and finds nothing better.
    """
    if query.strategy != "any":
        terms = tuple(
            replace(t, clusters=()) if len(t.words) == 1 and is_common_word(t.words[0]) else t
            for t in query.terms
        )
        return replace(query, terms=terms)
    common = {w for t in query.terms for w in t.words if is_common_word(w)}
    if all(word in common for t in query.terms for word in t.words):
        return query
    terms = tuple(
        replace(
            t, words=tuple(w for w in t.words if w not in common),
            grams=tuple(g for g in t.grams if not is_common_gram(g)),
        )
        for t in query.terms
    )
    return replace(query, terms=terms)


def merit(kind: str, standing: int) -> float:
    """What is added to the score of an entry to break ties, except for freshness."""
    return PAGE_WEIGHT * (kind == "page") + STANDING_WEIGHT * standing


def fresh_from(now: float) -> int:
    """The moment since when what was published is fresh; in seconds since 1970, as ``now``."""
    return int(now - FRESH_YEARS * YEAR)


def ranked(clause: Clause, now: float | None = None) -> Clause:
    """``clause`` with what decides between equally good hits."""
    if isinstance(clause, MatchAll):
        return clause
    now = time.time() if now is None else now
    standing = [
        OneOf("standing", (str(step),), STANDING_WEIGHT * step)
        for step in range(1, HIGHEST_STANDING + 1)
    ]
    pages = [OneOf("kind", ("page",), PAGE_WEIGHT)]
    fresh = PublishedSince(fresh_from(now), FRESH_WEIGHT)
    return Bool(must=(clause,), should=(*pages, *standing, fresh))


def title_prefix(
    text: str, finished_words: Iterable[str], completions: Sequence[str]
) -> Clause:
    """Titles with the ``finished_words`` and one of ``completions``, the words that begin with
    what is still being typed. Half a word is segmented into words that no title has, but its
    clusters match all the same."""
    words = [any_of(Term("title", word), _in_title(word)) for word in finished_words]
    last = any_of(*(Term("title", word) for word in completions)) if completions else None
    clusters = phrase("title_clusters", thai.cluster_tokens(text), 0.2)
    return any_of(Bool(must=(*words, last)), clusters) if last else clusters


def _in_title(word: str) -> Clause:
    return phrase("title_clusters", thai.cluster_tokens(word), 0.2)


def _with_variants(term: QueryTerm, make_clause: Callable[[QueryTerm], Clause]) -> Clause:
    """``term`` or a synonym, which counts less, and no more for being longer."""
    length = len(term.clusters)
    variants = (
        Bool(
            must=(make_clause(v),),
            boost=VARIANT_WEIGHT * min(1, length / max(1, len(v.clusters))),
        )
        for v in term.variants
    )
    return any_of(make_clause(term), *variants)


def _verbatim(term: QueryTerm) -> Clause:
    """A term as it stands: its words side by side in one field, or its clusters anywhere, which
    also matches inside compounds.

    A single cluster matches in compounds only as a word of them: ตา is no part of ตาก.
    """
    if len(term.clusters) < 2:
        return _word(term.words[0])
    return any_of(_in_any_field(term.words), _string(term))


def _string(term: QueryTerm) -> Clause:
    """The clusters of a term in a row; a single one as a word or part of one."""
    pairs = thai.pairs(term.clusters)
    return phrase("pairs", pairs, PAIRS_WEIGHT) if pairs else _word("".join(term.words))


def _all_words(term: QueryTerm) -> Clause:
    return Bool(must=tuple(_word(word) for word in dict.fromkeys(term.words)))


def _word(word: str) -> Clause:
    """A word by itself or as a part of a compound."""
    return any_of(_in_any_field((word,)), Term("parts", word, PARTS_WEIGHT))


def _in_any_field(words: Sequence[str]) -> Clause:
    return any_of(*(phrase(name, words, weight) for name, weight in FIELD_WEIGHTS.items()))


def _any_word(terms: Iterable[QueryTerm]) -> Clause:
    """Any of the words, the more and the rarer the better; 3-grams of clusters find words that
    were segmented differently."""
    words = dict.fromkeys(word for term in terms for word in term.words)
    parts: list[Clause] = [
        Term(name, word, weight) for word in words for name, weight in FIELD_WEIGHTS.items()
    ]
    parts += [
        phrase(name, synonym, weight * VARIANT_WEIGHT)
        for term in terms for synonym in term.synonyms
        for name, weight in FIELD_WEIGHTS.items()
    ]
    grams = dict.fromkeys(gram for term in terms for gram in term.grams)
    parts += [Term("grams", gram, GRAMS_WEIGHT) for gram in grams]
    return any_of(*parts)
