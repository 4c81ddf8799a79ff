"""From a planned question to a tree of clauses, which each engine says in its own words.

No Django and no engine here. All that decides relevance stands in this file, so that it is the
same whichever engine answers; the weights were measured, docs/decisions/0003-search-engine.md.
Nothing that was typed is ever parsed by an engine: the tree is made of terms.
"""

import time
from dataclasses import dataclass, replace

from search.engines.contract import FACETS, Filters, ParsedQuery, QueryTerm
from search.engines.fields import FACET_FIELDS
from search.text import thai

FIELD_WEIGHTS = {"title": 2.0, "summary": 1.5, "headings": 1.5, "body": 1.0}
PARTS_WEIGHT = 0.3  # of a word inside a compound
PAIRS_WEIGHT = 0.3  # of a string that stands somewhere, cut there in another way
GRAMS_WEIGHT = 0.6
VARIANT_WEIGHT = 0.6  # of a synonym beside the word that was typed
# Between two equally good answers: the Model others have used, and what is newer.
STANDING_WEIGHT = 0.08  # for each step of ``Entry.standing``
FRESH_YEARS, FRESH_WEIGHT = 2, 0.08  # of what was published in the last so many years
PAGE_WEIGHT = 0.3  # of a page beside a file that tells the same
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
class Since:
    """Published at or after a moment, in seconds since 1970: worth ``score``."""

    seconds: int
    score: float


@dataclass(frozen=True)
class Everything:
    """Whatever there is, all alike."""


@dataclass(frozen=True)
class Bool:
    """All of ``must``, none of ``never``, and if ``must`` is empty at least one of ``should``;
    scores add up and are multiplied by ``boost``."""

    must: tuple = ()
    should: tuple = ()
    never: tuple = ()
    boost: float = 1.0


def any_of(*parts) -> Bool | Term | Phrase:
    return parts[0] if len(parts) == 1 else Bool(should=parts)


def phrase(field, tokens, boost=1.0) -> Term | Phrase:
    """``tokens`` side by side, which for a single one is the token."""
    if len(tokens) == 1:
        return Term(field, tokens[0], boost)
    return Phrase(field, tuple(tokens), boost)


def question(query: ParsedQuery) -> Bool | Everything:
    """What ``query`` asks for, filters left out."""
    match query.strategy:
        case "browse":
            asked = Everything()
        case "phrase":
            asked = Bool(must=tuple(_with_variants(terms, _stretch) for terms in query.terms))
        case "string":
            asked = Bool(must=tuple(_string(terms) for terms in query.terms))
        case "all":
            asked = Bool(must=tuple(_with_variants(terms, _all_words) for terms in query.terms))
        case _:
            asked = _any_word(query.terms)
    never = tuple(_with_variants(terms, _stretch) for terms in query.excluded)
    return Bool(must=(asked,), never=never) if never else asked


def filtered(asked, filters: Filters, left_out=None) -> Bool:
    """``asked`` of what ``filters`` let through; ``left_out`` names a facet not to filter by."""
    must = [asked]
    if filters.audiences is not None:
        must.append(OneOf("audience", tuple(filters.audiences)))
    for field, values in (
        ("site", [filters.site] if filters.site else []), ("kind", filters.kinds),
        ("reader", filters.readers), ("page", filters.pages),
        *((FACET_FIELDS[name], getattr(filters, name)) for name in FACETS if name != left_out),
    ):
        if values:
            must.append(OneOf(field, tuple(thai.clean(str(value)) for value in values)))
    return Bool(must=tuple(must))


def without_common(query: ParsedQuery, is_common_word, is_common_gram) -> ParsedQuery:
    """``query`` without what does not tell entries apart, as long as something is left.

    A single common word that is to stand as it is loses its clusters: it is not looked for inside
    other words, which costs most and finds nothing better.
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
    """What an entry has in a tie, but for its freshness."""
    return PAGE_WEIGHT * (kind == "page") + STANDING_WEIGHT * standing


def fresh_from(now: float) -> int:
    """What was published from then on is fresh, in seconds since 1970 as ``now``."""
    return int(now - FRESH_YEARS * YEAR)


def ranked(asked, now=None) -> Bool:
    """``asked`` with what decides between equally good answers."""
    if isinstance(asked, Everything):
        return asked
    now = time.time() if now is None else now
    standing = [
        OneOf("standing", (str(step),), STANDING_WEIGHT * step)
        for step in range(1, HIGHEST_STANDING + 1)
    ]
    pages = [OneOf("kind", ("page",), PAGE_WEIGHT)]
    fresh = Since(fresh_from(now), FRESH_WEIGHT)
    return Bool(must=(asked,), should=(*pages, *standing, fresh))


def typed_title(text: str, finished_words, beginnings) -> Bool:
    """Titles with the ``finished_words`` and, of what is still being typed, one of
    ``beginnings``: words that begin so. Half a word is cut into words that no title has; its
    clusters are there all the same."""
    words = [any_of(Term("title", word), _in_title(word)) for word in finished_words]
    last = any_of(*(Term("title", word) for word in beginnings)) if beginnings else None
    clusters = phrase("title_clusters", thai.cluster_tokens(text), 0.2)
    return any_of(Bool(must=(*words, last)), clusters) if last else clusters


def _in_title(word):
    return phrase("title_clusters", thai.cluster_tokens(word), 0.2)


def _with_variants(terms: QueryTerm, make):
    """``terms`` or what means the same, which counts less, and no more for being longer."""
    typed = len(terms.clusters)
    variants = (
        Bool(must=(make(v),), boost=VARIANT_WEIGHT * min(1, typed / max(1, len(v.clusters))))
        for v in terms.variants
    )
    return any_of(make(terms), *variants)


def _stretch(terms: QueryTerm):
    """A stretch as it stands: its words side by side in one field, or its clusters anywhere,
    which finds it inside compounds too.

    A single cluster is found in compounds only as a word of its own: ตา is no part of ตาก.
    """
    if len(terms.clusters) < 2:
        return _word(terms.words[0])
    return any_of(_in_any_field(terms.words), _string(terms))


def _string(terms: QueryTerm):
    """The clusters of a stretch one after the other; a single one as a word or part of one."""
    pairs = thai.pairs(terms.clusters)
    return phrase("pairs", pairs, PAIRS_WEIGHT) if pairs else _word("".join(terms.words))


def _all_words(terms: QueryTerm):
    return Bool(must=tuple(_word(word) for word in dict.fromkeys(terms.words)))


def _word(word):
    """A word by itself or as a part of a compound."""
    return any_of(_in_any_field((word,)), Term("parts", word, PARTS_WEIGHT))


def _in_any_field(words):
    return any_of(*(phrase(name, words, weight) for name, weight in FIELD_WEIGHTS.items()))


def _any_word(stretches):
    """Any of the words, the more and the rarer the better; 3-grams of clusters make up for words
    that were cut in another way."""
    words = dict.fromkeys(word for terms in stretches for word in terms.words)
    parts = [
        Term(name, word, weight) for word in words for name, weight in FIELD_WEIGHTS.items()
    ]
    parts += [
        phrase(name, other, weight * VARIANT_WEIGHT)
        for terms in stretches for other in terms.other_names
        for name, weight in FIELD_WEIGHTS.items()
    ]
    grams = dict.fromkeys(gram for terms in stretches for gram in terms.grams)
    parts += [Term("grams", gram, GRAMS_WEIGHT) for gram in grams]
    return any_of(*parts)
