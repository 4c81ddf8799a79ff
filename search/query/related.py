"""Pages to read next after a page: by the chain first, then by content."""

from dataclasses import dataclass

from django.db.models import Q

from hub.models import ChainLink, KnowledgePage
from hub.models.generation import kept, state_of
from hub.models.reads import ask
from hub.web.navigation import site_of
from search.engines.contract import PUBLIC, Filters, IndexUnavailable
from search.index.indexer import is_behind
from search.query.find import current_generation
from search.query.similar import meaningful_words, similar_hits

MIN_SIMILARITY = 0.2  # of the score of the page itself


@dataclass(frozen=True)
class Related:
    """``page`` is as a card shows it; ``by`` is the page that both are linked with, or None when
    it is related by its content."""

    page: KnowledgePage
    by: KnowledgePage | None = None


def related_to(page, chain, request, limit=4) -> list[Related]:
    """At most ``limit`` pages open to all, none of them in ``chain``, the page's own.

    At most half of them are related by the chain, unless too few are by content.
    """
    _shown, generation, pending = state_of(request)
    if is_behind(generation, pending):
        return _related_to(page, chain, request, limit)
    key = ("related", page.pk, limit)
    return kept(request, key, lambda: _related_to(page, chain, request, limit))


def _related_to(page, chain, request, limit) -> list[Related]:
    linked = {step.page.pk: step.page for steps in chain.values() for step in steps}
    known = {page.translation_key, *(p.translation_key for p in linked.values())}
    by, similar = _by_chain(page, linked), _by_content(page, request, limit)
    keys = _readable_keys(page, [*by, *similar])
    by_chain = _unknown(by, keys, known)
    by_content = _unknown(similar, keys, known | by_chain.keys())
    most = max(limit // 2, limit - len(by_content))
    chosen = [*list(by_chain.values())[:most], *by_content.values()][:limit]
    pages = KnowledgePage.objects.filter(pk__in=chosen).order_by()
    shown = {found.pk: found for found in pages.for_cards()}
    return [Related(shown[pk], by.get(pk)) for pk in chosen if pk in shown]


def _readable_keys(page, pks) -> dict:
    """Those of ``pks`` that anybody may read in the language of ``page``: id → translation key."""
    if not pks:
        return {}
    pages = KnowledgePage.objects.open_to_all().filter(pk__in=pks).for_readers_of(page.locale_id)
    return dict(pages.order_by().values_list("pk", "translation_key"))


def _unknown(pks, keys, known) -> dict:
    """Those of ``pks`` in ``keys`` whose translation key is not in ``known``: translation key →
    id, in the order of ``pks``."""
    found = {}
    for pk in pks:
        if pk in keys and keys[pk] not in known:
            found.setdefault(keys[pk], pk)
    return found


def _by_chain(page, linked) -> dict:
    """Pages two links away, those based on the same lesson, replications of the same Model:
    id → the page that both are linked with, the newest link first."""
    links = ChainLink.objects.filter(Q(page__in=linked) | Q(target__in=linked))
    between = {}
    for one, other in links.order_by("-date", "pk").values_list("page_id", "target_id"):
        for near, far in ((one, other), (other, one)):
            if near in linked and far not in linked and far != page.pk:
                between.setdefault(far, linked[near])
    return between


def _by_content(page, request, limit) -> list:
    """Ids of pages with similar content, by the words of title and summary, best first."""
    site = site_of(request)
    filters = Filters(
        [PUBLIC], site=str(site.pk) if site else None, kinds=["page"],
        readers=[page.locale.language_code],
    )
    return ask(_similar, page.pk, f"{page.title} {page.summary}", filters, limit * 4)


def _similar(pk, text, filters, limit) -> list:
    """Ids of the pages that the index finds for ``text``, which the page ``pk`` begins with."""
    current_generation()
    try:
        hits = similar_hits(meaningful_words(text), filters, limit)
    except IndexUnavailable:
        return []  # the page is shown without them
    own = next((hit.score for hit in hits if hit.page_id == pk), hits[0].score if hits else 0)
    return [hit.page_id for hit in hits if hit.score >= own * MIN_SIMILARITY]
