"""The whole search call: plan, engine, permission recheck, passages.

The public page, suggestions, tests and benchmarks all come through here.
"""

from dataclasses import dataclass, field, replace

from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import CollectionViewRestriction, Locale, Page, PageViewRestriction

from hub.models import HubDocument, OutboxEntry
from hub.pages.navigation import site_of
from search.engines.contract import Filters, IndexUnavailable
from search.index.audience import PUBLIC, audiences_of
from search.index.indexer import catch_up, ensure
from search.query import corrections, fallback, planning
from search.query.passages import Passage, Places, best_passages, needles
from search.query.reranking import rarity, reranked
from search.text import thai, vocabulary

RESULTS_PER_PAGE = 10
MAX_PAGES = 50
FEW = 2  # results or fewer: perhaps something else was meant
# What a result shows of its page; the rest of a page is long and would be decoded for nothing.
SHOWN = ("path", "depth", "title", "draft_title", "slug", "url_path", "live", "expire_at", "locale")


@dataclass(frozen=True)
class Reader:
    """Who asks: the audience tokens and site for the engine, the check for the recheck."""

    audiences: tuple[str, ...] = (PUBLIC,)
    site: str | None = None
    request: object = None

    @classmethod
    def of(cls, request):
        site = site_of(request)
        return cls(tuple(audiences_of(request)), str(site.pk) if site else None, request)

    def may_read(self, page, restrictions) -> bool:
        """Recheck against the database as it is now."""
        held = [r for r in restrictions if page.path.startswith(r.page.path)]
        if self.request is None:
            return not held
        return all(r.accept_request(self.request) for r in held)


@dataclass
class Result:
    """A hit that was rechecked: the page, the file when it is one, and its best passages.

    In ``Results`` every page stands once, with the files of it that were found in ``files``; a
    page of which only files were found has no passages of its own.
    """

    page: Page
    hit: object
    document: object = None
    passages: list[Passage] = field(default_factory=list)
    files: list["Result"] = field(default_factory=list)


