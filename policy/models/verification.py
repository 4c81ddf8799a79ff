"""Verifications by members of the community."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from policy.models.report import ClauseReport, EvidenceRecord

VERIFIERS = "Community verifiers"  # the group whose members record verifications


class Verification(EvidenceRecord):
    """A finding of one verifier on a report, or on the cell where ``report`` is empty."""

    class Finding(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        CONTRADICTED = "contradicted", _("Contradicted")

    clause_key = models.UUIDField(_("clause"), db_index=True)
    party = models.ForeignKey(
        "policy.Party", on_delete=models.PROTECT, related_name="verifications",
        verbose_name=_("party"),
    )
    report = models.ForeignKey(
        ClauseReport, on_delete=models.CASCADE, null=True, blank=True,
        related_name="verifications", verbose_name=_("report on a clause"),
    )
    finding = models.CharField(_("finding"), max_length=12, choices=Finding.choices)
    observation = models.TextField(_("what was seen"), max_length=5000)
    figure = models.DecimalField(
        _("how many were seen"), max_digits=15, decimal_places=2, null=True, blank=True,
        help_text=_("In the unit of the clause's target."),
    )
    observed_on = models.DateField(_("seen on"), default=timezone.localdate)
    verifier = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True,
        related_name="+", editable=False,
    )
    verifier_name = models.CharField(_("verified by"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    panels = [
        FieldPanel("clause_key"),
        FieldPanel("party"),
        FieldPanel("finding"),
        FieldPanel("extent"),
        FieldPanel("figure"),
        FieldPanel("observation"),
        FieldPanel("observed_on"),
        FieldPanel("evidence_url"),
        FieldPanel("file"),
        FieldPanel("file_is_private"),
        FieldPanel("verifier_name"),
    ]

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["-observed_on", "-pk"]

    def __str__(self):
        return f"{self.get_finding_display()}: {self.observation[:60]}"

    def clean(self):
        super().clean()
        if self.report_id and (
            (self.report.clause_key, self.report.party_id) != (self.clause_key, self.party_id)
        ):
            raise ValidationError({"report": _("The report is about something else.")})
        earliest = self.report.done_on if self.report_id else None
        if earliest and self.observed_on and self.observed_on < earliest:
            raise ValidationError({"observed_on": _("Seen before it was done.")})

    @property
    def figure_in_words(self) -> str:
        return self.extent_text

    @property
    def finding_text(self) -> str:
        """The finding for readers; the words depend on whether it is about a report."""
        if self.report_id:
            return self.get_finding_display()
        return _("Seen done") if self.finding == self.Finding.CONFIRMED else _("Seen undone")
