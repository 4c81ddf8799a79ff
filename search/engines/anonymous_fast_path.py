"""The best hits for a visitor without sign-in, at the least cost.

Filters and ties within a tantivy query make it look at every hit once more for each clause: at
100,000 entries that is two thirds of the time. But a visitor may read nearly all there is. So a
hundred hits are asked for without either; what is not open to all, or of another site, is dropped
by columns of numbers kept for that, and ties are broken among the rest.
"""

import time

from search.engines import matching
from search.engines.contract import PUBLIC, Entry, Filters

WINDOW = 100  # hits looked at; pages of results beyond it are asked for in the whole way
NOT_OPEN = -1  # in the column of sites
COMMON = 0.2  # of the entries: a word in more of them does not tell them apart
COMMON_FROM = 50  # entries
TOO_MANY = 5000  # and so is one in so many: XQuAD has the same MRR from a share of 0.2 to 0.05
ENOUGH = 500  # entries with a word: those that only have it inside other words can wait


def columns_of(entry: Entry) -> dict[str, int | float]:
    """The columns beside an entry: its site when it is open to all, and its merit in a tie."""
    is_open = entry.audience == PUBLIC
    return {
        "open_site": int(entry.site or 0) if is_open else NOT_OPEN,
        "merit": matching.merit(entry.kind, entry.standing),
    }


def is_for(filters: Filters, last: int) -> bool:
    """Whether hits up to number ``last`` under ``filters`` may be found so."""
    return last <= WINDOW and filters == Filters([PUBLIC], site=filters.site)


def best(searcher, asked, site, offset, limit):
    """The (score, address) number ``offset`` to ``offset + limit`` for the query ``asked``.

    None when too many of those looked at are not for visitors: others may be beyond them.
    """
    hits = searcher.search(asked, limit=WINDOW, count=False).hits
    addresses = [address for _score, address in hits]
    sites, merits, published = (
        searcher.fast_field_values(name, addresses) for name in ("open_site", "merit", "published")
    )
    fresh_from = matching.fresh_from(time.time())
    kept = [
        (score + merit + (matching.FRESH_WEIGHT if moment >= fresh_from else 0), address)
        for (score, address), of, merit, moment in zip(hits, sites, merits, published, strict=True)
        if of != NOT_OPEN and (site is None or of == int(site))
    ]
    if len(hits) == WINDOW and len(kept) < offset + limit:
        return None
    kept.sort(key=lambda hit: -hit[0])  # stable: equal scores stay in the engine's order
    return kept[offset : offset + limit]


def without_common(query, searcher):
    """``query`` without words and grams that too many entries have; the rarest word stays.

    Of a single common word, only the search for it inside other words is left out: it has hits
    enough.
    """
    most = min(max(searcher.num_docs * COMMON, COMMON_FROM), TOO_MANY)
    if searcher.num_docs <= most:
        return query
    if query.strategy != "any":
        most = min(most, ENOUGH)
    return matching.without_common(
        query, lambda word: searcher.doc_freq("body", word) > most,
        lambda gram: searcher.doc_freq("grams", gram) > most,
    )
