"""What all letters by subscription have in common: asking, the letter itself, sending with care.

Nobody gets the same news twice. What a subscription has been told is committed before its letter
goes out, by an update that takes hold only where the row stands as it was read: of two senders one
wins, and one that is killed between the two leaves a letter unsent rather than one sent again. A
letter that the mail server refuses for now is put back and tried again at the next look.
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
from hub.web.rate_limit import DAY, HOUR, hit, network_of

logger = logging.getLogger(__name__)
ASKED_OF_A_VISITOR = 10  # in an hour
LETTERS_TO_AN_ADDRESS = 5  # to ask for confirmation, in a day
REFUSALS = (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException)  # of one letter


# Asking


def may_ask(request) -> bool:
    """Whether this visitor asked less often than the limit in the last hour."""
    return hit("alert", network_of(request), HOUR) <= ASKED_OF_A_VISITOR


def ask(model, email, same, said) -> None:
    """Keep a subscription of ``model`` to what ``same`` names and write to confirm it.

    ``same`` and ``said`` map fields to values; ``same`` tells one subscription of an address from
    the next. Looks the same from outside whether the address is known or not, has too many, or is
    written to too often: then there is no letter.
    """
    email = email.strip().lower()
    if hit("alert", email, DAY) > LETTERS_TO_AN_ADDRESS:
        return
    known = model.objects.filter(email=email, **same).first()
    if known is None:
        if model.objects.filter(email=email).count() >= model.MOST_OF_ONE_ADDRESS:
            return
        try:
            with transaction.atomic():
                known = model.objects.create(email=email, **same, **said)
        except IntegrityError:
            return  # asked twice at once; the other one writes
    elif known.confirmed_at is None:
        model.objects.filter(pk=known.pk).update(asked_at=timezone.now(), **said)
    send_confirmation.enqueue(model=model._meta.label, pk=known.pk)


@task(priority=10)  # before all else: somebody waits with the mail program open
def send_confirmation(model: str, pk: int) -> str:
    """The address is read here: tasks are kept for days."""
    subscription = apps.get_model(model).objects.filter(pk=pk).first()
    if subscription is None:
        return "gone"
    try:
        _confirmation_email(subscription).send()
    except Exception as error:
        # What is raised is kept with the task, and mail servers repeat the address.
        raise RuntimeError(f"The letter was not sent: {type(error).__name__}") from None
    return "sent"


def _confirmation_email(subscription) -> EmailMessage:
    for build in registered("confirmation_email"):
        if email := build(subscription):
            return email
    return subscription.confirm_letter()


def letter(subscription, template, subject, context, stop_url) -> EmailMessage:
    """Plain text from ``template``, in the language that is active now; ``stop_url`` is whole."""
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


def send_each(subscriptions, look) -> int:
    """``look`` at each of ``subscriptions`` and write where there is news; how many letters.

    ``look(subscription)`` says whether a letter went out. One that fails stops no other, but for a
    mail server that is away.
    """
    sent = 0
    model = subscriptions.model
    for pk in list(subscriptions.values_list("pk", flat=True)):
        subscription = model.objects.filter(pk=pk).first()
        try:
            sent += bool(subscription and look(subscription))
        except Exception as error:
            # Not the whole error: mail servers repeat the address in what they say.
            logger.warning("%s %s was not sent: %s", model._meta.label, pk, type(error).__name__)
            if isinstance(error, OSError) and not isinstance(error, REFUSALS):
                break  # the mail server is away, and each try would wait for it
    return sent


def send_once(subscription, message, guard, told) -> bool:
    """Send ``message`` where the row stands as it was read; whether it went out.

    ``guard`` names the field that every telling changes, ``told`` (field → value) is what the row
    says from then on. Without a ``message`` only that is written.
    """
    before = {name: getattr(subscription, name) for name in told}
    if not _claim(subscription, {guard: before[guard]}, told) or message is None:
        return False
    try:
        message.send()
    except Exception as error:
        if not _is_for_good(error):
            _claim(subscription, {guard: told[guard]}, before)
        raise
    return True


def _is_for_good(error) -> bool:
    """Whether the mail server will not take this letter the next time either."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _said in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def _claim(subscription, where, values) -> bool:
    """Write ``values`` where the row still stands as ``where`` says, in a transaction."""
    with transaction.atomic():
        rows = type(subscription).objects.filter(pk=subscription.pk, **where)
        return bool(rows.update(**values))