@dataclass
class Results:
    """One page of results; ``total`` and ``facets`` as the engine counted them."""

    plan: object
    results: list[Result]
    total: int
    facets: dict[str, list[tuple[str, int]]]
    number: int
    strategy: str = ""
    corrected: str = ""  # nothing was found for what was typed; these are the results for this
    did_you_mean: str = ""  # would find more
    stood_in: bool = False  # the local index answered because the cluster did not

    @property
    def entries(self) -> list[Result]:
        """Pages and files that were found, each by itself."""
        pages = [[r] * (r.hit.document_id is None) + r.files for r in self.results]
        return [entry for entries in pages for entry in entries]

    @property
    def num_pages(self) -> int:
        return min(MAX_PAGES, -(-self.total // RESULTS_PER_PAGE))


def find(
    text, reader=None, chosen=None, number=1, facets=True, *,
    pages=None, limit=RESULTS_PER_PAGE, with_passages=True,
) -> Results:
    """Search for ``text`` as ``reader`` and return page ``number`` (from 1) of the results.

    ``chosen`` maps names of FACETS to the values chosen; with values chosen and nothing typed,
    all their pages are found, newest first, translations only once. Never raises on what was typed.
    ``pages``, a set of ids, narrows the search to them and their files.
    """
    reader = reader or Reader()
    number = max(1, min(number, MAX_PAGES))
    generation = brought_up_to_date()
    plan = planning.plan(text, vocabulary.at(generation).synonyms)
    if (plan.is_empty and not chosen and pages is None) or pages == set():
        return Results(plan, [], 0, {}, number)
    filters = Filters(audiences=list(reader.audiences), site=reader.site, **(chosen or {}))
    if pages is not None:
        filters = replace(filters, pages=sorted(pages))
    if plan.is_empty:  # browsing: files and translations would repeat their pages
        filters = replace(filters, kinds=["page"], readers=[get_language()])
    search = _Search(filters, number, limit, facets, generation)
    search.ask(plan)
    answer = search.answer
    found = recheck(answer.hits, reader, generation)
    if with_passages:
        search.look_up(search.plan, answer.hits)
    for result in found if with_passages else []:
        result.passages = best_passages(search.places[result.hit.key], search.needles)
    withheld = len(answer.hits) - len(found)
    return Results(
        search.plan, _by_page(found), max(0, answer.total - withheld), answer.facets, number,
        answer.strategy, search.corrected, search.did_you_mean, search.engine.stood_in,
    )


def _by_page(found) -> list[Result]:
    """Files under their pages, each page where its best hit stood."""
    pages = {}
    for result in found:
        page = pages.setdefault(result.page.pk, Result(result.page, result.hit))
        if result.document:
            page.files.append(result)
        else:
            page.hit, page.passages = result.hit, result.passages
    return list(pages.values())


class _Search:
    """One search on its way: what is asked of the engine, one thing after the other."""

    def __init__(self, filters, number, limit, facets, generation):
        self.filters, self.number, self.limit = filters, number, limit
        self.facets, self.generation = facets, generation
        self.plan = self.answer = None
        self.needles, self.places = {}, {}
        self.engine = fallback.engine()
        self.corrected = self.did_you_mean = ""

    def ask(self, plan) -> None:
        """Find the answer to ``plan``, or to what it was probably meant to be."""
        self.plan = plan
        if plan.is_empty:
            self.answer = self._run(plan, ["browse"])
        elif plan.is_question:
            self.answer = self._question(self._with_correction(plan))
        else:
            self.answer = self._run(plan, ["phrase", "all"])
            if self.answer.total <= FEW:
                self._look_for_what_was_meant(plan)
            if not self.answer.total:
                self.answer = self._run(plan, ["any"])

    def look_up(self, plan, hits) -> None:
        """Find where the words stand in the hits, unless that was done for their rank already."""
        if not self.places:
            self.needles = needles(plan)
            self.places = {hit.key: Places(hit, self.needles) for hit in hits}

    def _run(self, plan, strategies):
        offset = (self.number - 1) * self.limit
        return answer_of(lambda: planning.run(
            self.engine, plan, self.filters, offset, self.limit, self.facets, strategies
        ))

    def _question(self, plan):
        """Any word; the first page is ranked anew."""
        answer = self._run(plan, ["any"])
        if self.number > 1:
            return answer
        self.look_up(plan, answer.hits)
        return replace(
            answer, hits=reranked(answer.hits, self.places, self._rarities(plan))
        )

    def _rarities(self, plan) -> dict[str, float]:
        counts, size = corrections.words_known(self.generation)
        return {
            word: rarity(counts.get(word, 0), size) for word in plan.words
            if word not in thai.STOP_WORDS
        }

    def _with_correction(self, plan):
        """A question with unknown words asks for the words that they may be as well."""
        counts, _size = corrections.words_known(self.generation)
        if all(w in counts or w in thai.STOP_WORDS for w in plan.words):
            return plan
        meant = corrections.correction_of(plan.text, self.generation)
        if not meant or not meant.is_sure:
            return plan
        return replace(plan, terms=(*plan.terms, *planning.plan(meant.text).terms))

    def _look_for_what_was_meant(self, plan):
        meant = corrections.correction_of(plan.text, self.generation)
        if meant is None:
            return
        synonyms = vocabulary.at(self.generation).synonyms
        corrected = planning.plan(meant.text, synonyms)
        answer = self._run(corrected, ["phrase", "all"])
        if answer.total <= self.answer.total:
            return
        if meant.is_sure and not self.answer.total:
            self.plan, self.answer, self.corrected = corrected, answer, meant.text
        else:
            self.did_you_mean = meant.text


def suggest(text, reader=None, limit=8) -> list[Result]:
    """Pages whose titles fit what has been typed so far, rechecked."""
    reader = reader or Reader()
    generation = brought_up_to_date()
    plan = planning.plan(text, vocabulary.at(generation).synonyms)
    if plan.is_empty:
        return []
    filters = Filters(audiences=list(reader.audiences), site=reader.site)
    engine = fallback.engine()
    hits = answer_of(lambda: engine.suggest(plan.text, filters, limit))
    return recheck([hit for hit in hits if hit.document_id is None], reader, generation)


def brought_up_to_date() -> str:
    """Take waiting changes into the index; returns the generation of the change log."""
    generation, pending = OutboxEntry.objects.state()
    if pending:
        catch_up(timeout=0.3)
    return generation


def answer_of(ask):
    """What ``ask`` returns, after the index was built when there was none to be read."""
    try:
        return ask()
    except IndexUnavailable:
        ensure()
        return ask()


def recheck(hits, reader, generation) -> list[Result]:
    """Keep the hits whose page is live and open to ``reader`` in the database now.

    ``generation`` of the change log was read before: what it does not announce did not change.
    """
    page_rules, collection_rules, locales = _settings(generation)
    now = timezone.now()
    pages = Page.objects.filter(pk__in={hit.page_id for hit in hits}).only(*SHOWN).order_by()
    for page in pages:
        page.locale = locales[page.locale_id]
    open_pages = {
        page.pk: page
        for page in pages
        if page.live
        and not (page.expire_at and page.expire_at <= now)
        and reader.may_read(page, page_rules)
    }
    documents = _open_documents([h for h in hits if h.document_id], reader, collection_rules)
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


_known_settings = ("", [], [], {})


def _settings(generation):
    """All privacy settings of pages and of collections, and the languages by id, asked for again
    after every change."""
    global _known_settings
    if _known_settings[0] != generation:
        _known_settings = (
            generation,
            list(PageViewRestriction.objects.select_related("page")),
            list(CollectionViewRestriction.objects.select_related("collection")),
            Locale.objects.in_bulk(),
        )
    return _known_settings[1:]


def _open_documents(hits, reader, rules) -> dict:
    """The documents of ``hits`` whose collection is open to ``reader``, by id."""
    if not hits:
        return {}
    documents = HubDocument.objects.filter(
        pk__in={hit.document_id for hit in hits}
    ).select_related("collection")

    def is_open(document):
        held = [r for r in rules if document.collection.path.startswith(r.collection.path)]
        return not held or (
            reader.request is not None and all(r.accept_request(reader.request) for r in held)
        )

    return {document.pk: document for document in documents if is_open(document)}
