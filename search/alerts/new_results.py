"""What is new among what a search finds, as anybody may read it: for feeds and alerts.

Never for a reader in particular: whatever comes out of here is sent or passed on.
"""

from dataclasses import dataclass
from datetime import datetime

from hub.models import KnowledgePage
from search.index.indexer import pages_holding
from search.models import DocumentText
from search.query.find import Reader, Result, find

AT_ONCE = 200  # pages looked through first; a hub may have more, and their hits are costly
BEST_ANSWERS = 20  # of a question, which any page with one of its words answers somehow


@dataclass(frozen=True)
class NewResult:
    """Something found, and the moment since when it could be found."""

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


def new_results(question, site, limit=20) -> list[NewResult]:
    """The newest of what ``question`` finds on ``site``, newest first."""
    latest = list(_open_pages(site).order_by("-first_published_at")
                  .values_list("pk", flat=True)[:AT_ONCE])
    files = DocumentText.objects.filter(status=DocumentText.Status.READ).order_by("-read_at")
    recent = pages_holding(list(files.values_list("document_id", flat=True)[:AT_ONCE // 4]))
    found = _matching(question, site, {*latest, *recent})
    if len(found) < limit and len(latest) == AT_ONCE and question.parameters:
        found = _matching(question, site, None)
    return found[:limit]


def news(question, site, after, until) -> list[NewResult]:
    """What ``question`` finds on ``site`` that came in after ``after``, up to ``until``."""
    published = _open_pages(site).filter(
        first_published_at__gt=after, first_published_at__lte=until
    )
    files = DocumentText.objects.filter(
        status=DocumentText.Status.READ, read_at__gt=after, read_at__lte=until
    )
    pages = set(published.values_list("pk", flat=True))
    pages |= pages_holding(list(files.values_list("document_id", flat=True)))
    if not pages:
        return []
    return [n for n in _matching(question, site, pages) if after < n.moment <= until]


def _open_pages(site):
    return KnowledgePage.objects.open_to_all().of_site(site)


def _matching(question, site, pages) -> list[NewResult]:
    """What is found among ``pages``, or everywhere, newest first.

    Only what the whole search would show: where some page has the words as they stand, no
    page that merely has them somewhere; and nothing that has only some of them.
    """
    reader = Reader(site=str(site.pk) if site else None)
    found = find(question.text, reader, question.chosen, facets=False, pages=pages,
                 limit=AT_ONCE, with_passages=False)
    results = found.entries
    if question.text and results:
        whole = find(question.text, reader, question.chosen, facets=False,
                     limit=BEST_ANSWERS, with_passages=False)
        if whole.strategy != found.strategy:
            return []
        if found.strategy == "any":
            best = {r.hit.key for r in whole.entries} if found.plan.is_question else set()
            results = [r for r in results if r.hit.key in best]
    return _dated(results)


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
    return sorted(dated, key=lambda news: (news.moment, news.key), reverse=True)
