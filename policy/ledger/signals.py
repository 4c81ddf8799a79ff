"""What follows from a change of evidence or of a resolution: the ledger anew, a row in the log."""

from django.db.models.signals import post_delete, post_save
from wagtail.signals import page_published, page_unpublished

from hub.changelog.recording import record


def connect() -> None:
    from policy.models import (
        Clause,
        ClauseReport,
        Party,
        ResolutionPage,
        Verification,
        Withdrawal,
    )

    for signal in (post_save, post_delete):
        for model in (ClauseReport, Verification):
            signal.connect(_evidence_changed, sender=model)
        signal.connect(_evidence_withdrawn, sender=Withdrawal)
        signal.connect(_party_changed, sender=Party)
    for signal in (page_published, page_unpublished):
        signal.connect(_resolution_changed, sender=ResolutionPage)
    post_delete.connect(_clause_gone, sender=Clause)


def _evidence_changed(sender, instance, **kwargs):
    from policy.ledger.status_periods import rebuild

    rebuild([instance.clause_key])
    # The pages of the follow-up show it, and those of resolutions and assemblies.
    record("site")


def _evidence_withdrawn(sender, instance, **kwargs):
    from policy.models import ClauseReport, Verification

    of = ClauseReport if instance.report_id else Verification
    # It may be gone already, and then the deletion itself had the ledger made anew.
    record = of.objects.filter(pk=instance.report_id or instance.verification_id).first()
    if record:
        _evidence_changed(sender, record)


def _party_changed(sender, **kwargs):
    record("site")


def _resolution_changed(sender, instance, **kwargs):
    from policy.ledger.status_periods import rebuild

    rebuild([clause.translation_key for clause in instance.clauses.all()])


def _clause_gone(sender, instance, **kwargs):
    from policy.ledger.status_periods import rebuild

    rebuild([instance.translation_key])
