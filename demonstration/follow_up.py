"""Reports of the demonstration's parties on clauses, and verifications by communities."""

from policy.models import Clause, ClauseReport, Party, ResolutionPage, Verification, Withdrawal


def load(page, values) -> None:
    """Load the reports in the text of a resolution, replacing those loaded before."""
    page = ResolutionPage.objects.get(pk=page.pk)
    keys = {clause.number: clause.translation_key for clause in page.clauses.all()}
    _remove(list(keys.values()))
    for fields in values.get("reports", []):
        fields = dict(fields)
        verifications, withdrawal = fields.pop("verifications", []), fields.pop("withdrawal", None)
        key = keys[str(fields.pop("clause"))]
        party = Party.objects.get(organisation__slug=fields.pop("party"))
        report = ClauseReport.objects.create(clause_key=key, party=party, **fields)
        for verification in verifications:
            Verification.objects.create(clause_key=key, party=party, report=report, **verification)
        if withdrawal:
            Withdrawal.objects.create(report=report, **withdrawal)


def remove() -> None:
    """Delete all reports and verifications of the demonstration's clauses."""
    clauses = Clause.objects.filter(page__is_demonstration=True)
    _remove(list(clauses.values_list("translation_key", flat=True)))


def _remove(keys) -> None:
    Verification.objects.filter(clause_key__in=keys).delete()
    ClauseReport.objects.filter(clause_key__in=keys).delete()
