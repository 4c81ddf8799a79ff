"""Keeps the ledger and the change log current when evidence or resolutions change."""

from django.db.models.signals import post_delete, post_save
from wagtail.signals import page_published, page_unpublished

from hub.changelog.recording import record
from policy.ledger.status_periods import rebuild
from policy.models import Clause, ClauseReport, Party, ResolutionPage, Verification, Withdrawal


def connect() -> None:
    for signal in (post_save, post_delete):
        for model in (ClauseReport, Verification):
            signal.connect(_evidence_changed, sender=model)
        signal.connect(_evidence_withdrawn, sender=Withdrawal)
        signal.connect(_party_changed, sender=Party)
    for signal in (page_published, page_unpublished):
        signal.connect(_resolution_changed, sender=ResolutionPage)
    post_delete.connect(_clause_deleted, sender=Clause)


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


def _clause_deleted(sender, instance, **kwargs):
    rebuild([instance.translation_key])
