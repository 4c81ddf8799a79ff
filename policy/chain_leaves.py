"""How the chain goes on behind resolutions: to their clauses and to what became of each."""

from collections import defaultdict

from django.utils.translation import gettext as _

from hub.chain_graph import Leaf
from policy.models.report import ClauseReport, clause_status
from policy.models.resolution import Clause


def clauses_of(pages) -> dict[int, list[Leaf]]:
    """Id of a resolution → its clauses in order, of all ``pages`` in two queries."""
    clauses = list(Clause.objects.filter(page__in=[p.pk for p in pages]).order_by("sort_order"))
    reports = defaultdict(list)
    for report in ClauseReport.objects.filter(
        clause_key__in=[clause.translation_key for clause in clauses]
    ).select_related("party"):
        reports[report.clause_key].append(report)
    leaves = defaultdict(list)
    for clause in clauses:
        told = reports[clause.translation_key]
        status = clause_status(clause, told)
        leaves[clause.page_id].append(Leaf(
            kind="clause", label=_("Clause %(number)s") % {"number": clause.number},
            text=clause.text, anchor=clause.anchor, date=clause.due, status=status.value,
            status_label=str(status.label),
            leaves=tuple(_report(clause, report) for report in told),
        ))
    return dict(leaves)


def _report(clause, report) -> Leaf:
    """What a party says it did; the finding of whoever verified it is its status."""
    return Leaf(
        kind="report", label=report.party.name, text=report.claim, anchor=clause.anchor,
        date=report.reported_on, author=report.party.name, evidence=report.evidence,
        evidence_url=report.evidence_url, status=report.finding,
        status_label=str(report.get_finding_display()) if report.finding else "",
    )
