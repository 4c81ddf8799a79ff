"""Who may read what, as one token per entry.

The token lists every view restriction that applies to a page or a document, e.g. ``p3.c2``, or is
``public``. A request is turned into the tokens it may read; the engine filters by them, so that
hits, counts, facets and suggestions never include the rest. A restriction that was just added has
a token that no request holds yet, so the index errs on the closed side.
"""

from itertools import product

from wagtail.models import CollectionViewRestriction

from hub.access.readers import Reader, Restrictions
from search.engines.contract import PUBLIC


def token(page_restrictions, collection_restrictions=()) -> str:
    """The token of a page under the given restriction ids, or of a document on that page."""
    parts = [f"p{pk}" for pk in sorted(page_restrictions)]
    parts += [f"c{pk}" for pk in sorted(collection_restrictions)]
    return ".".join(parts) or PUBLIC


def page_restrictions(page, restrictions=None) -> list[int]:
    """Ids of the restrictions on ``page`` and its ancestors; ``restrictions`` are those of
    ``hub.access.readers.Restrictions.of_pages``."""
    if restrictions is None:
        restrictions = Restrictions.present().of_pages
    return [r.pk for r in restrictions if page.path.startswith(tuple(r.paths))]


def collection_restrictions(collection, restrictions=None) -> list[int]:
    """Ids of the restrictions on ``collection`` and its ancestors."""
    if restrictions is None:
        restrictions = CollectionViewRestriction.objects.select_related("collection")
    return [r.pk for r in restrictions if collection.path.startswith(r.collection.path)]


def audiences_of(request) -> list[str]:
    """The tokens of everything that ``request`` may read.

    An anonymous request may read ``public`` only, which costs no query.
    """
    if not request.user.is_authenticated:
        return [PUBLIC]
    reader = Reader.of(request)
    pages, collections = reader.restrictions.of_pages, reader.restrictions.of_collections
    open_pages = {r.pk for r in pages if reader.passes(r)}
    open_collections = {r.pk for r in collections if reader.passes(r)}
    page_sets = {(): None} | {tuple(page_restrictions(r.page, pages)): None for r in pages}
    collection_sets = {(): None} | {
        tuple(collection_restrictions(r.collection, collections)): None for r in collections
    }
    return [
        token(ps, cs)
        for ps, cs in product(page_sets, collection_sets)
        if set(ps) <= open_pages and set(cs) <= open_collections
    ]
