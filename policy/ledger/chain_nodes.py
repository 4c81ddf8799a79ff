"""The chain beyond resolutions: their clauses and the reports on each."""

from collections import defaultdict

from django.utils.translation import gettext as _

from hub.chain.graph import NonPageNode
from policy.ledger.clause_party_status import with_status
from policy.models import Clause, ResolutionPage


def clause_nodes(pages) -> dict[int, list[NonPageNode]]:
    """Id of a resolution among ``pages`` → its clauses in order, in a constant number of queries.

    Pages of other types have no entry.
    """
    resolutions = [page.pk for page in pages if isinstance(page, ResolutionPage)]
    if not resolutions:
        return {}
    clauses = with_status(list(
        Clause.objects.filter(page__in=resolutions).select_related("page")
        .order_by("sort_order", "pk")
    ), with_records=True)
    nodes = defaultdict(list)
    for clause in clauses:
        nodes[clause.page_id].append(NonPageNode(
            kind="clause", label=_("Clause %(number)s") % {"number": clause.number},
            text=clause.text, anchor=clause.anchor, date=clause.due, status=clause.status.value,
            status_label=str(clause.status.label),
            children=tuple(
                _report_node(clause, cell, report)
                for cell in clause.cells for report in cell.reports if not report.withdrawn
            ),
        ))
    return dict(nodes)


def _report_node(clause, cell, report) -> NonPageNode:
    """A report of a party, with the current status of its cell."""
    return NonPageNode(
        kind="report", label=cell.party.name, text=report.claim, anchor=clause.anchor,
        date=report.reported_on, author=cell.party.name, evidence=report.evidence,
        evidence_url=report.evidence_url, status=cell.status.value,
        status_label=str(cell.status.label),
    )
