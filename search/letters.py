"""The letters of alerts: plain text, in the language the search was saved in."""

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.utils.translation import override

from search.question import Question

# What the signatures in links are for: one does not do for the other.
CONFIRM, STOP = "search.alert.confirm", "search.alert.stop"
SUBJECT = 60  # characters of the search that stand in a subject


def confirm_letter(alert) -> EmailMessage:
    """Asks whether it was the reader herself; says so when she already gets the alert."""
    with override(alert.language):
        is_on = alert.confirmed_at is not None
        token = signing.TimestampSigner(salt=CONFIRM).sign(alert.key)
        subject = _("You already get this alert") if is_on else _("Confirm your alert")
        return _letter(alert, "already" if is_on else "confirm", subject, {
            "confirm_url": _absolute(alert, reverse("search_alert_confirm", args=[token])),
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
                "url": _absolute(alert, item.path),
            }
            for item in news
        ]
        return _letter(alert, "news", subject, {"items": items, "more": total - len(items)})


def _letter(alert, name, subject, context) -> EmailMessage:
    token = signing.Signer(salt=STOP).sign(alert.key)
    stop_url = _absolute(alert, reverse("search_alert_stop", args=[token]))
    question = Question(alert.text, alert.chosen)
    body = render_to_string(f"search/letters/{name}.txt", context | {
        "search": _label(alert), "stop_url": stop_url, "every": alert.every,
        "search_url": _absolute(alert, question.address()),
        "site_name": settings.WAGTAIL_SITE_NAME,
    })
    subject = " ".join(f"{subject} – {settings.WAGTAIL_SITE_NAME}".split())
    return EmailMessage(subject, body.strip() + "\n", to=[alert.email], headers={
        # RFC 8058: mail programs offer one click that needs no page.
        "List-Unsubscribe": f"<{stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    })


def _label(alert) -> str:
    return " ".join(Question(alert.text, alert.chosen).label.split())


def _absolute(alert, path) -> str:
    """The whole address: ``BASE_URL`` for the hub's own site, else what that site is set to."""
    site = alert.site
    base = settings.WAGTAILADMIN_BASE_URL if site.is_default_site else site.root_url
    return base.rstrip("/") + iri_to_uri(path)
