"""The new results of a search, as anybody may read them: for feeds and alerts.

Never for one reader in particular: what comes from here is sent or passed on.
"""

from dataclasses import dataclass
from datetime import datetime

from hub.models import KnowledgePage
from search.engines.contract import IndexUnavailable
from search.index.indexer import pages_with_documents
from search.models import DocumentText
from search.query.find import Reader, Result, find

RECENT_PAGES = 200  # searched first; a hub may have more, and decoding their hits is costly
BEST_ANSWERS = 20  # of a question; any page with one of its words is a hit somehow


@dataclass(frozen=True)
class NewResult:
    """A result, and the moment since when it could be found."""

    result: Result
    moment: datetime

    @property
    def key(self) -> str:
        return self.result.hit.key

    @property
    def title(self) -> str:
        document = self.result.document
        return document.title if document else self.result.page.title

    @property
    def is_file(self) -> bool:
        return self.result.document is not None

    @property
    def path(self) -> str:
        """The address without the host."""
        if self.is_file:
            return self.result.document.url
        return self.result.page.get_url_parts()[2]


def newest_results(search, site, limit=20) -> list[NewResult]:
    """The newest results of ``search`` on ``site``, newest first."""
    latest = list(_open_pages(site).order_by("-first_published_at")
                  .values_list("pk", flat=True)[:RECENT_PAGES])
    files = DocumentText.objects.filter(status=DocumentText.Status.READ).order_by("-read_at")
    recent_files = list(files.values_list("document_id", flat=True)[:RECENT_PAGES // 4])
    found = _matching(search, site, {*latest, *pages_with_documents(recent_files)})
    if len(found) < limit and len(latest) == RECENT_PAGES and search.parameters:
        found = _matching(search, site, None)
    return found[:limit]


def new_results_between(search, site, after, until) -> list[NewResult]:
    """The results of ``search`` on ``site`` that came after ``after`` and up to ``until``.

    Raises IndexUnavailable: what a plain search does not find would be sent by nobody later.
    """
    published = _open_pages(site).filter(
        first_published_at__gt=after, first_published_at__lte=until
    )
    files = DocumentText.objects.filter(
        status=DocumentText.Status.READ, read_at__gt=after, read_at__lte=until
    )
    pages = set(published.values_list("pk", flat=True))
    pages |= pages_with_documents(list(files.values_list("document_id", flat=True)))
    if not pages:
        return []
    found = _matching(search, site, pages, must_be_whole=True)
    return [new for new in found if after < new.moment <= until]


def _open_pages(site):
    return KnowledgePage.objects.open_to_all().of_site(site)


def _matching(search, site, pages, must_be_whole=False) -> list[NewResult]:
    """The results among ``pages``, or everywhere, newest first.

    Only what a search of the whole site would show: where some page has the words as they stand,
    no page that merely has them somewhere; and nothing that has only some of them.
    """
    reader = Reader(site=str(site.pk) if site else None)
    found = find(search.text, reader, search.filters, facets=False, pages=pages,
                 limit=RECENT_PAGES, with_passages=False)
    _check_whole(found, must_be_whole)
    results = found.entries
    if search.text and results:
        whole = find(search.text, reader, search.filters, facets=False,
                     limit=BEST_ANSWERS, with_passages=False)
        _check_whole(whole, must_be_whole)
        if whole.strategy != found.strategy:
            return []
        if found.strategy == "any":
            best = {r.hit.key for r in whole.entries} if found.plan.is_question else set()
            results = [r for r in results if r.hit.key in best]
    return _dated(results)


def _check_whole(found, must_be_whole) -> None:
    if must_be_whole and found.is_plain:
        raise IndexUnavailable("there is no index to find everything by")


def _dated(results) -> list[NewResult]:
    published = dict(
        KnowledgePage.objects.filter(pk__in={r.page.pk for r in results})
        .values_list("pk", "first_published_at")
    )
    read = dict(
        DocumentText.objects.filter(document__in=[r.document.pk for r in results if r.document])
        .values_list("document_id", "read_at")
    )
    dated = []
    for result in results:
        moments = [published.get(result.page.pk)]
        if result.document:
            moments.append(read.get(result.document.pk))
        if all(moments):
            dated.append(NewResult(result, max(moments)))
    return sorted(dated, key=lambda new: (new.moment, new.key), reverse=True)
