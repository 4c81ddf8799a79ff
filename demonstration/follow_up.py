"""What the demonstration's parties reported on their clauses, and what its communities saw."""

from policy.models import Clause, ClauseReport, Party, ResolutionPage, Verification, Withdrawal


def load(page, values) -> None:
    """The reports that stand in the text of a resolution, in place of those loaded before."""
    page = ResolutionPage.objects.get(pk=page.pk)
    keys = {clause.number: clause.translation_key for clause in page.clauses.all()}
    _remove(list(keys.values()))
    for said in values.get("reports", []):
        said = dict(said)
        seen, taken_back = said.pop("verifications", []), said.pop("withdrawal", None)
        key = keys[str(said.pop("clause"))]
        party = Party.objects.get(slug=said.pop("party"))
        report = ClauseReport.objects.create(clause_key=key, party=party, **said)
        for one in seen:
            Verification.objects.create(clause_key=key, party=party, report=report, **one)
        if taken_back:
            Withdrawal.objects.create(report=report, **taken_back)


def remove() -> None:
    """Everything that is said of the demonstration's clauses."""
    clauses = Clause.objects.filter(page__is_demonstration=True)
    _remove(list(clauses.values_list("translation_key", flat=True)))


def _remove(keys) -> None:
    Verification.objects.filter(clause_key__in=keys).delete()
    ClauseReport.objects.filter(clause_key__in=keys).delete()
