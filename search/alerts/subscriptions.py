"""Saved searches by e-mail: subscribing, and sending what is new (``hub.email.subscriptions``).

Each check reaches back an hour before the end of the last one, for what was published then but
committed late; results of that hour that were already sent are remembered by their keys.
"""

from datetime import timedelta
from functools import partial

from django.utils import timezone
from django.utils.translation import override

from hub.email import subscriptions
from search.alerts import emails
from search.alerts.new_results import new_results_between
from search.alerts.saved_search import SavedSearch
from search.models import Alert
from search.models.alert import digest_of

OVERLAP = timedelta(hours=1)
MAX_RESULTS_PER_EMAIL = 20  # the last line of the e-mail counts the rest


def subscribe(search, site, email, language, frequency) -> None:
    """Save ``search`` for the address and send an e-mail that asks to confirm it."""
    digest = digest_of(language, site.pk, search.text, search.filters)
    subscriptions.request_subscription(Alert, email, {"digest": digest}, {
        "language": language, "site": site, "text": search.text, "filters": search.filters,
        "frequency": frequency,
    })


def send_due(now=None) -> int:
    """Send the alerts that are due and have new results; returns how many e-mails were sent."""
    now = now or timezone.now()
    Alert.objects.delete_expired(now)
    return subscriptions.send_each(
        Alert.objects.due(now).order_by("checked_until"), partial(_send_if_new, now=now)
    )


def _send_if_new(alert, now) -> bool:
    """Look for new results of one alert and send them; whether an e-mail was sent."""
    after = max(alert.checked_until - OVERLAP, alert.confirmed_at)
    with override(alert.language):
        found = new_results_between(SavedSearch.of_alert(alert), alert.site, after, now)
        unsent = [result for result in found if result.key not in alert.sent_keys]
        email = emails.new_results_email(
            alert, unsent[:MAX_RESULTS_PER_EMAIL], len(unsent)
        ) if unsent else None
        return subscriptions.send_once(alert, email, "checked_until", {
            "checked_until": now,
            "sent_keys": [result.key for result in found if result.moment > now - OVERLAP],
        })
