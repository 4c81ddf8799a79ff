"""Saved searches by e-mail: asking, and sending what is new, as ``hub.email.subscriptions`` has it.

Each look goes back an hour further than the last one ended, for what was published then and
committed late; what was told of in that hour is remembered by its key.
"""

from datetime import timedelta
from functools import partial

from django.utils import timezone
from django.utils.translation import override

from hub.email import subscriptions
from search.alerts import emails
from search.alerts.new_results import news
from search.alerts.saved_search import Question
from search.models import Alert
from search.models.alert import digest_of

LOOK_BACK = timedelta(hours=1)
NEWS_OF_A_LETTER = 20  # the rest is counted in the letter's last line


def ask(question, site, email, language, every) -> None:
    """Keep the search and write to its address to confirm it."""
    digest = digest_of(language, site.pk, question.text, question.chosen)
    subscriptions.ask(Alert, email, {"digest": digest}, {
        "language": language, "site": site, "text": question.text, "chosen": question.chosen,
        "every": every,
    })


def send_due(now=None) -> int:
    """Write to everybody who waits and for whom there is news; returns how many letters."""
    now = now or timezone.now()
    Alert.objects.forgotten(now).delete()
    return subscriptions.send_each(
        Alert.objects.due(now).order_by("looked_until"), partial(_look, now=now)
    )


def _look(alert, now) -> bool:
    """Look for news for one alert and send it; whether a letter went out."""
    after = max(alert.looked_until - LOOK_BACK, alert.confirmed_at)
    with override(alert.language):
        found = news(Question(alert.text, alert.chosen), alert.site, after, now)
        fresh = [n for n in found if n.key not in alert.told]
        letter = emails.news_letter(alert, fresh[:NEWS_OF_A_LETTER], len(fresh)) if fresh else None
        return subscriptions.send_once(alert, letter, "looked_until", {
            "looked_until": now, "told": [n.key for n in found if n.moment > now - LOOK_BACK],
        })
