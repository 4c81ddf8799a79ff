"""How tests read what is sent: e-mails pass through the queue and are delivered at once into
``django.core.mail.outbox``."""

from hub.email.backend import QueueBackend
from hub.email.delivery import deliver


class DeliveringBackend(QueueBackend):
    """The hub's own backend, and its delivery in the same transaction.

    What ``mail.outbox`` holds was written into the database, encrypted, read again and rendered.
    """

    def send_messages(self, email_messages):
        queued = super().send_messages(email_messages)
        deliver()
        return queued
