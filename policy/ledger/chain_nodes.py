"""How the chain goes on behind resolutions: to their clauses and to what became of each."""

from collections import defaultdict

from django.utils.translation import gettext as _

from hub.chain.graph import NonPageNode
from policy.ledger.clause_party_status import with_status
from policy.models.resolution import Clause, ResolutionPage


def clauses_of(pages) -> dict[int, list[NonPageNode]]:
    """Id of a resolution among ``pages`` → its clauses in order, in a constant number of queries."""
    clauses = with_status(list(
        Clause.objects.filter(page__in=[p.pk for p in pages if isinstance(p, ResolutionPage)]).select_related("page")
        .order_by("sort_order", "pk")
    ), with_records=True)
    nodes = defaultdict(list)
    for clause in clauses:
        nodes[clause.page_id].append(NonPageNode(
            kind="clause", label=_("Clause %(number)s") % {"number": clause.number},
            text=clause.text, anchor=clause.anchor, date=clause.due, status=clause.status.value,
            status_label=str(clause.status.label),
            children=tuple(
                _report(clause, cell, report)
                for cell in clause.cells for report in cell.reports if not report.withdrawn
            ),
        ))
    return dict(nodes)


def _report(clause, cell, report) -> NonPageNode:
    """What a party says it did, with the status that it has at this party by now."""
    return NonPageNode(
        kind="report", label=cell.party.name, text=report.claim, anchor=clause.anchor,
        date=report.reported_on, author=cell.party.name, evidence=report.evidence,
        evidence_url=report.evidence_url, status=cell.status.value,
        status_label=str(cell.status.label),
    )
