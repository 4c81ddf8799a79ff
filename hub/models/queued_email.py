"""E-mails that wait for the mail server, and for a while what became of them."""

import secrets
from datetime import timedelta

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hub.models.clock import deletes_by_age

LEASE = timedelta(minutes=10)  # longer than a connection to the mail server may last
KEPT_UNSENT = timedelta(days=14)  # then an e-mail that could not be sent is erased
KEPT_RECORD = timedelta(days=30)  # of an e-mail that was sent, dropped or erased
LATE = timedelta(minutes=30)  # after which an e-mail counts as delayed


class QueuedEmailQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=QueuedEmail.State.WAITING)

    def unsendable(self):
        return self.filter(state=QueuedEmail.State.UNSENDABLE)

    def late(self, now=None):
        """Those that have waited longer than ``LATE``."""
        return self.waiting().filter(queued_at__lte=(now or timezone.now()) - LATE)

    def due(self, now):
        """Those to be sent now: no other process is at work on them, and they are still valid."""
        return self.waiting().filter(
            Q(leased_until=None) | Q(leased_until__lte=now),
            Q(valid_until=None) | Q(valid_until__gt=now),
            next_try_at__lte=now,
        )

    def is_server_resting(self, now) -> bool:
        """Whether the mail server failed as a whole and its next try lies ahead.

        Without it, every new e-mail would try a dead server or a wrong password once more.
        """
        return self.waiting().filter(
            problem__in=QueuedEmail.SERVER_PROBLEMS, next_try_at__gt=now
        ).exists()

    def claim(self, number, now) -> list["QueuedEmail"]:
        """Lease up to ``number`` of those that are due to the caller: first what expires first."""
        lease = secrets.token_urlsafe(16)
        with transaction.atomic():
            # SQLite has no row locks, and lets one writer in at a time.
            due = self.due(now).select_for_update(skip_locked=True)
            order = F("valid_until").asc(nulls_last=True), "next_try_at", "pk"
            pks = list(due.order_by(*order).values_list("pk", flat=True)[:number])
            self.filter(pk__in=pks).update(lease=lease, leased_until=now + LEASE)
        return list(self.filter(lease=lease).order_by(*order))

    def release(self, lease) -> None:
        """Give back what was claimed and not tried."""
        self.filter(lease=lease).update(lease="", leased_until=None)

    def try_again(self, now=None) -> int:
        """Send these at the next look, as if new; returns how many.

        Whoever asks has mended the mail server or its settings, so it is no longer left alone.
        """
        now = now or timezone.now()
        sendable = self.filter(
            Q(valid_until=None) | Q(valid_until__gt=now),
            state__in=[QueuedEmail.State.WAITING, QueuedEmail.State.UNSENDABLE],
        )
        number = sendable.update(
            state=QueuedEmail.State.WAITING, queued_at=now, next_try_at=now, finished_at=None,
            tries=0, unanswered=0, problem="", error="",
        )
        if number:
            QueuedEmail.objects.waiting().filter(
                problem__in=QueuedEmail.SERVER_PROBLEMS
            ).update(next_try_at=now, problem="")
        return number

    def finish(self, state, now=None) -> int:
        """Erase the e-mails and record what became of them; returns how many."""
        solved = {"problem": "", "error": ""} if state == QueuedEmail.State.SENT else {}
        return self.update(
            state=state, finished_at=now or timezone.now(), content="", lease="", leased_until=None,
            **solved,
        )

    def drop(self, now=None) -> int:
        """Never send these; returns how many."""
        unfinished = self.filter(
            state__in=[QueuedEmail.State.WAITING, QueuedEmail.State.UNSENDABLE]
        )
        return unfinished.finish(QueuedEmail.State.DROPPED, now)

    @deletes_by_age
    def erase_old(self, now=None) -> None:
        """Erase e-mails that are worth nothing any more, and old records."""
        now = now or timezone.now()
        unfinished = self.filter(
            Q(valid_until__lte=now) | Q(queued_at__lte=now - KEPT_UNSENT),
            Q(leased_until=None) | Q(leased_until__lte=now),
            state__in=[QueuedEmail.State.WAITING, QueuedEmail.State.UNSENDABLE],
        )
        unfinished.finish(QueuedEmail.State.EXPIRED, now)
        done = self.exclude(state__in=[QueuedEmail.State.WAITING, QueuedEmail.State.UNSENDABLE])
        done.filter(finished_at__lte=now - KEPT_RECORD).delete()


