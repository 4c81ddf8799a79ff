"""Pages to read next after a page: by the chain first, then by content."""

from dataclasses import dataclass

from django.db.models import Q

from hub.models import ChainLink, KnowledgePage
from hub.web.navigation import site_of
from search.engines.contract import PUBLIC, Filters, IndexUnavailable
from search.query.find import current_generation
from search.query.similar import meaningful_words, similar_hits

MIN_SIMILARITY = 0.2  # of the score of the page itself


@dataclass(frozen=True)
class Related:
    """``page`` is specific; ``by`` is the page that both are linked with, or None when it is
    related by its content."""

    page: KnowledgePage
    by: KnowledgePage | None = None


def related_to(page, chain, request, limit=4) -> list[Related]:
    """At most ``limit`` pages open to all, none of them in ``chain``, the page's own.

    At most half of them are related by the chain, unless too few are by content.
    """
    linked = {step.page.pk: step.page for steps in chain.values() for step in steps}
    known = {page.translation_key, *(p.translation_key for p in linked.values())}
    by_chain = _by_chain(page, linked, known)
    known |= {related.page.translation_key for related in by_chain}
    by_content = _by_content(page, request, known, limit)
    first = by_chain[: max(limit // 2, limit - len(by_content))]
    return (first + by_content)[:limit]


def _readable(page, pks):
    """Those of ``pks`` that anybody may read in the language of ``page``, by id."""
    pages = KnowledgePage.objects.open_to_all().filter(pk__in=pks).for_readers_of(page.locale)
    found = pages.prefetch_related("topics", "areas__parent").specific()
    return {other.pk: other for other in found}


def _by_chain(page, linked, known) -> list[Related]:
    """Pages two links away: those based on the same lesson, replications of the same Model."""
    links = ChainLink.objects.filter(Q(page__in=linked) | Q(target__in=linked))
    between = {}
    for one, other in links.order_by("-date", "pk").values_list("page_id", "target_id"):
        for near, far in ((one, other), (other, one)):
            if near in linked and far not in linked and far != page.pk:
                between.setdefault(far, linked[near])
    readable = _readable(page, between)
    return [
        Related(readable[pk], by) for pk, by in between.items()
        if pk in readable and readable[pk].translation_key not in known
    ]


def _by_content(page, request, known, limit) -> list[Related]:
    """Pages with similar content, by the words of title and summary."""
    site = site_of(request)
    filters = Filters(
        [PUBLIC], site=str(site.pk) if site else None, kinds=["page"],
        readers=[page.locale.language_code],
    )
    current_generation()
    try:
        hits = similar_hits(meaningful_words(f"{page.title} {page.summary}"), filters, limit * 4)
    except IndexUnavailable:
        return []  # the page is shown without them
    own = next((hit.score for hit in hits if hit.page_id == page.pk), hits[0].score if hits else 0)
    near = [hit.page_id for hit in hits if hit.score >= own * MIN_SIMILARITY]
    readable = _readable(page, near)
    return [
        Related(readable[pk]) for pk in near
        if pk in readable and readable[pk].translation_key not in known
    ][:limit]
