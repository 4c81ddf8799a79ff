"""What all e-mail subscriptions have in common: requesting, building the e-mail, sending it once.

Nothing is sent twice. What was sent is recorded by an update that succeeds only if the row is
unchanged since it was read, in one transaction with the e-mail's row in the queue: of two
concurrent senders one wins, and a sender that is killed has either done both or neither.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from hub.email.content import HubEmail
from hub.web.client_address import network_of
from hub.web.rate_limit import DAY, HOUR, hit

logger = logging.getLogger(__name__)
REQUESTS_PER_VISITOR = 10  # in an hour
CONFIRMATIONS_PER_ADDRESS = 5  # to ask for confirmation, in a day
CONFIRMATION = "confirmation"  # the kind of e-mail


# Requesting


def may_ask(request) -> bool:
    """Whether this visitor is below the limit of requests per hour."""
    return hit("alert", network_of(request), HOUR) <= REQUESTS_PER_VISITOR


def request_subscription(model, email, identity, values) -> None:
    """Store a subscription of ``model`` and send an e-mail to confirm it.

    ``identity`` and ``values`` map fields to values; ``identity`` distinguishes the subscriptions
    of one address. The response does not reveal whether the address is known, has too many
    subscriptions or got too many e-mails: then none is sent.
    """
    email = email.strip().lower()
    if hit("alert", email, DAY) > CONFIRMATIONS_PER_ADDRESS:
        return
    known = model.objects.filter(email=email, **identity).first()
    if known is None:
        if model.objects.filter(email=email).count() >= model.MAX_PER_ADDRESS:
            return
        try:
            with transaction.atomic():
                known = model.objects.create(email=email, **identity, **values)
        except IntegrityError:
            return  # requested twice concurrently; the other request sends
    elif known.confirmed_at is None:
        model.objects.filter(pk=known.pk).update(requested_at=timezone.now(), **values)
    HubEmail(
        to=[email], subscription=known, is_confirmation=True, kind=CONFIRMATION,
        valid_until=timezone.now() + timedelta(days=model.DAYS_TO_CONFIRM),
    ).send()


def build_email(subscription, template, subject, context, stop_url) -> EmailMessage:
    """A plain-text e-mail from ``template`` in the active language; ``stop_url`` is absolute."""
    body = render_to_string(template, context | {
        "stop_url": stop_url, "site_name": settings.WAGTAIL_SITE_NAME,
    })
    subject = " ".join(f"{subject} – {settings.WAGTAIL_SITE_NAME}".split())
    headers = {
        # RFC 8058: mail programs offer one click that needs no page.
        "List-Unsubscribe": f"<{stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    return HubEmail(
        subject, body.strip() + "\n", to=[subscription.email], headers=headers,
        kind=template, subscription=subscription,
    )


# Sending


def send_each(subscriptions, send_news) -> int:
    """Call ``send_news`` for each of ``subscriptions``; returns the number of e-mails sent.

    ``send_news(subscription)`` returns whether an e-mail was sent. A failure does not stop the
    others.
    """
    sent = 0
    model = subscriptions.model
    for pk in list(subscriptions.values_list("pk", flat=True)):
        subscription = model.objects.filter(pk=pk).first()
        try:
            sent += bool(subscription and send_news(subscription))
        except Exception as error:
            # Not the whole error, which may contain the address.
            logger.warning("%s %s was not sent: %s", model._meta.label, pk, type(error).__name__)
    return sent


def send_once(subscription, message, guard, sent) -> bool:
    """Send ``message`` if the row is unchanged since it was read; returns whether it was sent.

    ``guard`` names the field that every sending changes, ``sent`` (field → value) is what is stored
    on the row. Without a ``message`` it is only stored.
    """
    with transaction.atomic():
        if not _claim(subscription, {guard: getattr(subscription, guard)}, sent):
            return False
        if message is None:
            return False
        message.send()
    return True


def _claim(subscription, where, values) -> bool:
    """Store ``values`` if the row still has the values of ``where``; returns whether it had."""
    rows = type(subscription).objects.filter(pk=subscription.pk, **where)
    return bool(rows.update(**values))
