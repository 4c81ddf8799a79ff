"""Chain checks of resolutions: clauses without a report, reports without evidence."""

from collections import defaultdict

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hub.chain.broken_links import Check
from policy.models import Clause, ClauseReport

REPORTS = ClauseReport.objects.filter(
    clause_key=OuterRef("translation_key"), withdrawal=None
)


def without_report():
    """Clauses without a report of any party."""
    return Clause.objects.exclude(Exists(REPORTS))


def without_evidence():
    """Clauses with a report that has neither a text nor a file, address or figure as evidence."""
    return Clause.objects.filter(Exists(
        REPORTS.filter(evidence="", evidence_url="", file="", figure=None)
    ))


def _pages_with(clauses):
    return lambda pages: pages.filter(pk__in=clauses().values("page"))


def _numbers_of(clauses):
    def remarks(pages) -> dict[int, str]:
        numbers = defaultdict(list)
        for clause in clauses().filter(page__in=[p.pk for p in pages]).order_by("sort_order"):
            numbers[clause.page_id].append(clause.number)
        return {
            pk: _("Clauses: %(numbers)s") % {"numbers": ", ".join(found)}
            for pk, found in numbers.items()
        }

    return remarks


CHECKS = [
    Check(
        "clauses-without-report", gettext_lazy("Resolutions with clauses nobody has reported on"),
        gettext_lazy("The parties responsible have not said what they did about these clauses."),
        _pages_with(without_report), _numbers_of(without_report),
    ),
    Check(
        "reports-without-evidence", gettext_lazy("Resolutions with reports without evidence"),
        gettext_lazy("A party says what it did, but shows nothing for it: no text, file or "
                     "address."),
        _pages_with(without_evidence), _numbers_of(without_evidence),
    ),
]