class QueuedEmail(models.Model):
    """One e-mail to one address.

    The text and the address are in ``content``, encrypted, until the e-mail is sent; of the address
    a keyed hash stays, by which it can be found by who knows it. Written through
    ``hub.email.backend``, sent by ``hub.email.delivery``.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits")
        SENT = "sent", _("Sent")
        UNSENDABLE = "unsendable", _("Cannot be sent")
        EXPIRED = "expired", _("Expired")
        DROPPED = "dropped", _("Will not be sent")

    class Problem(models.TextChoices):
        UNREACHABLE = "unreachable", _("The mail server cannot be reached")
        SIGN_IN = "sign_in", _("The mail server does not accept the user name or password")
        SENDER = "sender", _("The mail server does not accept the sender’s address")
        DEFERRED = "deferred", _("The mail server asks to try again later")
        INTERRUPTED = "interrupted", _("The connection to the mail server broke off")
        REFUSED = "refused", _("The mail server refused the e-mail for good")
        INVALID = "invalid", _("The e-mail or its address is malformed")
        UNREADABLE = "unreadable", _("It cannot be decrypted; SECRET_KEY was changed")
        UNANSWERED = "unanswered", _("Sending was cut short twice; it may have arrived")

    SERVER_PROBLEMS = (Problem.UNREACHABLE, Problem.SIGN_IN)

    # The template, or empty for e-mails of Wagtail and other packages.
    kind = models.CharField(_("kind"), max_length=150, blank=True)
    address_hash = models.CharField(max_length=64, db_index=True)
    # Of a subscription's confirmation it is empty: that is written when it is sent.
    content = models.TextField(blank=True)
    # The subscription by which it is sent; when that ends, the e-mail is not sent.
    subscription_model = models.CharField(max_length=100, blank=True)
    subscription_id = models.PositiveBigIntegerField(null=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    created_at = models.DateTimeField(_("written on"), default=timezone.now)
    queued_at = models.DateTimeField(default=timezone.now)  # since when it is tried
    valid_until = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(_("next try"), default=timezone.now)
    tried_at = models.DateTimeField(_("last try"), null=True)
    finished_at = models.DateTimeField(_("finished on"), null=True)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    # How often it was handed to the mail server by a process that did not live to hear the answer.
    unanswered = models.PositiveSmallIntegerField(default=0)
    lease = models.CharField(max_length=22, blank=True)
    leased_until = models.DateTimeField(null=True)
    problem = models.CharField(_("problem"), max_length=12, choices=Problem.choices, blank=True)
    error = models.CharField(max_length=100, blank=True)  # a name and codes, no personal data

    objects = QueuedEmailQuerySet.as_manager()

    class Meta:
        verbose_name = _("queued e-mail")
        verbose_name_plural = _("queued e-mails")
        ordering = ["-created_at", "-pk"]
        default_permissions = ("view", "change")
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(state="waiting"), name="emails_that_wait"
            ),
            models.Index(fields=["lease"], condition=~Q(lease=""), name="leased_emails"),
        ]

    def __str__(self):
        # Appears in logs, which must not contain the address.
        return f"e-mail {self.pk}"

    def hand_over(self, now) -> bool:
        """Record that it is about to be sent; False if the lease was lost meanwhile."""
        return self._update(
            leased_until=now + LEASE, tried_at=now, tries=F("tries") + 1,
            unanswered=F("unanswered") + 1,
        )

    def finish(self, state, now) -> None:
        type(self).objects.filter(pk=self.pk, lease=self.lease).finish(state, now)

    def postpone(self, until, problem, error) -> None:
        """The mail server answered that it did not take it; try again at ``until``."""
        self._update(
            next_try_at=until, problem=problem, error=error, unanswered=self.unanswered,
            lease="", leased_until=None,
        )

    def give_up(self, now, problem, error) -> None:
        """It cannot be sent; kept for a while, for an administrator to try again."""
        self._update(
            state=self.State.UNSENDABLE, finished_at=now, problem=problem, error=error,
            unanswered=self.unanswered, lease="", leased_until=None,
        )

    def _update(self, **values) -> bool:
        mine = type(self).objects.filter(pk=self.pk, lease=self.lease)
        return bool(mine.update(**values))
