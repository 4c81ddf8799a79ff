"""The gate: Django's ``EMAIL_BACKEND``, which writes every e-mail into the queue.

It is written in the transaction of whoever sends it: a change that is rolled back sends nothing,
and no request waits for a mail server or fails with it. ``hub.email.delivery`` sends it.
"""

from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from hub.email.content import HubEmail, hash_of, packed, stamped_headers
from hub.models import QueuedEmail


class QueueBackend(BaseEmailBackend):
    """Queues e-mails, one row for each recipient; takes what other backends take."""

    def __init__(self, fail_silently=False, **kwargs):
        super().__init__(fail_silently=fail_silently)

    def send_messages(self, email_messages) -> int:
        """Queue the e-mails; returns how many have a recipient."""
        messages = [message for message in email_messages if message.recipients()]
        try:
            with transaction.atomic():  # what fails here leaves the caller's transaction usable
                QueuedEmail.objects.bulk_create(
                    row for message in messages for row in _rows(message)
                )
        except Exception:
            if not self.fail_silently:
                raise
            return 0
        return len(messages)


def _rows(message):
    """A row for each recipient of ``message``."""
    known, has_text = {}, True
    if isinstance(message, HubEmail):
        known = {"kind": message.kind, "valid_until": message.valid_until}
        has_text = not message.is_confirmation
        if message.subscription:
            known["subscription_model"] = message.subscription._meta.label
            known["subscription_id"] = message.subscription.pk
    headers = stamped_headers(message)
    for recipient in dict.fromkeys(map(str, message.recipients())):
        content = packed(message, recipient, headers) if has_text else ""
        yield QueuedEmail(address_hash=hash_of(recipient), content=content, **known)
