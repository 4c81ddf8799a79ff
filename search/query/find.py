"""The whole search call: plan, engine, permission recheck, passages.

The public page, suggestions, feeds, tests and benchmarks all use it.
"""

from dataclasses import dataclass, field, replace

from django.utils.translation import get_language
from wagtail.models import Locale, Page

from hub.access.readers import Reader as HubReader
from hub.access.readers import Restrictions
from hub.models import HubDocument, OutboxEntry
from hub.web.navigation import site_of
from search.engines.contract import PUBLIC, Filters
from search.index.audience import audiences_of
from search.index.indexer import catch_up, is_behind
from search.index.vocabulary import vocabulary_at
from search.query import corrections, fallback, planning
from search.query.background import background
from search.query.passages import Passage, WordPositions, best_passages, needles
from search.query.reranking import rarity, reranked
from search.text import thai

RESULTS_PER_PAGE = 10
MAX_PAGES = 50
FEW_RESULTS = 2  # or fewer: a correction is tried
# The fields that a result shows of its page; decoding the others would take long.
PAGE_FIELDS = (
    "path", "depth", "title", "draft_title", "slug", "url_path", "live", "expire_at", "locale",
)


@dataclass(frozen=True)
class Reader:
    """Who searches: audience tokens and site for the engine, the request for the recheck."""

    audiences: tuple[str, ...] = (PUBLIC,)
    site: str | None = None
    request: object = None

    @classmethod
    def of(cls, request):
        site = site_of(request)
        return cls(tuple(audiences_of(request)), str(site.pk) if site else None, request)

    def with_restrictions(self, restrictions) -> HubReader:
        """Who answers what may be read, with the ``Restrictions`` of the hub."""
        return HubReader(self.request, restrictions)


@dataclass
class Result:
    """A rechecked hit: the page, the document if it is a file, and its best passages.

    ``Results`` has every page once, with its matching files in ``files``; a page of which only
    files match has no passages.
    """

    page: Page
    hit: object
    document: object = None
    passages: list[Passage] = field(default_factory=list)
    files: list["Result"] = field(default_factory=list)


