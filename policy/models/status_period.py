"""The ledger as a table: the status of each cell by periods of days."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from policy.ledger.rules import ClauseStatus, Extent


class StatusPeriodQuerySet(models.QuerySet):
    def on(self, day):
        """The periods that include ``day``: one for each cell that is adopted by then."""
        return self.filter(since__lte=day, until__gt=day)


class StatusPeriod(models.Model):
    """The status of a clause at a party from ``since`` until the day before ``until``.

    ``policy.ledger.status_periods`` derives it from evidence; ``check_ledger`` verifies the table.
    Future periods are included, so the status of any day is a look-up and no job has to run daily.
    ``party`` is empty for the clause as a whole.
    """

    clause_key = models.UUIDField(_("clause"))
    party = models.ForeignKey(
        "policy.Party", on_delete=models.CASCADE, null=True, related_name="+"
    )
    is_named = models.BooleanField()  # whether the clause names the party as responsible
    status = models.CharField(_("status"), max_length=12, choices=ClauseStatus.choices)
    extent = models.CharField(max_length=10, choices=Extent.choices, default="", db_default="")
    since = models.DateField()
    until = models.DateField()

    objects = StatusPeriodQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["clause_key", "party", "since"])]

    def __str__(self):
        return f"{self.status} {self.since}–{self.until}"
