"""The chain of a knowledge page as a page of its own: picture, nested lists, and JSON."""

from dataclasses import dataclass, field

from wagtail.models import Locale

from hub.chain.graph import Arrow, whole_chain
from hub.chain.svg import picture
from hub.email.sending import absolute
from hub.export.tables import json_document
from hub.models import KnowledgePage
from hub.withdrawals.notices import MARKS, marks_for

SHAPE = 1  # version of the JSON, raised on incompatible changes


@dataclass
class Step:
    """A page in the list: the fact that leads to it, and where it leads on to."""

    page: KnowledgePage
    arrow: Arrow
    relation: object  # as the page one step nearer to the beginning reads it
    steps: list["Step"] = field(default_factory=list)
    is_listed_elsewhere: bool = False  # it is in the list already, with its own steps
    nodes: tuple = ()


def chain_page(request, page):
    """The chain as HTML."""
    chain = whole_chain(page)
    before, after = _steps(chain, back=True), _steps(chain, back=False)
    listed = {id(step.arrow) for steps in (before, after) for step in _flat(steps)}
    marks = {pk: str(MARKS[mark]) for pk, mark in marks_for(request).items()}
    return page.render(
        request, template="hub/chain/page.html",
        context_overrides={
            "whole": chain, "marks": marks, "before": before, "after": after,
            "picture": picture(chain, marks, lambda p: p.get_url(request)),
            "own_nodes": chain.non_page_nodes.get(chain.here, ()),
            "others": [
                (chain.pages[a.source], a, chain.pages[a.dependent]) for a in chain.arrows
                if id(a) not in listed
            ],
            "below": "chain/",
        },
    )


def _steps(chain, back) -> list[Step]:
    """The chain on one side of the page as a tree: every fact once, every page expanded once."""
    leading = {}
    for arrow in chain.arrows:
        leading.setdefault(arrow.dependent if back else arrow.source, []).append(arrow)
    side = chain.before if back else chain.after
    expanded = {chain.here}

    def follow(key):
        steps = []
        for arrow in leading.get(key, ()):
            other = arrow.source if back else arrow.dependent
            if other not in side and other != chain.here:
                continue
            relation = arrow.relation if back else arrow.relation.reverse
            step = Step(chain.pages[other], arrow, relation, is_listed_elsewhere=other in expanded)
            if not step.is_listed_elsewhere:
                expanded.add(other)
                step.nodes = chain.non_page_nodes.get(other, ())
                step.steps = follow(other)
            steps.append(step)
        return steps

    return follow(chain.here)


def _flat(steps):
    for step in steps:
        yield step
        yield from _flat(step.steps)


def chain_as_json(request, page):
    """The chain for programs; docs/chain-json.md says what is in it. Anybody may ask, from any
    site."""
    chain = whole_chain(page)
    marks, languages = marks_for(request), dict(Locale.objects.values_list("pk", "language_code"))

    def url(other):
        return absolute(other.get_url(request) or "")

    body = {
        "version": SHAPE,
        "page": url(page),
        "complete": not chain.is_cut,
        "nodes": [
            {
                "url": url(other), "kind": str(other.stage), "title": other.title,
                "language": languages[other.locale_id],
                "side": _side(chain, key), "mark": marks.get(other.pk),
                "steps": [
                    _node_as_json(node, url(other)) for node in chain.non_page_nodes.get(key, ())
                ],
            }
            for key, other in chain.pages.items()
        ],
        "links": [
            {
                "source": url(chain.pages[arrow.source]),
                "dependent": url(chain.pages[arrow.dependent]),
                "relation": arrow.relation.value,
                "evidence": arrow.link.evidence_text,
                "evidence_url": arrow.link.evidence_url or None,
                "evidence_file": absolute(arrow.link.evidence_document.url)
                if arrow.link.evidence_document else None,
                "date": arrow.link.date.isoformat(),
                "author": arrow.link.author,
            }
            for arrow in chain.arrows
        ],
    }
    response = json_document(body)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _side(chain, key) -> str:
    if key == chain.here:
        return "here"
    return "before" if key in chain.before else "after"


def _node_as_json(node, page_url) -> dict:
    return {
        "kind": node.kind, "label": node.label, "text": node.text,
        "url": f"{page_url}#{node.anchor}",
        "date": node.date.isoformat() if node.date else None, "author": node.author or None,
        "evidence": node.evidence or None, "evidence_url": node.evidence_url or None,
        "status": node.status or None,
        "steps": [_node_as_json(child, page_url) for child in node.children],
    }
