"""A fast path for anonymous visitors, who may read nearly every entry.

Filters and tie-breaking within a tantivy query make it visit every hit once more for each clause:
at 100,000 entries that is two thirds of the time. So a hundred hits are fetched without either;
those that are not public, or of another site, are dropped by numeric columns, and ties are broken
among the rest.
"""

import time

from search.engines import matching
from search.engines.contract import PUBLIC, Entry, Filters

WINDOW = 100  # hits fetched; later pages of results take the normal path
NOT_PUBLIC = -1  # in the column of sites
# A word in more than this share of the entries does not tell them apart, nor one in more than
# MAX_ENTRIES; XQuAD has the same MRR from a share of 0.2 to 0.05.
MAX_SHARE = 0.2
MIN_ENTRIES = 50  # a smaller index has no common words
MAX_ENTRIES = 5000
ENOUGH_ENTRIES = 500  # with a word: those that only have it inside other words are left out


def columns_of(entry: Entry) -> dict[str, int | float]:
    """The columns of an entry: its site when it is public, and its merit in a tie."""
    is_public = entry.audience == PUBLIC
    return {
        "open_site": int(entry.site or 0) if is_public else NOT_PUBLIC,
        "merit": matching.merit(entry.kind, entry.standing),
    }


def applies_to(filters: Filters, last: int) -> bool:
    """Whether the fast path can find hits up to number ``last`` under ``filters``."""
    return last <= WINDOW and filters == Filters([PUBLIC], site=filters.site)


def search(searcher, query, site, offset, limit):
    """The (score, address) number ``offset`` to ``offset + limit`` of the tantivy ``query``.

    None when too many of the fetched hits are not public: others may follow them.
    """
    hits = searcher.search(query, limit=WINDOW, count=False).hits
    addresses = [address for _score, address in hits]
    sites, merits, published = (
        searcher.fast_field_values(name, addresses) for name in ("open_site", "merit", "published")
    )
    fresh_from = matching.fresh_from(time.time())
    kept = [
        (score + merit + (matching.FRESH_WEIGHT if moment >= fresh_from else 0), address)
        for (score, address), of, merit, moment in zip(hits, sites, merits, published, strict=True)
        if of != NOT_PUBLIC and (site is None or of == int(site))
    ]
    if len(hits) == WINDOW and len(kept) < offset + limit:
        return None
    kept.sort(key=lambda hit: -hit[0])  # stable: equal scores stay in the engine's order
    return kept[offset : offset + limit]


def without_common(query, searcher):
    """``query`` without words and grams that too many entries have, unless all its words do.

    Of a single common word, only the search for it inside other words is left out: it has enough
    hits by itself.
    """
    limit = min(max(searcher.num_docs * MAX_SHARE, MIN_ENTRIES), MAX_ENTRIES)
    if searcher.num_docs <= limit:
        return query
    if query.strategy != "any":
        limit = min(limit, ENOUGH_ENTRIES)
    return matching.without_common(
        query, lambda word: searcher.doc_freq("body", word) > limit,
        lambda gram: searcher.doc_freq("grams", gram) > limit,
    )
