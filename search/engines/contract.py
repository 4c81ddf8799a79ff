"""The contract between the hub and a search engine: small and flat.

Text reaches an engine already segmented, and questions reach it already planned, so that
relevance is the same whichever engine answers. ``search.engines.tantivy_engine`` is the first engine.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

PUBLIC = "public"  # the audience token of what anybody may read
FACETS = ("stages", "topics", "areas", "years", "languages")


class IndexUnavailable(Exception):
    """There is no index, it cannot be read, or it was made by another version: rebuild it."""


@dataclass(frozen=True)
class Section:
    """A stretch of text that a link can point at: under a heading, or a page of a file."""

    anchor: str
    heading: str
    text: str


@dataclass(frozen=True)
class Entry:
    """One thing to be found: a page, or a file on a page.

    ``areas`` are geocodes with all their ancestors; ``audience`` is a token of
    ``search.index.audience``; ``published`` is in seconds since 1970; ``standing`` is 0 to 3, higher
    the further the page has come along the chain.
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
    readers: list[str] = field(default_factory=list)  # languages in whose lists it stands
    standing: int = 0


@dataclass(frozen=True)
class Filters:
    """What to choose from. Values of one list are alternatives; the lists all must hold."""

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
    """One unbroken stretch of what was typed: its words, character clusters and 3-grams.

    ``variants`` are other ways to say the whole stretch; they have no variants of their own.
    """

    words: tuple[str, ...]
    clusters: tuple[str, ...] = ()
    grams: tuple[str, ...] = ()
    variants: tuple["QueryTerm", ...] = ()

    @property
    def other_names(self) -> list[tuple[str, ...]]:
        """What the variants say otherwise: the words of the other names alone."""
        names = (tuple(w for w in way.words if w not in self.words) for way in self.variants)
        return list(dict.fromkeys(filter(None, names)))


@dataclass(frozen=True)
class ParsedQuery:
    """A planned question.

    ``strategy`` is ``phrase`` (every stretch as it stands), ``all`` (every word), ``any`` (any
    word, ranked by BM25), ``string`` (every stretch as a string of clusters, however the text is
    cut) or ``browse`` (no words: whatever the filters let through, newest first). ``excluded``
    stretches must not occur.
    """

    strategy: str
    terms: tuple[QueryTerm, ...]
    excluded: tuple[QueryTerm, ...] = ()


@dataclass(frozen=True)
class Hit:
    """A found entry with what is needed to show it."""

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
    """A page of hits; ``facets`` maps a name of FACETS to (value, count), most first."""

    hits: list[Hit]
    total: int
    facets: dict[str, list[tuple[str, int]]]
    strategy: str


class Engine(Protocol):
    """What every engine does. All methods may raise IndexUnavailable."""

    def writing(self, timeout: float) -> AbstractContextManager:
        """Hold the right to write, against other processes; TimeoutError when not had."""

    def apply(
        self, upserts: list[Entry], delete_pages: Iterable[int], delete_keys: Iterable[str]
    ) -> None:
        """Forget all entries of the pages and the keys, then add ``upserts``, all in one."""

    def search(
        self, query: ParsedQuery, filters: Filters, offset: int, limit: int, facets: bool
    ) -> Answer: ...

    def suggest(self, text: str, filters: Filters, limit: int) -> list[Hit]:
        """Entries whose title has the words typed so far, the last one perhaps unfinished."""

    def digests(self) -> Iterator[tuple[str, str]]:
        """Key and ``search.engines.fields.digest_of`` of every entry held."""

    def count(self) -> int: ...

    def rebuild(
        self, entries: Iterable[Entry], before_swap: Callable[["Engine"], None] | None = None
    ) -> int:
        """Build the index anew and swap it in at once; returns the number of entries.

        ``before_swap`` is given what is being built, of which it may use ``apply`` and
        ``digests``, while nobody else may write.
        """

    def tidy(self) -> None:
        """Remove what a killed ``rebuild`` left; spares one that still goes on. Never raises."""

    def close(self) -> None:
        """Let go of files; the next call opens them again."""
