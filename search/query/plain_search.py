"""Search by the database alone, while there is no index that can be read.

It finds pages by the words of their titles and summaries, not by their text and not in files. The
rules are those of the index: who may read what is decided by audience tokens, so that counts and
facets tell nothing of other pages, and ``search.query.find`` looks at every hit again. The cost is
bounded: one query that looks at each page's title and summary, and at most MAX_CANDIDATES pages,
the newest, are read, cut into words and ranked.
"""

from collections import Counter

from django.db.models import F, Q
from django.db.models.functions import Coalesce, ExtractYear, TruncDate
from wagtail.models import Locale, PageViewRestriction, Site

from hub.access.readers import Restrictions
from hub.models import KnowledgePage
from search.engines.contract import FACETS, Answer, Hit
from search.index import audience
from search.index.entries import page_key
from search.text import thai

MAX_CANDIDATES = 200
MAX_WORDS = 8
MAX_VARIANTS = 2  # of a term
TITLE_WEIGHT, SUMMARY_WEIGHT = 2.0, 1.0  # of a word


class PlainSearch:
    """The reading part of an engine, see ``search.engines.contract.Engine``."""

    def search(self, query, filters, offset=0, limit=10, facets=True) -> Answer:
        pages = _filtered(filters)
        if query.strategy == "browse":
            total = pages.count()
            found = _readable(_newest(pages)[offset : offset + limit], filters)
            hits = [_hit(0.0, page) for page in found]
            counted = _readable(_newest(pages)[:MAX_CANDIDATES], filters) if facets else []
        else:
            matching = _matching(pages, query, filters)
            total, counted = len(matching), [page for _score, page in matching]
            hits = [_hit(*pair) for pair in matching[offset : offset + limit]]
        # Counts of a part would be wrong.
        counts = _facets(counted) if facets and total < MAX_CANDIDATES else {}
        return Answer(hits, total, counts, query.strategy)

    def suggest(self, text, filters, limit=8) -> list[Hit]:
        *whole, last = thai.words(text)[:MAX_WORDS] or [""]
        if not last:
            return []
        pages = _filtered(filters).filter(title__icontains=last)
        for word in whole:
            pages = pages.filter(title__icontains=word)
        found = []
        for page in _readable(_newest(pages)[:MAX_CANDIDATES], filters):
            words = thai.words(page.title)
            if set(whole) <= set(words) and any(word.startswith(last) for word in words):
                found.append(_hit(0.0, page))
        return found[:limit]


def _filtered(filters):
    """The pages that ``filters`` let through, but for restrictions that none of the reader's
    tokens has: those are looked at again for each page."""
    pages = KnowledgePage.objects.live().not_expired()
    if filters.kinds and "page" not in filters.kinds:
        return pages.none()
    if filters.site:
        site = Site.objects.filter(pk=filters.site).first()
        pages = pages.of_site(site) if site else pages.none()
    for restriction in _closed(filters):
        for path in restriction.paths:
            pages = pages.exclude(path__startswith=path)
    if filters.stages:
        pages = pages.of_stages(filters.stages)
    if filters.topics:
        pages = pages.filter(_having(Q(topics__slug__in=filters.topics)))
    if filters.areas:
        within = Q()
        for code in filters.areas:
            within |= Q(areas__geocode__startswith=code)
        pages = pages.filter(_having(within))
    if filters.years:
        year = ExtractYear(
            Coalesce("period_end", "period_start", TruncDate("first_published_at")))
        pages = pages.annotate(of_year=year).filter(of_year__in=[int(y) for y in filters.years])
    if filters.languages:
        pages = pages.filter(locale__language_code__in=filters.languages)
    if filters.readers:
        locale = Locale.objects.filter(language_code__in=filters.readers).first()
        pages = pages.for_readers_of(locale) if locale else pages
    if filters.pages:
        pages = pages.filter(pk__in=filters.pages)
    return pages


def _having(condition) -> Q:
    return Q(pk__in=KnowledgePage.objects.filter(condition).order_by().values("pk"))


