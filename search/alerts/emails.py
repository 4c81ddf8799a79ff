"""The letters of alerts: plain text, in the language the search was saved in."""

from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from hub.email import subscriptions
from hub.email.sending import absolute
from search.alerts.saved_search import Question

SUBJECT = 60  # characters of the search that stand in a subject


def confirm_letter(alert) -> EmailMessage:
    """Asks whether it was the reader herself; says so when she already gets the alert."""
    with override(alert.language):
        is_on = alert.confirmed_at is not None
        address = reverse("search_alert_confirm", args=[alert.confirm_token])
        subject = _("You already get this alert") if is_on else _("Confirm your alert")
        return _letter(alert, "already" if is_on else "confirm", subject, {
            "confirm_url": absolute(address, alert.site),
            "days": alert.DAYS_TO_CONFIRM,
        })


def news_letter(alert, news, total) -> EmailMessage:
    """Tells what is new: the first of ``total`` finds."""
    with override(alert.language):
        label = _label(alert)
        short = label if len(label) <= SUBJECT else f"{label[:SUBJECT]}…"
        subject = _("New: %(search)s") % {"search": short}
        items = [
            {
                "title": item.title, "is_file": item.is_file,
                "page_title": item.result.page.title, "summary": item.result.hit.summary,
                "url": absolute(item.path, alert.site),
            }
            for item in news
        ]
        return _letter(alert, "news", subject, {"items": items, "more": total - len(items)})


def _letter(alert, name, subject, context) -> EmailMessage:
    question = Question(alert.text, alert.chosen)
    stop_url = absolute(reverse("search_alert_stop", args=[alert.stop_token]), alert.site)
    return subscriptions.letter(alert, f"search/letters/{name}.txt", subject, context | {
        "search": _label(alert), "every": alert.every,
        "search_url": absolute(question.address(), alert.site),
    }, stop_url)


def _label(alert) -> str:
    return " ".join(Question(alert.text, alert.chosen).label.split())
