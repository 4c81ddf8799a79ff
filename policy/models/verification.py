"""What members of the community saw when they went to look."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from policy.models.report import ClauseReport, Evidenced

VERIFIERS = "Community verifiers"  # the group whose members record what they saw


class Verification(Evidenced):
    """What one verifier found: about a report, or about the cell where there is none."""

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
    seen = models.TextField(_("what was seen"), max_length=5000)
    seen_on = models.DateField(_("seen on"), default=timezone.localdate)
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
        FieldPanel("seen"),
        FieldPanel("seen_on"),
        FieldPanel("evidence_url"),
        FieldPanel("file"),
        FieldPanel("file_is_private"),
        FieldPanel("verifier_name"),
    ]

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["-seen_on", "-pk"]

    def __str__(self):
        return f"{self.get_finding_display()}: {self.seen[:60]}"

    def clean(self):
        super().clean()
        if self.report_id and (
            (self.report.clause_key, self.report.party_id) != (self.clause_key, self.party_id)
        ):
            raise ValidationError({"report": _("The report is about something else.")})
        earliest = self.report.done_on if self.report_id else None
        if earliest and self.seen_on and self.seen_on < earliest:
            raise ValidationError({"seen_on": _("Seen before it was done.")})

    @property
    def finding_words(self) -> str:
        """What was found, in words that fit whether or not a report was meant."""
        if self.report_id:
            return self.get_finding_display()
        return _("Seen done") if self.finding == self.Finding.CONFIRMED else _("Seen undone")
