"""The alerts of somebody who is signed in: on her own page, handed over, erased.

Alerts need no account, so they belong to an address: to whoever has confirmed it as hers.
"""

from django.urls import reverse
from django.utils.translation import gettext as _

from hub.people.account_pages import AccountSection
from search.alerts.saved_search import Question
from search.models import Alert


def section(user) -> AccountSection:
    items = []
    for alert in Alert.objects.of_member(user):
        question = Question(alert.text, alert.chosen)
        items.append({
            "title": question.label, "url": question.address(), "every": alert.get_every_display(),
            "stop_url": reverse("search_alert_stop", args=[alert.stop_token]),
        })
    return AccountSection(_("Searches I follow"), items, "search/member_alerts.html")


def export(user) -> list[dict]:
    held = Alert.objects.of_member(user)
    return list(held.values("text", "chosen", "language", "every", "confirmed_at"))


def erase(user) -> None:
    Alert.objects.of_member(user).delete()
