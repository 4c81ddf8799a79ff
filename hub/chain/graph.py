"""The whole chain of a page: all its sources and all its dependents, at any depth."""

import datetime
from dataclasses import dataclass, field

from django.db.models import F

from hub.access.readers import Reader
from hub.chain.relations import Relation, in_order
from hub.hooks import registered
from hub.models import ChainLink, KnowledgePage
from hub.models.chain_link import pages_by_key, without_closed_evidence

MOST_STEPS = 12  # from the page, either way
MOST_PAGES = 150


@dataclass(frozen=True)
class NonPageNode:
    """A step of the chain that is no page of its own: a clause, a report on it."""

    kind: str  # a word for programs: "clause", "report"
    label: str  # for readers: "Clause 2"
    text: str
    anchor: str  # where on the page it stands
    date: datetime.date | None = None
    author: str = ""
    evidence: str = ""
    evidence_url: str = ""
    status: str = ""
    status_label: str = ""
    children: tuple["NonPageNode", ...] = ()


@dataclass(frozen=True)
class Arrow:
    """One fact of the chain between two of its pages, named by their translation keys."""

    source: object
    dependent: object
    relation: Relation  # as the dependent reads it
    link: ChainLink


@dataclass
class Chain:
    """Pages by translation key, the arrows between them, and what follows without being a page."""

    page: KnowledgePage
    pages: dict = field(default_factory=dict)
    before: set = field(default_factory=set)  # keys of its sources
    after: set = field(default_factory=set)
    arrows: list[Arrow] = field(default_factory=list)
    non_page_nodes: dict = field(default_factory=dict)  # key → list of NonPageNode
    is_cut: bool = False  # limits were reached

    @property
    def here(self):
        return self.page.translation_key


def whole_chain(page, visible=None) -> Chain:
    """The chain around ``page`` as far as pages are among ``visible``.

    By default that is what anybody may read. Three queries for each step away from the page, and a
    fixed number for the links and for what the page types add.
    """
    visible = KnowledgePage.objects.open_to_all() if visible is None else visible
    chain = Chain(page, {page.translation_key: page})
    links = ChainLink.objects
    chain.before = _walk(chain, visible, lambda keys: {f[0] for f in links.sources_of(keys)})
    chain.after = _walk(chain, visible, lambda keys: {f[1] for f in links.dependents_of(keys)})
    chain.arrows = _arrows(chain)
    chain.non_page_nodes = _non_page_nodes(chain)
    return chain


def _walk(chain, visible, neighbours) -> set:
    """Add the pages that ``neighbours`` leads to, step by step; returns their keys."""
    seen, level = {chain.here}, {chain.here}
    for _step in range(MOST_STEPS):
        new = neighbours(level) - seen
        seen |= new
        found = pages_by_key(new, visible, chain.page.locale_id) if new else {}
        unknown = sorted(found.keys() - chain.pages.keys(), key=lambda key: found[key].pk)
        for key in unknown[max(0, MOST_PAGES - len(chain.pages)) :]:
            chain.is_cut = True
            del found[key]
        chain.pages.update(found)
        level = set(found)
        if not level:
            break
    else:
        chain.is_cut = True
    return {key for key in seen if key in chain.pages} - {chain.here}


def _arrows(chain) -> list[Arrow]:
    """Each fact between two pages of the chain once, by the link in the reader's language."""
    links = (
        ChainLink.objects.keyed()
        .filter(page__translation_key__in=chain.pages, target__translation_key__in=chain.pages)
        .select_related("evidence_document")
        .annotate(told_in=F("page__locale_id"))
    )
    found = {}
    links = without_closed_evidence(links, Reader.of_page(chain.page))
    for link in sorted(
        links, key=lambda x: (x.told_in != chain.page.locale_id, x.date, x.pk)
    ):
        fact = in_order(link.relation, link.page_key, link.target_key)
        if fact[0] != fact[1]:
            found.setdefault(fact, Arrow(*fact, link))
    return sorted(found.values(), key=lambda arrow: (arrow.link.date, arrow.link.pk))


def _non_page_nodes(chain) -> dict:
    pages = list(chain.pages.values())
    found = {}
    for nodes_behind in registered("non_page_nodes"):
        nodes = nodes_behind(pages)
        found |= {page.translation_key: nodes[page.pk] for page in pages if page.pk in nodes}
    return found