@dataclass
class Results:
    """One page of results; ``total`` and ``facets`` are counted by the engine."""

    plan: object
    results: list[Result]
    total: int
    facets: dict[str, list[tuple[str, int]]]
    number: int
    strategy: str = ""
    corrected: str = ""  # what was typed has no results; these are the results of this text
    did_you_mean: str = ""  # a text with more results
    fell_back: bool = False  # the local index answered because the cluster did not
    is_behind: bool = False  # the index lacks changes that were committed before
    is_plain: bool = False  # the database answered, by titles and summaries

    @property
    def entries(self) -> list[Result]:
        """The matching pages and files, each by itself."""
        pages = [[r] * (r.hit.document_id is None) + r.files for r in self.results]
        return [entry for entries in pages for entry in entries]

    @property
    def num_pages(self) -> int:
        return min(MAX_PAGES, -(-self.total // RESULTS_PER_PAGE))


def find(
    text, reader=None, filters=None, number=1, facets=True, *,
    pages=None, limit=RESULTS_PER_PAGE, with_passages=True,
) -> Results:
    """Search for ``text`` as ``reader`` and return page ``number`` (from 1) of the results.

    ``filters`` maps names of FACETS to the selected values; with values selected and nothing
    typed, all their pages are found, newest first, translations only once. ``pages``, a set of ids,
    narrows the search to them and their files. Never raises on what was typed.
    """
    reader = reader or Reader()
    number = max(1, min(number, MAX_PAGES))
    if reader.request is not None:
        reader.request.shows_search_results = True  # see ``hub.changelog.page_cache``
    generation = current_generation()
    plan = planning.plan(text, vocabulary_at(generation).synonyms)
    if (plan.is_empty and not filters and pages is None) or pages == set():
        return Results(plan, [], 0, {}, number)
    scope = Filters(audiences=list(reader.audiences), site=reader.site, **(filters or {}))
    if pages is not None:
        scope = replace(scope, pages=sorted(pages))
    if plan.is_empty:  # browsing: files and translations would repeat their pages
        scope = replace(scope, kinds=["page"], readers=[get_language()])
    search = _Search(scope, number, limit, facets, generation)
    search.run(plan)
    answer = search.answer
    found = recheck(answer.hits, reader, generation)
    if with_passages:
        search.locate_words(search.plan, answer.hits)
        for result in found:
            result.passages = best_passages(search.positions[result.hit.key], search.needles)
    withheld = len(answer.hits) - len(found)
    return Results(
        search.plan, _by_page(found), max(0, answer.total - withheld), answer.facets, number,
        answer.strategy, search.corrected, search.did_you_mean, search.engine.fell_back,
        lacks_changes(generation), search.engine.is_plain,
    )


def _by_page(found) -> list[Result]:
    """Files under their pages, each page at the rank of its best hit."""
    pages = {}
    for result in found:
        page = pages.setdefault(result.page.pk, Result(result.page, result.hit))
        if result.document:
            page.files.append(result)
        else:
            page.hit, page.passages = result.hit, result.passages
    return list(pages.values())


class _Search:
    """The state of one search while the engine is asked, perhaps several times."""

    def __init__(self, filters, number, limit, facets, generation):
        self.filters, self.number, self.limit = filters, number, limit
        self.facets, self.generation = facets, generation
        self.plan = self.answer = None
        self.needles, self.positions = {}, {}
        self.engine = fallback.engine()
        self.corrected = self.did_you_mean = ""

    def run(self, plan) -> None:
        """Find the answer to ``plan``, or to its correction."""
        self.plan = plan
        if plan.is_empty:
            self.answer = self._ask(plan, ["browse"])
        elif plan.is_question:
            self.answer = self._question(self._with_correction(plan))
        else:
            self.answer = self._ask(plan, ["phrase", "all"])
            if self.answer.total <= FEW_RESULTS:
                self._try_correction(plan)
            if not self.answer.total:
                self.answer = self._ask(plan, ["any"])

    def locate_words(self, plan, hits) -> None:
        """Find the positions of the words in the hits, unless reranking has done so."""
        if not self.positions:
            self.needles = needles(plan)
            self.positions = {hit.key: WordPositions(hit, self.needles) for hit in hits}

    def _ask(self, plan, strategies):
        offset = (self.number - 1) * self.limit
        return planning.run(
            self.engine, plan, self.filters, offset, self.limit, self.facets, strategies
        )

    def _question(self, plan):
        """The answer by any word; the first page is reranked."""
        answer = self._ask(plan, ["any"])
        if self.number > 1:
            return answer
        self.locate_words(plan, answer.hits)
        return replace(
            answer, hits=reranked(answer.hits, self.positions, self._rarities(plan))
        )

    def _rarities(self, plan) -> dict[str, float]:
        counts, size = corrections.known_words(self.generation)
        return {
            word: rarity(counts.get(word, 0), size) for word in plan.words
            if word not in thai.STOP_WORDS
        }

    def _with_correction(self, plan):
        """``plan``, with the words that its unknown words were probably meant to be."""
        counts, _size = corrections.known_words(self.generation)
        if all(w in counts or w in thai.STOP_WORDS for w in plan.words):
            return plan
        correction = corrections.correction_of(plan.text, self.generation)
        if not correction or not correction.is_sure:
            return plan
        return replace(plan, terms=(*plan.terms, *planning.plan(correction.text).terms))

    def _try_correction(self, plan):
        """Use or offer a correction that has more results."""
        correction = corrections.correction_of(plan.text, self.generation)
        if correction is None:
            return
        synonyms = vocabulary_at(self.generation).synonyms
        corrected = planning.plan(correction.text, synonyms)
        answer = self._ask(corrected, ["phrase", "all"])
        if answer.total <= self.answer.total:
            return
        if correction.is_sure and not self.answer.total:
            self.plan, self.answer, self.corrected = corrected, answer, correction.text
        else:
            self.did_you_mean = correction.text


def suggest(text, reader=None, limit=8) -> list[Result]:
    """Pages whose titles match what has been typed so far, rechecked."""
    reader = reader or Reader()
    generation = current_generation()
    plan = planning.plan(text, vocabulary_at(generation).synonyms)
    if plan.is_empty:
        return []
    filters = Filters(audiences=list(reader.audiences), site=reader.site)
    hits = fallback.engine().suggest(plan.text, filters, limit)
    return recheck([hit for hit in hits if hit.document_id is None], reader, generation)


def current_generation() -> str:
    """The generation of the change log; changes that the index lacks are indexed beside the search.

    Then it is a generation of its own, under which nothing is remembered for longer.
    """
    _shown, generation, pending = OutboxEntry.objects.state()
    if not is_behind(generation, pending):
        return generation
    background.run(catch_up)
    return f"{generation}+{pending}"


def lacks_changes(generation: str) -> bool:
    """Whether the index lacked changes when ``generation`` was read."""
    return "+" in generation


def recheck(hits, reader, generation) -> list[Result]:
    """The hits whose page is live and open to ``reader`` in the database now.

    ``generation`` of the change log was read before the search: as long as it stays the same, the
    cached restrictions are valid.
    """
    restrictions, locales = _restrictions_at(generation)
    asked = reader.with_restrictions(restrictions)
    pages = Page.objects.filter(pk__in={hit.page_id for hit in hits}).only(*PAGE_FIELDS).order_by()
    for page in pages:
        page.locale = locales[page.locale_id]
    open_pages = {page.pk: page for page in pages if asked.may_read(page)}
    wanted = {hit.document_id for hit in hits if hit.document_id and hit.page_id in open_pages}
    documents = asked.having_by_id(HubDocument, wanted) if wanted else {}
    results = []
    for hit in hits:
        page = open_pages.get(hit.page_id)
        if page is None:
            continue
        if hit.document_id is None:
            results.append(Result(page, hit))
        elif hit.document_id in documents:
            results.append(Result(page, hit, documents[hit.document_id]))
    return results


_cached_restrictions = ("", None, {})


def _restrictions_at(generation):
    """The ``Restrictions`` of the hub and its locales by id, read again after every change."""
    global _cached_restrictions
    if _cached_restrictions[0] != generation:
        _cached_restrictions = (generation, Restrictions(), Locale.objects.in_bulk())
    return _cached_restrictions[1:]
