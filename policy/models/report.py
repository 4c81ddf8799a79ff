"""Reports of parties on clauses, and withdrawals. Records are append-only."""

import uuid
from pathlib import PurePath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel

from hub.files.names import safe_filename
from policy.evidence_files import clean_evidence_file
from policy.ledger.rules import Extent


def evidence_upload_to(instance, filename: str) -> str:
    """A folder for each file, so that two files of one name keep it."""
    return f"evidence/{uuid.uuid4().hex[:12]}/{safe_filename(filename)}"


def amount(figure, unit) -> str:
    """A figure with thousands separators and its unit: 12,500 metres."""
    number = f"{figure:,f}"
    number = number.rstrip("0").rstrip(".") if "." in number else number
    return f"{number} {unit}".strip()


class AppendOnlyRecord(models.Model):
    """A record that is created once and never changed."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError(f"A {type(self).__name__} is append-only; create another one.")
        super().save(*args, **kwargs)


class EvidenceRecord(AppendOnlyRecord):
    """A record of how far a clause is, with optional evidence: an address, or a file that may be
    private."""

    # Empty in records from before it was asked: the ledger counts them as done.
    extent = models.CharField(
        _("how far it is"), max_length=10, choices=Extent.choices, default="", db_default="",
    )
    evidence_url = models.URLField(_("evidence: address"), max_length=500, blank=True)
    file = models.FileField(
        _("evidence: file"), upload_to=evidence_upload_to, max_length=255, blank=True
    )
    file_is_private = models.BooleanField(
        _("the file is not for the public"), default=False,
        help_text=_("It holds names or other personal data: only community verifiers, the party "
                    "and the editors may open it."),
    )

    clause_target = None  # (target, unit), where whoever reads many records knows it

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        self._compare_with_target()
        if self.file and not self.file._committed:
            try:
                self.file = clean_evidence_file(self.file.file)
            except ValidationError as error:
                raise ValidationError({"file": error}) from error

    def _compare_with_target(self):
        """Ask for the figure of what is done in part, and that it fits what is said."""
        target, unit = self.target_and_unit
        if target is None:
            return
        unit_field = getattr(self, "figure_unit", unit)
        is_of_target = self.figure is not None and unit_field in ("", unit)
        if is_of_target and hasattr(self, "figure_unit"):
            self.figure_unit = unit
        values = {"target": amount(target, unit)}
        if self.extent == Extent.PARTLY and not is_of_target:
            raise ValidationError({"figure": _("How many of %(target)s?") % values})
        if self.extent == Extent.PARTLY and self.figure >= target:
            raise ValidationError({"extent": _("The target of %(target)s is reached.") % values})
        if self.extent == Extent.DONE and is_of_target and self.figure < target:
            raise ValidationError({"extent": _(
                "The target is %(target)s. Say that it is done in part.") % values})

    @property
    def target_and_unit(self) -> tuple:
        """The target that the clause has today, and its unit; (None, "") where it has none."""
        if self.clause_target is not None:
            return self.clause_target
        model = self._meta.apps.get_model("policy.ClauseTerms")
        found = model.objects.filter(clause_key=self.clause_key).order_by("-since", "-pk")
        return found.values_list("target", "target_unit").first() or (None, "")

    @property
    def extent_text(self) -> str:
        """How far it is for readers, with the figure against the target: 12 of 30 households."""
        label = str(Extent(self.extent).label) if self.extent else ""
        target, unit = self.target_and_unit if self.figure is not None else (None, "")
        if target is None or getattr(self, "figure_unit", unit) != unit:
            return label
        return _("%(extent)s: %(figure)s of %(target)s") % {
            "extent": label, "figure": amount(self.figure, ""), "target": amount(target, unit)}

    @property
    def withdrawn(self):
        """The withdrawal of this record, or None."""
        return getattr(self, "withdrawal", None)

    @property
    def file_is_public(self) -> bool:
        return bool(self.file) and not self.file_is_private and not self.withdrawn

    @property
    def file_name(self) -> str:
        return PurePath(self.file.name).name

    @property
    def file_url(self) -> str:
        return reverse("follow_up_file", args=[self._meta.model_name, self.pk])


class ClauseReportQuerySet(models.QuerySet):
    def valid_on(self, day):
        """Reports that count on ``day``: reported and not withdrawn by then."""
        return self.filter(reported_on__lte=day).exclude(withdrawal__withdrawn_on__lte=day)


class ClauseReport(EvidenceRecord):
    """One report of a party on one clause."""

    clause_key = models.UUIDField(_("clause"), db_index=True)
    party = models.ForeignKey(
        "policy.Party", on_delete=models.PROTECT, related_name="reports", verbose_name=_("party")
    )
    adds_to = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="additions",
        editable=False, verbose_name=_("adds to"),
    )
    claim = models.TextField(_("what was done"), max_length=5000)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    evidence = models.TextField(_("evidence"), max_length=5000, blank=True)
    figure = models.DecimalField(
        _("evidence: figure"), max_digits=15, decimal_places=2, null=True, blank=True
    )
    figure_unit = models.CharField(_("unit"), max_length=60, blank=True)
    figure_method = models.CharField(_("how it was measured"), max_length=255, blank=True)
    reported_on = models.DateField(_("reported on"), default=timezone.localdate)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True,
        related_name="+", editable=False,
    )
    reporter_name = models.CharField(_("who reports"), max_length=120, blank=True)
    # Identifies the reminder link that was used: each link is valid for one report.
    link_digest = models.CharField(max_length=64, blank=True, editable=False)

    objects = ClauseReportQuerySet.as_manager()

    panels = [
        FieldPanel("clause_key"),
        FieldPanel("party"),
        FieldPanel("claim"),
        FieldPanel("extent"),
        FieldPanel("done_on"),
        MultiFieldPanel(
            [FieldPanel("evidence"), FieldPanel("evidence_url"), FieldPanel("file"),
             FieldPanel("file_is_private"), FieldPanel("figure"), FieldPanel("figure_unit"),
             FieldPanel("figure_method")],
            heading=_("Evidence"),
        ),
        FieldPanel("reported_on"),
        FieldPanel("reporter_name"),
    ]

    class Meta:
        verbose_name = _("report on a clause")
        verbose_name_plural = _("reports on clauses")
        ordering = ["-reported_on", "-pk"]
        indexes = [models.Index(fields=["clause_key", "party", "reported_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["link_digest"], condition=~models.Q(link_digest=""),
                name="one_report_through_a_link",
            )
        ]

    def __str__(self):
        return f"{self.party}: {self.claim[:60]}"

    def counts_on(self, day) -> bool:
        """As ``valid_on``, of a report that is read already."""
        withdrawn = self.withdrawn
        return self.reported_on <= day and not (withdrawn and withdrawn.withdrawn_on <= day)

    def clean(self):
        super().clean()
        if self.figure is not None and not self.figure_unit:
            raise ValidationError({"figure_unit": _("A figure needs its unit.")})
        if self.done_on and self.reported_on and self.done_on > self.reported_on:
            raise ValidationError({"done_on": _("Done after it was reported.")})
        if self.done_on and self.extent and self.extent != Extent.DONE:
            raise ValidationError({"done_on": _("Only what is done has this day.")})

    @property
    def has_evidence(self) -> bool:
        return bool(
            self.evidence or self.evidence_url or self.file or self.figure is not None
        )

    @property
    def figure_in_words(self) -> str:
        return f"{self.figure_text} {self.figure_method}".strip()

    @property
    def figure_text(self) -> str:
        """The figure with thousands separators and its unit: 12,500 metres."""
        return amount(self.figure, self.figure_unit)


class Withdrawal(AppendOnlyRecord):
    """The withdrawal of a report or a verification, with the reason; both stay readable."""

    report = models.OneToOneField(
        ClauseReport, on_delete=models.CASCADE, null=True, related_name="withdrawal"
    )
    verification = models.OneToOneField(
        "policy.Verification", on_delete=models.CASCADE, null=True, related_name="withdrawal"
    )
    reason = models.TextField(_("reason"), max_length=1000)
    withdrawn_on = models.DateField(_("withdrawn on"), default=timezone.localdate)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    withdrawn_by_name = models.CharField(_("who withdrew it"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(report=None) ^ models.Q(verification=None),
                name="withdrawal_of_one_thing",
            )
        ]

    def __str__(self):
        return f"{self.report or self.verification} – {self.reason[:60]}"
