"""Sends what is in the queue, in the background and outside transactions.

``EMAIL_DELIVERY_BACKEND`` hands the e-mails over. Each is claimed by a lease, so that two processes
never send the same one, and marked before it is handed over: when a process is killed before it
recorded the answer, the e-mail is sent once more, and never a third time.
"""

import logging
from contextlib import suppress

from django.apps import apps
from django.conf import settings
from django.core.mail import get_connection
from django.db.models import F
from django.utils import timezone

from hub.email import retries
from hub.email.content import Unreadable, addressed, unpacked
from hub.hooks import registered
from hub.models import QueuedEmail

logger = logging.getLogger(__name__)
MAX_PER_CONNECTION = 20
MAX_LOST = 3  # connections in a row; then the server is asked again at the next look
MAX_UNANSWERED = 2

State, Problem = QueuedEmail.State, QueuedEmail.Problem


def deliver(clock=timezone.now) -> int:
    """Send what is due at ``clock()``; returns how many e-mails were sent."""
    sent = 0
    # Asked before claiming: on SQLite to claim takes the one lock for writing.
    while _has_work(clock()):
        batch = QueuedEmail.objects.claim(MAX_PER_CONNECTION, clock())
        if not batch:
            break
        delivery = _Delivery(clock)
        try:
            go_on = delivery.send(batch)
        finally:
            delivery.close()
            QueuedEmail.objects.release(batch[0].lease)
        sent += delivery.sent
        if not go_on:
            break
    return sent


def _has_work(now) -> bool:
    emails = QueuedEmail.objects
    return emails.due(now).exists() and not emails.is_server_resting(now)


class _Delivery:
    """One batch, if possible over one connection."""

    def __init__(self, clock):
        self.clock = clock
        self.connection = None
        self.sent = self.lost = 0

    def send(self, batch) -> bool:
        """Send the batch; returns whether the mail server may be asked for more."""
        for row in batch:
            message = self._message_of(row)
            if message is None:
                continue
            if self.connection is None and not self._open(batch):
                return False
            if not row.hand_over(self.clock()):
                continue  # it took so long that another process has it now
            try:
                if not self.connection.send_messages([message]):
                    raise ConnectionError
            except Exception as error:
                self._failed(row, retries.failure_to_send(error))
                if self.lost >= MAX_LOST:
                    return False
            else:
                row.finish(State.SENT, self.clock())
                self.sent += 1
                self.lost = 0
        return True

    def close(self) -> None:
        if self.connection is not None:
            with suppress(Exception):  # what was sent is sent
                self.connection.close()
            self.connection = None

    def _open(self, batch) -> bool:
        self.connection = get_connection(settings.EMAIL_DELIVERY_BACKEND)
        try:
            self.connection.open()
        except Exception as error:
            self.close()
            self._rest(batch, retries.failure_to_connect(error))
            return False
        return True

    def _rest(self, batch, failure) -> None:
        """Leave the server alone: the batch, and what else is due, waits."""
        now = self.clock()
        tries = max(row.tries for row in batch) + 1
        logger.warning("The mail server failed: %s", failure.error)
        until = now + retries.rest(tries)
        told = {"problem": failure.problem, "error": failure.error}
        mine = QueuedEmail.objects.waiting().filter(lease=batch[0].lease)
        mine.update(
            tries=F("tries") + 1, tried_at=now, next_try_at=until, lease="", leased_until=None,
            **told,
        )
        QueuedEmail.objects.due(now).update(next_try_at=until, **told)

    def _message_of(self, row):
        """The e-mail of ``row``; None, and that is recorded, if it is not to be sent."""
        now = self.clock()
        if row.unanswered >= MAX_UNANSWERED:
            row.give_up(now, Problem.UNANSWERED, "")
            return None
        try:
            if not row.subscription_model:
                return unpacked(row.content)
            model = apps.get_model(row.subscription_model)
            subscription = model.objects.filter(pk=row.subscription_id).first()
            if subscription is None:
                row.finish(State.DROPPED, now)
                return None
            if row.content:
                return unpacked(row.content)
            return addressed(_confirmation_email(subscription), subscription.email)
        except Unreadable:
            row.give_up(now, Problem.UNREADABLE, "")
        except Exception as error:
            # Not the whole error, which may contain what the e-mail says.
            logger.error("%s was not written: %s", row, type(error).__name__)
            row.postpone(now + retries.LONGEST_DELAY, Problem.INVALID, type(error).__name__)
        return None

    def _failed(self, row, failure) -> None:
        now = self.clock()
        tries = row.tries + 1
        if failure.is_connection_lost:
            self.close()
            self.lost += 1
        logger.warning("%s (%s) was not sent: %s", row, row.kind or "other", failure.error)
        if failure.problem in QueuedEmail.SERVER_PROBLEMS:
            row.postpone(now + retries.rest(tries), failure.problem, failure.error)
        elif failure.is_permanent or now - row.queued_at >= retries.RETRIED_FOR:
            row.give_up(now, failure.problem, failure.error)
        else:
            row.postpone(now + retries.delay(tries), failure.problem, failure.error)


def _confirmation_email(subscription):
    for build in registered("confirmation_email"):
        if email := build(subscription):
            return email
    raise LookupError(f"No app builds the confirmation e-mail of {subscription._meta.label}.")
