"""What all e-mail subscriptions have in common: requesting, building the e-mail, sending it once.

Nothing is sent twice. What was sent is recorded and committed before the e-mail goes out, by an
update that succeeds only if the row is unchanged since it was read: of two concurrent senders one
wins, and a sender that is killed in between leaves an e-mail unsent rather than sent twice. After a
temporary refusal by the mail server the record is restored, and the e-mail is retried by the next
run.
"""

import logging
import smtplib

from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django_tasks import task

from hub.hooks import registered
from hub.web.client_address import network_of
from hub.web.rate_limit import DAY, HOUR, hit

logger = logging.getLogger(__name__)
REQUESTS_PER_VISITOR = 10  # in an hour
CONFIRMATIONS_PER_ADDRESS = 5  # to ask for confirmation, in a day
REFUSALS = (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException)  # of one e-mail


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
    send_confirmation.enqueue(model=model._meta.label, pk=known.pk)


@task(priority=10)  # first: somebody waits for it
def send_confirmation(model: str, pk: int) -> str:
    """Send the e-mail that asks for confirmation.

    The address is read here and is no argument: arguments of tasks are stored for days.
    """
    subscription = apps.get_model(model).objects.filter(pk=pk).first()
    if subscription is None:
        return "gone"
    try:
        _confirmation_email(subscription).send()
    except Exception as error:
        # The error is stored with the task, and mail servers repeat the address in it.
        raise RuntimeError(f"The e-mail was not sent: {type(error).__name__}") from None
    return "sent"


def _confirmation_email(subscription) -> EmailMessage:
    for build in registered("confirmation_email"):
        if email := build(subscription):
            return email
    raise LookupError(f"No app builds the confirmation e-mail of {subscription._meta.label}.")


def build_email(subscription, template, subject, context, stop_url) -> EmailMessage:
    """A plain-text e-mail from ``template`` in the active language; ``stop_url`` is absolute."""
    body = render_to_string(template, context | {
        "stop_url": stop_url, "site_name": settings.WAGTAIL_SITE_NAME,
    })
    subject = " ".join(f"{subject} – {settings.WAGTAIL_SITE_NAME}".split())
    return EmailMessage(subject, body.strip() + "\n", to=[subscription.email], headers={
        # RFC 8058: mail programs offer one click that needs no page.
        "List-Unsubscribe": f"<{stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    })


# Sending


def send_each(subscriptions, send_news) -> int:
    """Call ``send_news`` for each of ``subscriptions``; returns the number of e-mails sent.

    ``send_news(subscription)`` returns whether an e-mail was sent. A failure does not stop the
    others, unless the mail server is unreachable.
    """
    sent = 0
    model = subscriptions.model
    for pk in list(subscriptions.values_list("pk", flat=True)):
        subscription = model.objects.filter(pk=pk).first()
        try:
            sent += bool(subscription and send_news(subscription))
        except Exception as error:
            # Not the whole error: mail servers repeat the address in it.
            logger.warning("%s %s was not sent: %s", model._meta.label, pk, type(error).__name__)
            if isinstance(error, OSError) and not isinstance(error, REFUSALS):
                break  # the mail server is unreachable, and each try would wait for its timeout
    return sent


def send_once(subscription, message, guard, sent) -> bool:
    """Send ``message`` if the row is unchanged since it was read; returns whether it was sent.

    ``guard`` names the field that every sending changes, ``sent`` (field → value) is what is stored
    on the row. Without a ``message`` it is only stored.
    """
    before = {name: getattr(subscription, name) for name in sent}
    if not _claim(subscription, {guard: before[guard]}, sent) or message is None:
        return False
    try:
        message.send()
    except Exception as error:
        if not _is_permanent(error):
            _claim(subscription, {guard: sent[guard]}, before)
        raise
    return True


def _is_permanent(error) -> bool:
    """Whether the mail server will refuse this e-mail the next time as well."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _said in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def _claim(subscription, where, values) -> bool:
    """Store ``values`` if the row still has the values of ``where``; returns whether it had."""
    with transaction.atomic():
        rows = type(subscription).objects.filter(pk=subscription.pk, **where)
        return bool(rows.update(**values))
