"""The whole search call: plan, engine, permission recheck, passages.

The public page, suggestions, tests and benchmarks all come through here.
"""

from dataclasses import dataclass, field, replace

from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import CollectionViewRestriction, Page, PageViewRestriction

from hub.models import Change, HubDocument
from hub.navigation import site_of
from search import query, standing_in
from search.audience import PUBLIC, audiences_of
from search.engine import Filters, IndexUnavailable
from search.indexer import catch_up, ensure
from search.passages import Passage, best_passages, needles

RESULTS_PER_PAGE = 10
MAX_PAGES = 50
# What a result shows of its page; the rest of a page is long and would be decoded for nothing.
SHOWN = ("path", "depth", "title", "draft_title", "slug", "url_path", "live", "expire_at",
         "locale__language_code")
FACETS = ("stages", "topics", "areas", "years", "languages")


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
    """A hit that was rechecked: the page, the file when it is one, and its best passages."""

    page: Page
    hit: object
    document: object = None
    passages: list[Passage] = field(default_factory=list)


@dataclass
class Results:
    """One page of results; ``total`` and ``facets`` as the engine counted them."""

    plan: object
    results: list[Result]
    total: int
    facets: dict[str, list[tuple[str, int]]]
    number: int
    strategy: str = ""
    stood_in: bool = False  # the local index answered because the cluster did not

    @property
    def num_pages(self) -> int:
        return min(MAX_PAGES, -(-self.total // RESULTS_PER_PAGE))


def find(text, reader=None, chosen=None, number=1, facets=True) -> Results:
    """Search for ``text`` as ``reader`` and return page ``number`` (from 1) of the results.

    ``chosen`` maps names of FACETS to the values chosen; with values chosen and nothing typed,
    all their pages are found, newest first, translations only once. Never raises on what was typed.
    """
    reader = reader or Reader()
    number = max(1, min(number, MAX_PAGES))
    plan = query.plan(text)
    if plan.is_empty and not chosen:
        return Results(plan, [], 0, {}, number)
    filters = Filters(audiences=list(reader.audiences), site=reader.site, **(chosen or {}))
    if plan.is_empty:  # browsing: files and translations would repeat their pages
        filters = replace(filters, kinds=["page"], readers=[get_language()])
    generation = _brought_up_to_date()
    engine = standing_in.engine()
    offset = (number - 1) * RESULTS_PER_PAGE
    answer = _answer(
        lambda: query.run(engine, plan, filters, offset, RESULTS_PER_PAGE, facets)
    )
    found = recheck(answer.hits, reader, generation)
    words = needles(plan)
    for result in found:
        result.passages = best_passages(result.hit, words)
    withheld = len(answer.hits) - len(found)
    return Results(
        plan, found, max(0, answer.total - withheld), answer.facets, number, answer.strategy,
        engine.stood_in,
    )


def suggest(text, reader=None, limit=8) -> list[Result]:
    """Pages whose titles fit what has been typed so far, rechecked."""
    reader = reader or Reader()
    plan = query.plan(text)
    if plan.is_empty:
        return []
    filters = Filters(audiences=list(reader.audiences), site=reader.site)
    generation = _brought_up_to_date()
    engine = standing_in.engine()
    hits = _answer(lambda: engine.suggest(plan.text, filters, limit))
    return recheck([hit for hit in hits if hit.document_id is None], reader, generation)


def _brought_up_to_date() -> str:
    """Take waiting changes into the index; returns the generation of the change log."""
    generation, pending = Change.objects.state()
    if pending:
        catch_up(timeout=0.3)
    return generation


def _answer(ask):
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
    page_rules, collection_rules = _rules(generation)
    now = timezone.now()
    pages = Page.objects.filter(pk__in={hit.page_id for hit in hits})
    pages = pages.select_related("locale").only(*SHOWN).order_by()
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


_known_rules = ("", [], [])


def _rules(generation):
    """All privacy settings of pages and of collections, asked for again after every change."""
    global _known_rules
    if _known_rules[0] != generation:
        _known_rules = (
            generation,
            list(PageViewRestriction.objects.select_related("page")),
            list(CollectionViewRestriction.objects.select_related("collection")),
        )
    return _known_rules[1:]


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