def _closed(filters) -> list[PageViewRestriction]:
    """The restrictions that appear in none of the reader's tokens."""
    if filters.audiences is None:
        return []
    known = {part for token in filters.audiences for part in token.split(".")}
    restrictions = Restrictions.present().of_pages
    return [r for r in restrictions if audience.token([r.pk]) not in known]


def _newest(pages):
    return pages.defer("body", "changes").order_by(
        F("first_published_at").desc(nulls_last=True), "-pk"
    )


def _readable(pages, filters) -> list:
    """Those of ``pages``, read now, whose token is one of the reader's."""
    if filters.audiences is None:
        return list(pages)
    rules = Restrictions.present().of_pages
    return [
        page for page in pages
        if audience.token(audience.page_restrictions(page, rules)) in filters.audiences
    ]


def _matching(pages, query, filters) -> list[tuple[float, KnowledgePage]]:
    """(score, page) of those with the words of the query, best first, then newest."""
    terms = [_variants(term) for term in query.terms]
    every = query.strategy in ("phrase", "all")
    verbatim = query.strategy == "phrase"
    condition = Q()
    for names in terms:
        some = Q()
        for words in names:
            some |= _contains(words, verbatim, every)
        condition = condition & some if every else condition | some
    pages = pages.filter(condition)
    for term in query.excluded:
        pages = pages.exclude(_contains(term.words[:MAX_WORDS], True, True))
    found = []
    for page in _readable(_newest(pages)[:MAX_CANDIDATES], filters):
        title, summary = _words_in(page.title), _words_in(page.summary)
        scores = [max(_score(words, title, summary, every) for words in names) for names in terms]
        if all(scores) if every else any(scores):
            found.append((sum(scores), page))
    found.sort(key=lambda pair: -pair[0])  # stable: the newest of equals first
    return found


def _variants(term) -> list[tuple[str, ...]]:
    """The words of the term, and of its first synonyms."""
    names = [term.words, *(variant.words for variant in term.variants[:MAX_VARIANTS])]
    return [words[:MAX_WORDS] for words in names if words]


def _contains(words, verbatim, every) -> Q:
    """Title and summary contain the words: side by side, or ``every`` one, or any."""
    found = Q()
    for string in [thai.join(words)] if verbatim else words:
        here = Q(title__icontains=string) | Q(summary__icontains=string)
        found = found & here if every else found | here
    return found


def _words_in(text) -> set[str]:
    """The words of ``text``, and those that its compounds are made of."""
    words = thai.words(text)
    return {*words, *(part for word in words for part in thai.parts(word))}


def _score(words, title, summary, every) -> float:
    """The weight of ``words`` found; 0 when ``every`` one should be and one is not."""
    if every and not set(words) <= title | summary:
        return 0.0
    return sum(
        TITLE_WEIGHT * (word in title) + SUMMARY_WEIGHT * (word in summary) for word in words
    )


def _hit(score, page) -> Hit:
    return Hit(
        key=page_key(page.pk), score=score, stage=str(page.specific_class.stage),
        title=thai.clean(page.title), page_id=page.pk, document_id=None, year=page.year,
        summary=thai.canonical(page.summary), sections=[],
    )


def _facets(pages) -> dict[str, list[tuple[str, int]]]:
    """How many of ``pages`` have each value, highest count first."""
    full = KnowledgePage.objects.filter(pk__in=[page.pk for page in pages])
    full = full.defer("body", "changes").select_related("locale")
    full = full.prefetch_related("topics", "areas")
    counts = {name: Counter() for name in FACETS}
    for page in full:
        counts["stages"][str(page.specific_class.stage)] += 1
        counts["topics"].update(topic.slug for topic in page.topics.all())
        counts["areas"].update({code for area in page.areas.all() for code in area.lineage})
        counts["years"].update([str(page.year)] if page.year else [])
        counts["languages"][page.locale.language_code] += 1
    return {name: found.most_common() for name, found in counts.items()}
