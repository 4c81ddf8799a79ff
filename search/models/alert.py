"""A search that somebody wants to hear of by e-mail when something new is found."""

import hashlib
import json
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hub.models.subscription import Subscription, SubscriptionQuerySet

# An hourly look must not make a daily letter an hour later every day.
SLACK = timedelta(minutes=30)


def digest_of(language, site_id, text, chosen) -> str:
    """The same for the same search, whatever the order of what was chosen."""
    said = [language, site_id, text.lower(), {n: sorted(v) for n, v in chosen.items() if v}]
    return hashlib.blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=16).hexdigest()


class AlertQuerySet(SubscriptionQuerySet):
    def due(self, now=None):
        """Confirmed ones whose day or week has passed since they were last looked at."""
        now = now or timezone.now()
        late = Q()
        for every, days in Alert.DAYS.items():
            late |= Q(every=every, looked_until__lte=now - timedelta(days=days) + SLACK)
        return self.confirmed().filter(late)


class Alert(Subscription):
    """One saved search of one e-mail address.

    ``chosen`` maps names of facets to values, as ``search.query.find`` takes them. ``looked_until`` is
    the moment up to which news was looked for, and ``told`` the keys of what was found in the last
    hour before it: see ``search.alerts.subscriptions``.
    """

    class Every(models.TextChoices):
        DAY = "day", _("Once a day")
        WEEK = "week", _("Once a week")

    DAYS = {Every.DAY: 1, Every.WEEK: 7}

    site = models.ForeignKey("wagtailcore.Site", on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=200, blank=True)
    chosen = models.JSONField(default=dict)
    digest = models.CharField(max_length=32, editable=False)
    every = models.CharField(max_length=4, choices=Every.choices, default=Every.WEEK)
    looked_until = models.DateTimeField(null=True, db_index=True)
    told = models.JSONField(default=list)

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email", "digest"], name="one_alert_of_a_search"),
        ]

    def at_start(self, now):
        return {"looked_until": now}

    def confirm_letter(self):
        from search.alerts.emails import confirm_letter

        return confirm_letter(self)
