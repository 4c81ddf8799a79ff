"""Reports on clauses, and the status that follows from their dates and evidence."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel


class ClauseStatus(models.TextChoices):
    """What became of a clause; computed from dated evidence, never typed."""

    NO_REPORT = "no_report", _("No report yet")
    REPORTED = "reported", _("Reported")
    EVIDENCED = "evidenced", _("Reported with evidence")
    VERIFIED = "verified", _("Verified by the community")
    CONTRADICTED = "contradicted", _("Contradicted by the community")
    OVERDUE = "overdue", _("Overdue without report")


class ClauseReport(models.Model):
    """What a party says it did about a clause, and what verifiers saw."""

    class Finding(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        CONTRADICTED = "contradicted", _("Contradicted")

    clause_key = models.UUIDField(_("clause"), db_index=True)
    party = models.ForeignKey(
        "policy.Party", on_delete=models.PROTECT, related_name="reports", verbose_name=_("party")
    )
    claim = models.TextField(_("what was done"))
    evidence = models.TextField(_("evidence"), blank=True)
    evidence_url = models.URLField(_("evidence: address"), blank=True)
    evidence_document = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL, on_delete=models.SET_NULL, null=True, blank=True,
        related_name="+", verbose_name=_("evidence: document"),
    )
    reported_on = models.DateField(_("reported on"), default=timezone.localdate)
    verified_by = models.CharField(_("verified by"), max_length=200, blank=True)
    verified_on = models.DateField(_("verified on"), null=True, blank=True)
    finding = models.CharField(_("finding"), max_length=12, choices=Finding.choices, blank=True)
    finding_text = models.TextField(_("what was seen"), blank=True)

    panels = [
        FieldPanel("clause_key"),
        FieldPanel("party"),
        FieldPanel("claim"),
        MultiFieldPanel(
            [FieldPanel("evidence"), FieldPanel("evidence_url"),
             FieldPanel("evidence_document")],
            heading=_("Evidence"),
        ),
        FieldPanel("reported_on"),
        MultiFieldPanel(
            [FieldPanel("verified_by"), FieldPanel("verified_on"), FieldPanel("finding"),
             FieldPanel("finding_text")],
            heading=_("Verification"),
        ),
    ]

    class Meta:
        verbose_name = _("report on a clause")
        verbose_name_plural = _("reports on clauses")
        ordering = ["-reported_on", "-pk"]

    def __str__(self):
        return f"{self.party}: {self.claim[:60]}"

    def clean(self):
        super().clean()
        if self.finding and not (self.verified_on and self.verified_by):
            raise ValidationError(
                {"finding": _("A finding needs who verified it and on which date.")}
            )
        if self.verified_on and self.verified_on < self.reported_on:
            raise ValidationError({"verified_on": _("Verified before it was reported.")})

    @property
    def has_evidence(self) -> bool:
        return bool(self.evidence or self.evidence_url or self.evidence_document_id)


def clause_status(clause, reports, today=None) -> ClauseStatus:
    """The status of ``clause`` on ``today`` given all ``reports`` on it.

    The newest finding decides when there is one; else evidence counts above a bare claim; a
    clause without any report is overdue from the day after its due date.
    """
    today = today or timezone.localdate()
    reports = [r for r in reports if r.reported_on <= today]
    findings = [r for r in reports if r.finding and r.verified_on and r.verified_on <= today]
    if findings:
        newest = max(findings, key=lambda r: (r.verified_on, r.pk or 0))
        if newest.finding == ClauseReport.Finding.CONFIRMED:
            return ClauseStatus.VERIFIED
        return ClauseStatus.CONTRADICTED
    if any(r.has_evidence for r in reports):
        return ClauseStatus.EVIDENCED
    if reports:
        return ClauseStatus.REPORTED
    if clause.due and clause.due < today:
        return ClauseStatus.OVERDUE
    return ClauseStatus.NO_REPORT
