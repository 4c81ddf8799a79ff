"""Pages similar to a text: with any of its words, the rare ones weighing most."""

from django.conf import settings
from django.utils.translation import get_language

from hub.models import KnowledgePage
from hub.pages.page_search import SimilarPage
from search.engines.contract import Filters, IndexUnavailable, ParsedQuery, QueryTerm
from search.index.indexer import engine
from search.query.find import Reader, current_generation, recheck
from search.query.passages import WordPositions, best_passages
from search.query.plain_search import PlainSearch
from search.text import thai

MAX_WORDS = 40  # of a text; its first words say what it is about


def meaningful_words(text) -> tuple[str, ...]:
    """The words of ``text`` without stop words and single letters, each once, in order."""
    found = dict.fromkeys(
        word for word in thai.words(text) if word not in thai.STOP_WORDS and len(word) > 1
    )
    return tuple(found)[:MAX_WORDS]


def similar_hits(words, filters, limit, target=None) -> list:
    """The best hits for any of ``words``, by default from the local index. Raises
    IndexUnavailable."""
    if not words:
        return []
    query = ParsedQuery("any", (QueryTerm(words),))
    return (target or engine()).search(query, filters, 0, limit, facets=False).hits


def similar_pages(text, stages, request=None, language=None, limit=10) -> list[SimilarPage]:
    """The hook ``find_similar_pages``, see ``hub.pages.page_search``."""
    words = meaningful_words(text)
    generation = current_generation()
    reader = Reader.of(request) if request else Reader()
    filters = Filters(
        list(reader.audiences), site=reader.site, kinds=["page"],
        stages=[str(getattr(stage, "value", stage)) for stage in stages],
        readers=[language or get_language() or settings.LANGUAGE_CODE],
    )
    try:
        hits = similar_hits(words, filters, limit)
    except IndexUnavailable:
        hits = similar_hits(words, filters, limit, PlainSearch())
    results = recheck(hits, reader, generation)
    pages = {
        page.pk: page
        for page in KnowledgePage.objects.filter(pk__in=[r.page.pk for r in results]).specific()
    }
    weights = {word: float(min(len(word), 12)) for word in words}
    return [
        SimilarPage(
            pages[r.page.pk], r.hit.score / results[0].hit.score,
            best_passages(WordPositions(r.hit, weights), weights),
        )
        for r in results if r.page.pk in pages
    ]
