"""The ledger as a table: which status each cell has from which day to which."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from policy.ledger.rules import ClauseStatus


class StatusPeriodQuerySet(models.QuerySet):
    def on(self, day):
        """The stretches that hold on ``day``: one for each cell that is adopted by then."""
        return self.filter(since__lte=day, until__gt=day)


class StatusPeriod(models.Model):
    """Derived from evidence by ``policy.ledger.status_periods``, never typed; ``check_ledger`` compares.

    Days to come are in it too, so the status of any day is a look-up and no clock has to run.
    ``party`` is empty for the clause as a whole. ``until`` is the first day that is not of it.
    """

    clause_key = models.UUIDField(_("clause"))
    party = models.ForeignKey(
        "policy.Party", on_delete=models.CASCADE, null=True, related_name="+"
    )
    is_named = models.BooleanField()  # whether the clause names the party as responsible
    status = models.CharField(_("status"), max_length=12, choices=ClauseStatus.choices)
    since = models.DateField()
    until = models.DateField()

    objects = StatusPeriodQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["clause_key", "party", "since"])]

    def __str__(self):
        return f"{self.status} {self.since}–{self.until}"
