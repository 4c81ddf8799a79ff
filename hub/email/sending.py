"""Plain-text e-mails in the reader's language, sent in the background.

An e-mail is enqueued in the transaction of the change that causes it: a rolled back change sends
nothing, and no request waits for the mail server.
"""

import logging
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.encoding import iri_to_uri
from django.utils.translation import override
from django_tasks import task

logger = logging.getLogger(__name__)


def language_of(user) -> str:
    """The language that ``user`` reads: what the profile says, else the site's."""
    profile = getattr(user, "wagtail_userprofile", None)
    chosen = (profile and profile.preferred_language) or settings.LANGUAGE_CODE
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def absolute(path, site=None) -> str:
    """The whole address of ``path``: ``BASE_URL`` for the hub's own site, else that of ``site``."""
    base = settings.WAGTAILADMIN_BASE_URL
    if site is not None and not site.is_default_site:
        base = site.root_url
    return base.rstrip("/") + iri_to_uri(path)


def send_email(address, language, template, subject, context=None, headers=None) -> None:
    """Send the text ``template`` (a path below templates) to one e-mail ``address``.

    ``subject`` is a callable, or a lazy or plain string; it and the template are rendered in
    ``language``, the template with ``context``, ``site_name`` and ``hub_url``. Nothing is sent to
    an empty address.
    """
    if not address:
        return
    with override(language):
        title = subject() if callable(subject) else str(subject)
        body = render_to_string(template, (context or {}) | {
            "site_name": settings.WAGTAIL_SITE_NAME, "hub_url": absolute("/"),
        })
    send.enqueue(
        address=address, subject=" ".join(f"{title} – {settings.WAGTAIL_SITE_NAME}".split()),
        body=body.strip() + "\n", headers=headers or {},
    )


def send_email_to_user(user, template, subject, context=None) -> None:
    """As ``send_email``, in the language of ``user``; inactive users get no e-mail."""
    if user.is_active:
        send_email(user.email, language_of(user), template, subject, context)


@task()
def send(address: str, subject: str, body: str, headers: dict) -> None:
    """Hand one e-mail to the mail server; a refusal is logged without the address."""
    message = EmailMessage(
        subject, body, to=[address], headers={"Auto-Submitted": "auto-generated"} | headers
    )
    try:
        message.send()
    except smtplib.SMTPException as error:
        logger.warning("An e-mail was not sent: %s", type(error).__name__)
