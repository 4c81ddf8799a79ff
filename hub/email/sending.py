"""Plain-text e-mails in the reader's language.

Sent like every e-mail through the queue (``hub.email.backend``): in the transaction of the change
that causes it.
"""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.encoding import iri_to_uri
from django.utils.translation import override

from hub.email.content import HubEmail


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


def send_email(
    address, language, template, subject, context=None, headers=None, valid_until=None
) -> None:
    """Send the text ``template`` (a path below templates) to one e-mail ``address``.

    ``subject`` is a callable, or a lazy or plain string; it and the template are rendered in
    ``language``, the template with ``context``, ``site_name`` and ``hub_url``. Nothing is sent to
    an empty address, or after ``valid_until``, when what the e-mail is for has passed.
    """
    if not address:
        return
    with override(language):
        title = subject() if callable(subject) else str(subject)
        body = render_to_string(template, (context or {}) | {
            "site_name": settings.WAGTAIL_SITE_NAME, "hub_url": absolute("/"),
        })
    HubEmail(
        " ".join(f"{title} – {settings.WAGTAIL_SITE_NAME}".split()), body.strip() + "\n",
        to=[address], headers={"Auto-Submitted": "auto-generated"} | (headers or {}),
        kind=template, valid_until=valid_until,
    ).send()


def send_email_to_user(user, template, subject, context=None, **options) -> None:
    """As ``send_email``, in the language of ``user``; inactive users get no e-mail."""
    if user.is_active:
        send_email(user.email, language_of(user), template, subject, context, **options)
