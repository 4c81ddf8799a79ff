"""Reminders that were sent, and addresses that opted out of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reminder(models.Model):
    """One clause in one e-mail to a party; ``step`` is in days from ``due``, negative before it."""

    party = models.ForeignKey("policy.Party", on_delete=models.CASCADE, related_name="reminders")
    clause_key = models.UUIDField()
    due = models.DateField(_("due"))
    step = models.SmallIntegerField()
    sent_on = models.DateField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party", "clause_key", "due", "step"], name="one_reminder_per_step"
            )
        ]

    def __str__(self):
        return f"{self.party}: {self.due} {self.step:+}"


class ReminderOptOut(models.Model):
    """An e-mail address that gets no more reminders of one party."""

    party = models.ForeignKey(
        "policy.Party", on_delete=models.CASCADE, related_name="reminder_opt_outs"
    )
    email = models.EmailField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "email"], name="one_reminder_opt_out"),
        ]

    def __str__(self):
        return f"{self.party}: {self.email}"
