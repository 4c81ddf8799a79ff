"""Keeps the ledger and the change log current when evidence or resolutions change."""

from django.db.models import ProtectedError
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from wagtail.signals import page_published, page_unpublished

from hub.changelog.recording import record
from policy.ledger.status_periods import rebuild
from policy.models import (
    Amendment,
    Clause,
    ClauseReport,
    ClauseTerms,
    Party,
    ResolutionPage,
    Verification,
    Withdrawal,
)
from policy.models.clause_terms import forget_terms, refuse_deletion, refuse_other_parties


def connect() -> None:
    for signal in (post_save, post_delete):
        for model in (ClauseReport, Verification):
            signal.connect(_evidence_changed, sender=model)
        signal.connect(_evidence_withdrawn, sender=Withdrawal)
        signal.connect(_party_changed, sender=Party)
    for signal in (page_published, page_unpublished):
        signal.connect(_resolution_changed, sender=ResolutionPage)
    pre_delete.connect(_clause_to_be_deleted, sender=Clause)
    post_delete.connect(_clause_deleted, sender=Clause)
    m2m_changed.connect(_parties_to_be_changed, sender=Clause.parties.through)
    for model in (Amendment, ClauseTerms):
        pre_delete.connect(_terms_to_be_deleted, sender=model)


def _evidence_changed(sender, instance, **kwargs):
    rebuild([instance.clause_key])
    # Pages of the follow-up, of resolutions and of assemblies show it.
    record("site")


def _evidence_withdrawn(sender, instance, **kwargs):
    model = ClauseReport if instance.report_id else Verification
    # When the record is deleted too, its own signal rebuilds the clause.
    withdrawn = model.objects.filter(pk=instance.report_id or instance.verification_id).first()
    if withdrawn:
        _evidence_changed(sender, withdrawn)


def _party_changed(sender, **kwargs):
    record("site")


def _resolution_changed(sender, instance, **kwargs):
    rebuild([clause.translation_key for clause in instance.clauses.all()])


def _clause_to_be_deleted(sender, instance, **kwargs):
    refuse_deletion(instance)


def _clause_deleted(sender, instance, **kwargs):
    key = instance.translation_key
    if not Clause.objects.filter(translation_key=key).exists():
        forget_terms([key])
    rebuild([key])


def _parties_to_be_changed(sender, instance, action, pk_set, reverse, **kwargs):
    if not action.startswith("pre_"):
        return
    if not reverse:
        refuse_other_parties(instance, action, pk_set or ())
        return
    of_party = Clause.objects.filter(pk__in=pk_set) if pk_set else instance.clauses.all()
    for clause in of_party:  # from the party's side it is one party to or from many clauses
        refuse_other_parties(clause, action.replace("clear", "remove"), {instance.pk})


def _terms_to_be_deleted(sender, instance, **kwargs):
    """Only what the demonstration leaves behind goes."""
    is_amendment = isinstance(instance, Amendment)
    keys = instance.terms.values("clause_key") if is_amendment else [instance.clause_key]
    if Clause.objects.filter(translation_key__in=keys).exists():
        raise ProtectedError(str(instance), {instance})
