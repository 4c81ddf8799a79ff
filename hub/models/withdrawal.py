"""Knowledge that was withdrawn or superseded, and the pages that are in doubt because of it.

Both hold on to translation keys: what is withdrawn in one language is withdrawn in all, and a
record outlives the page it is about.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class WithdrawalQuerySet(models.QuerySet):
    def standing(self):
        """Those that were not lifted."""
        return self.filter(lifted_at=None)


class Withdrawal(models.Model):
    """A record that the knowledge of a page no longer holds, why, and what replaces it."""

    class Kind(models.TextChoices):
        WITHDRAWN = "withdrawn", _("Withdrawn")
        SUPERSEDED = "superseded", _("Superseded")

    key = models.UUIDField(db_index=True)  # translation key of the page
    title = models.CharField(max_length=255)  # as it was then
    kind = models.CharField(_("what happened to it"), max_length=12, choices=Kind.choices)
    reason = models.TextField(_("reason"))
    successor = models.ForeignKey(
        "hub.KnowledgePage", models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("page that takes its place"),
    )
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    lift_reason = models.TextField(_("why it holds again"), blank=True)

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(lifted_at=None), name="one_standing_withdrawal"
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.title}"


class FlagQuerySet(models.QuerySet):
    def open(self):
        """Those that wait for a review, and whose withdrawal was not lifted."""
        return self.filter(reviewed_at=None, withdrawal__lifted_at=None)


class Flag(models.Model):
    """A record that a page rests on withdrawn knowledge, by which path, and what a review found.

    Never deleted: removing the link does not clear it, a review does.
    ``path`` leads from the page to what was withdrawn, as pairs of a relation and the translation
    key it leads to.
    """

    class Outcome(models.TextChoices):
        HOLDS = "holds", _("It still holds")
        CHANGED = "changed", _("It was changed")
        WITHDRAWN = "withdrawn", _("It is withdrawn as well")

    withdrawal = models.ForeignKey(Withdrawal, models.CASCADE, related_name="flags")
    key = models.UUIDField(db_index=True)  # translation key of the page in doubt
    path = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    reviewed_at = models.DateTimeField(null=True)
    reviewer = models.CharField(
        _("who reviewed it"), max_length=200, blank=True, help_text=_("Shown to readers.")
    )
    checked = models.TextField(
        _("what was checked"), blank=True,
        help_text=_("What you compared and what you found. Shown to readers."),
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("page resting on withdrawn knowledge")
        verbose_name_plural = _("pages resting on withdrawn knowledge")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["withdrawal", "key"], name="one_flag_per_withdrawal")
        ]

    def __str__(self):
        return f"{self.key}: {self.withdrawal}"

    @property
    def is_open(self) -> bool:
        return self.reviewed_at is None and self.withdrawal.lifted_at is None
