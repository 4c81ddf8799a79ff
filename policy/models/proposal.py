"""Proposals for the agenda of an assembly, answered by the secretariat."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AgendaProposalQuerySet(models.QuerySet):
    def answered(self):
        """Proposals with an answer, which everybody may read."""
        return self.exclude(answer_kind="")

    def waiting(self):
        return self.filter(answer_kind="").order_by("created_at", "pk")


class AgendaProposal(models.Model):
    """A proposal for the agenda of an assembly, and the published answer.

    Before it is answered, only its author and the secretariat may read it.
    """

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", _("Taken onto the agenda")
        DECLINED = "declined", _("Not taken")

    page = models.ForeignKey(
        "policy.AssemblyPage", on_delete=models.CASCADE, related_name="proposals"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    title = models.CharField(_("title"), max_length=200)
    reason = models.TextField(_("why"))
    requested_decision = models.TextField(_("what the assembly could decide"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    answer_kind = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    answer = models.TextField(_("reason"), blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = AgendaProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("agenda proposal")
        verbose_name_plural = _("agenda proposals")

    def __str__(self):
        return self.title
