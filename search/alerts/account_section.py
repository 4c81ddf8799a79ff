"""The alerts of a signed-in user: on the user's own page, exported, erased.

Alerts need no account, so they belong to an address: to the user who has confirmed it.
"""

from django.urls import reverse
from django.utils.translation import gettext as _

from hub.people.account_pages import AccountSection
from search.alerts.saved_search import SavedSearch
from search.models import Alert


def section(user) -> AccountSection:
    items = []
    for alert in Alert.objects.of_member(user):
        search = SavedSearch.of_alert(alert)
        items.append({
            "title": search.label, "url": search.url(),
            "frequency": alert.get_frequency_display(),
            "stop_url": reverse("search_alert_stop", args=[alert.stop_token]),
        })
    return AccountSection(_("Searches I follow"), items, "search/alerts/account_section.html")


def export(user) -> list[dict]:
    alerts = Alert.objects.of_member(user)
    return list(alerts.values("text", "filters", "language", "frequency", "confirmed_at"))


def erase(user) -> None:
    Alert.objects.at_addresses_of(user).delete()
