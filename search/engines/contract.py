"""The contract between the hub and a search engine: small and flat.

Text reaches an engine segmented and queries reach it parsed, so that relevance is the same in
every engine: ``search.engines.tantivy_engine`` and ``search.engines.cluster.engine``.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from search.text import thai

PUBLIC = "public"  # the audience token of what anybody may read
FACETS = ("stages", "topics", "areas", "years", "languages")


class IndexUnavailable(Exception):
    """There is no index, it cannot be read, or another version built it: rebuild it."""


@dataclass(frozen=True)
class Section:
    """A piece of text that a link can point at: under a heading, or a page of a file."""

    anchor: str
    heading: str
    text: str


@dataclass(frozen=True)
class Entry:
    """One entry of the index: a page, or a file on a page.

    ``areas`` are geocodes with all their ancestors; ``audience`` is a token of
    ``search.index.audience``; ``published`` is in seconds since 1970; ``standing`` is 0 to 3 and
    grows with the stages of the chain that follow the page.
    """

    key: str
    kind: str  # page | file
    stage: str
    language: str
    title: str
    summary: str
    sections: list[Section]
    audience: str
    site: str
    url: str
    page_id: int
    document_id: int | None = None
    topics: list[str] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    year: int | None = None
    published: int = 0
    readers: list[str] = field(default_factory=list)  # languages whose lists include it
    standing: int = 0


@dataclass(frozen=True)
class Filters:
    """What to search in. Values of one list are alternatives; all lists must match."""

    audiences: list[str] | None  # None: everything; only for the hub's own bookkeeping
    site: str | None = None
    stages: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    years: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)  # not a facet: never counted
    readers: list[str] = field(default_factory=list)  # nor this
    pages: list[int] = field(default_factory=list)  # nor this: ids, with their files


@dataclass(frozen=True)
class QueryTerm:
    """One term of a query, typed without a space: its words, character clusters and 3-grams.

    ``variants`` are synonyms of the whole term; they have no variants themselves.
    """

    words: tuple[str, ...]
    clusters: tuple[str, ...] = ()
    grams: tuple[str, ...] = ()
    variants: tuple["QueryTerm", ...] = ()

    @classmethod
    def of(cls, text: str) -> "QueryTerm":
        """The term of ``text``, without variants."""
        return cls(
            tuple(thai.words(text)), tuple(thai.cluster_tokens(text)), tuple(thai.grams(text))
        )

    @property
    def synonyms(self) -> list[tuple[str, ...]]:
        """The words of each variant that are not words of the term itself."""
        synonyms = (tuple(w for w in v.words if w not in self.words) for v in self.variants)
        return list(dict.fromkeys(filter(None, synonyms)))


@dataclass(frozen=True)
class ParsedQuery:
    """A query as an engine gets it.

    ``strategy`` is ``phrase`` (every term as it stands), ``all`` (every word), ``any`` (any
    word, ranked by BM25), ``string`` (every term as a string of clusters, however the text is
    segmented) or ``browse`` (no words: everything that passes the filters, newest first).
    ``excluded`` terms must not occur.
    """

    strategy: str
    terms: tuple[QueryTerm, ...]
    excluded: tuple[QueryTerm, ...] = ()


@dataclass(frozen=True)
class Hit:
    """A matching entry with what is needed to show it."""

    key: str
    score: float
    stage: str
    title: str
    page_id: int
    document_id: int | None
    year: int | None
    summary: str
    sections: list[Section]


@dataclass(frozen=True)
class Answer:
    """A page of hits; ``facets`` maps a name of FACETS to (value, count), highest count first."""

    hits: list[Hit]
    total: int
    facets: dict[str, list[tuple[str, int]]]
    strategy: str


class Engine(Protocol):
    """What every engine does. All methods may raise IndexUnavailable."""

    def writing(self, timeout: float) -> AbstractContextManager[None]:
        """Hold the writer's lock against other processes. Raises TimeoutError."""

    def apply(
        self,
        upserts: list[Entry],
        delete_pages: Iterable[int] = (),
        delete_keys: Iterable[str] = (),
    ) -> None:
        """Delete all entries of the pages and the keys and add ``upserts``, in one commit."""

    def search(
        self, query: ParsedQuery, filters: Filters, offset: int, limit: int, facets: bool
    ) -> Answer: ...

    def suggest(self, text: str, filters: Filters, limit: int) -> list[Hit]:
        """Entries whose title has the words typed so far; the last word may be unfinished."""

    def digests(self) -> Iterator[tuple[str, str]]:
        """Key and ``search.engines.fields.digest_of`` of every entry in the index."""

    def count(self) -> int: ...

    def rebuild(
        self, entries: Iterable[Entry], before_swap: Callable[["Engine"], None] | None = None
    ) -> int:
        """Build a new index and swap it in atomically; returns the number of entries.

        ``before_swap`` gets the new index, whose ``apply`` and ``digests`` it may use, while the
        writer's lock is held.
        """

    def tidy(self) -> None:
        """Delete what a killed ``rebuild`` left, not one that is running. Never raises."""

    def close(self) -> None:
        """Close files; the next call opens them again."""
