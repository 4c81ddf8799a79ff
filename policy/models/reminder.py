"""Which reminders were written, and who wants none."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reminder(models.Model):
    """One clause in one letter to a party; ``step`` is in days from ``due``, before it negative."""

    party = models.ForeignKey("policy.Party", on_delete=models.CASCADE, related_name="reminders")
    clause_key = models.UUIDField()
    due = models.DateField(_("due"))
    step = models.SmallIntegerField()
    sent_on = models.DateField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party", "clause_key", "due", "step"], name="reminded_once"
            )
        ]

    def __str__(self):
        return f"{self.party}: {self.due} {self.step:+}"


class QuietAddress(models.Model):
    """An address that asked for no more reminders of one party."""

    party = models.ForeignKey(
        "policy.Party", on_delete=models.CASCADE, related_name="quiet_addresses"
    )
    email = models.EmailField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "email"], name="quiet_once"),
        ]

    def __str__(self):
        return f"{self.party}: {self.email}"
