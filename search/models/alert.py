"""A saved search whose new results are sent by e-mail."""

import hashlib
import json
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hub.models.subscription import Subscription, SubscriptionQuerySet

# Jobs run hourly; without tolerance a daily e-mail would be an hour later every day.
TOLERANCE = timedelta(minutes=30)


def digest_of(language, site_id, text, filters) -> str:
    """Equal for equal searches, whatever the order of the values in ``filters``."""
    search = [language, site_id, text.lower(), {n: sorted(v) for n, v in filters.items() if v}]
    return hashlib.blake2b(json.dumps(search, sort_keys=True).encode(), digest_size=16).hexdigest()


class AlertQuerySet(SubscriptionQuerySet):
    def due(self, now=None):
        """Confirmed alerts whose day or week has passed since they were last checked."""
        now = now or timezone.now()
        overdue = Q()
        for frequency, days in Alert.DAYS.items():
            before = now - timedelta(days=days) + TOLERANCE
            overdue |= Q(frequency=frequency, checked_until__lte=before)
        return self.confirmed().filter(overdue)


class Alert(Subscription):
    """One saved search of one e-mail address.

    ``filters`` maps names of facets to values, as ``search.query.find`` takes them. New results
    up to ``checked_until`` have been looked for; ``sent_keys`` are the keys of results from the
    last hour before it: see ``search.alerts.subscriptions``.
    """

    class Frequency(models.TextChoices):
        DAY = "day", _("Once a day")
        WEEK = "week", _("Once a week")

    DAYS = {Frequency.DAY: 1, Frequency.WEEK: 7}

    site = models.ForeignKey("wagtailcore.Site", on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=200, blank=True)
    filters = models.JSONField(default=dict)
    digest = models.CharField(max_length=32, editable=False)
    frequency = models.CharField(
        max_length=4, choices=Frequency.choices, default=Frequency.WEEK
    )
    checked_until = models.DateTimeField(null=True, db_index=True)
    sent_keys = models.JSONField(default=list)

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email", "digest"], name="unique_alert_per_search"),
        ]

    def initial_values(self, now):
        return {"checked_until": now}
