"""The e-mails of alerts: plain text, in the language the search was saved in."""

from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from hub.email import subscriptions
from hub.email.sending import absolute
from search.alerts.saved_search import SavedSearch

MAX_SUBJECT_LABEL = 60  # characters of the search that a subject shows


def confirmation_email(alert) -> EmailMessage:
    """Asks to confirm the alert; where it is confirmed already, says so."""
    with override(alert.language):
        is_confirmed = alert.confirmed_at is not None
        url = reverse("search_alert_confirm", args=[alert.confirm_token])
        subject = _("You already get this alert") if is_confirmed else _("Confirm your alert")
        return _email(alert, "already_confirmed" if is_confirmed else "confirm", subject, {
            "confirm_url": absolute(url, alert.site),
            "days": alert.DAYS_TO_CONFIRM,
        })


def new_results_email(alert, new_results, total) -> EmailMessage:
    """Lists ``new_results``, the first of ``total``."""
    with override(alert.language):
        label = _label(alert)
        short = label if len(label) <= MAX_SUBJECT_LABEL else f"{label[:MAX_SUBJECT_LABEL]}…"
        subject = _("New: %(search)s") % {"search": short}
        items = [
            {
                "title": item.title, "is_file": item.is_file,
                "page_title": item.result.page.title, "summary": item.result.hit.summary,
                "url": absolute(item.path, alert.site),
            }
            for item in new_results
        ]
        return _email(
            alert, "new_results", subject, {"items": items, "more": total - len(items)}
        )


def _email(alert, name, subject, context) -> EmailMessage:
    search = SavedSearch.of_alert(alert)
    stop_url = absolute(reverse("search_alert_stop", args=[alert.stop_token]), alert.site)
    return subscriptions.build_email(alert, f"search/alerts/emails/{name}.txt", subject, context | {
        "search": _label(alert), "frequency": alert.frequency,
        "search_url": absolute(search.url(), alert.site),
    }, stop_url)


def _label(alert) -> str:
    return " ".join(SavedSearch.of_alert(alert).label.split())
