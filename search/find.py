"""The whole search call: plan, engine, permission recheck, passages.

The public page, suggestions, tests and benchmarks all come through here.
"""

from dataclasses import dataclass, field, replace

from django.utils.translation import get_language
from wagtail.models import Page, Site

from hub.models import KnowledgePage
from search import query
from search.audience import PUBLIC, audiences_of
from search.engine import Filters, IndexUnavailable
from search.indexer import catch_up, engine, ensure
from search.passages import Passage, best_passages

RESULTS_PER_PAGE = 10
MAX_PAGES = 50
# What a result shows of its page; the rest of a page is long and would be decoded for nothing.
SHOWN = ("path", "depth", "title", "draft_title", "slug", "url_path", "content_type",
         "translation_key", "locale__language_code")
FACETS = ("stages", "topics", "areas", "years", "languages")


@dataclass(frozen=True)
class Reader:
    """Who asks: the audience tokens and site for the engine, the check for the recheck."""

    audiences: tuple[str, ...] = (PUBLIC,)
    site: str | None = None
    request: object = None

    @classmethod
    def of(cls, request):
        site = Site.find_for_request(request)
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
    catch_up(timeout=0.3)
    arguments = {
        "offset": (number - 1) * RESULTS_PER_PAGE, "limit": RESULTS_PER_PAGE, "facets": facets,
    }
    try:
        answer = query.run(engine(), plan, filters, **arguments)
    except IndexUnavailable:
        ensure()
        answer = query.run(engine(), plan, filters, **arguments)
    found = recheck(answer.hits, reader)
    for result in found:
        result.passages = best_passages(result.hit, plan)
    withheld = len(answer.hits) - len(found)
    return Results(
        plan, found, max(0, answer.total - withheld), answer.facets, number, answer.strategy
    )


def suggest(text, reader=None, limit=8) -> list[Page]:
    """Pages whose titles fit what has been typed so far, rechecked."""
    reader = reader or Reader()
    plan = query.plan(text)
    if plan.is_empty:
        return []
    filters = Filters(audiences=list(reader.audiences), site=reader.site)
    try:
        hits = engine().suggest(plan.text, filters, limit)
    except IndexUnavailable:
        return []
    return [result.page for result in recheck(hits, reader) if result.document is None]


def recheck(hits, reader) -> list[Result]:
    """Keep the hits whose page is live and open to ``reader`` in the database now."""
    from wagtail.models import PageViewRestriction

    pages = {
        page.pk: page
        for page in KnowledgePage.objects.filter(pk__in={hit.page_id for hit in hits})
        .live()
        .not_expired()
        .select_related("locale")
        .only(*SHOWN)
        .order_by()
    }
    restrictions = list(PageViewRestriction.objects.select_related("page").only(
        "restriction_type", "page__path"
    ))
    open_pages = {pk: p for pk, p in pages.items() if reader.may_read(p, restrictions)}
    documents = _open_documents([h for h in hits if h.document_id], reader)
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


def _open_documents(hits, reader) -> dict:
    """The documents of ``hits`` whose collection is open to ``reader``, by id."""
    if not hits:
        return {}
    from wagtail.models import CollectionViewRestriction

    from hub.models import HubDocument

    documents = HubDocument.objects.filter(
        pk__in={hit.document_id for hit in hits}
    ).select_related("collection")
    restrictions = list(CollectionViewRestriction.objects.select_related("collection"))

    def is_open(document):
        held = [r for r in restrictions if document.collection.path.startswith(r.collection.path)]
        return not held or (
            reader.request is not None and all(r.accept_request(reader.request) for r in held)
        )

    return {document.pk: document for document in documents if is_open(document)}
