"""Pages that tell of what a text tells of: any of its words, the rare ones first."""

from django.conf import settings
from django.utils.translation import get_language

from hub.models import KnowledgePage
from hub.pages.page_search import SimilarPage
from search.engines.contract import Filters, ParsedQuery, QueryTerm
from search.index.indexer import engine
from search.query.find import Reader, answer_of, brought_up_to_date, recheck
from search.query.passages import Places, best_passages
from search.text import thai

MOST_WORDS = 40  # of a text; the first ones say what it is about


def meaningful_words(text) -> tuple[str, ...]:
    """The words of ``text`` that say something, each once, in order."""
    found = dict.fromkeys(
        word for word in thai.words(text) if word not in thai.STOP_WORDS and len(word) > 1
    )
    return tuple(found)[:MOST_WORDS]


def hits_like(words, filters, limit) -> list:
    """The best hits for any of ``words``. Raises IndexUnavailable."""
    if not words:
        return []
    asked = ParsedQuery("any", (QueryTerm(words),))
    return engine().search(asked, filters, 0, limit, facets=False).hits


def pages_like(text, stages, request=None, language=None, limit=10) -> list[SimilarPage]:
    """See ``hub.pages.page_search.pages_like``."""
    words = meaningful_words(text)
    generation = brought_up_to_date()
    reader = Reader.of(request) if request else Reader()
    filters = Filters(
        list(reader.audiences), site=reader.site, kinds=["page"],
        stages=[str(getattr(stage, "value", stage)) for stage in stages],
        readers=[language or get_language() or settings.LANGUAGE_CODE],
    )
    hits = answer_of(lambda: hits_like(words, filters, limit))
    results = recheck(hits, reader, generation)
    pages = {
        page.pk: page
        for page in KnowledgePage.objects.filter(pk__in=[r.page.pk for r in results]).specific()
    }
    weights = {word: float(min(len(word), 12)) for word in words}
    return [
        SimilarPage(
            pages[r.page.pk], r.hit.score / results[0].hit.score,
            best_passages(Places(r.hit, weights), weights),
        )
        for r in results if r.page.pk in pages
    ]
