"""Subscriptions of e-mail addresses: requested, confirmed, and stopped at any time."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import models
from django.utils import timezone

from hub.models.addresses import at_addresses_of
from hub.models.clock import deletes_by_age


def new_key() -> str:
    return secrets.token_urlsafe(16)


class SubscriptionQuerySet(models.QuerySet):
    def confirmed(self):
        return self.exclude(confirmed_at=None)

    def of_member(self, user):
        """Those for the addresses of ``user``, which they have confirmed: subscriptions have no
        account."""
        return self.at_addresses_of(user).confirmed()

    def at_addresses_of(self, user):
        """As ``of_member``, with those that nobody has confirmed yet."""
        return self.filter(at_addresses_of(user)).order_by("pk")

    @deletes_by_age
    def delete_expired(self, now=None):
        """Delete those that were not confirmed before the link expired."""
        before = (now or timezone.now()) - timedelta(days=self.model.DAYS_TO_CONFIRM)
        self.filter(confirmed_at=None, requested_at__lt=before).delete()


class Subscription(models.Model):
    """One subscription of an e-mail address without an account; the address is stored only here.

    The links in the e-mails contain ``key``, signed: the link that confirms expires, the one that
    unsubscribes does not. Neither is valid as the other, or for another model.
    """

    DAYS_TO_CONFIRM = 3
    MAX_PER_ADDRESS = 10

    email = models.EmailField()
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    requested_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self):
        # Appears in logs and error reports, which must not contain the address.
        return f"{self._meta.model_name} {self.pk}"

    @classmethod
    def _signer(cls, purpose, signer=signing.Signer):
        return signer(salt=f"{cls._meta.label_lower}.{purpose}")

    @property
    def confirm_token(self) -> str:
        return self._signer("confirm", signing.TimestampSigner).sign(self.key)

    @property
    def stop_token(self) -> str:
        return self._signer("stop").sign(self.key)

    @classmethod
    def from_confirm_token(cls, token):
        """The subscription that ``token`` confirms; None if it is invalid or expired."""
        age = timedelta(days=cls.DAYS_TO_CONFIRM)
        try:
            key = cls._signer("confirm", signing.TimestampSigner).unsign(token, max_age=age)
        except signing.BadSignature:
            return None
        return cls.objects.filter(key=key).first()

    @classmethod
    def key_of(cls, token) -> str | None:
        """The key in a link that unsubscribes; None if it is invalid."""
        try:
            return cls._signer("stop").unsign(token)
        except signing.BadSignature:
            return None

    def confirm(self) -> None:
        """Confirm the subscription; idempotent."""
        now = timezone.now()
        type(self).objects.filter(pk=self.pk, confirmed_at=None).update(
            confirmed_at=now, **self.initial_values(now)
        )

    def initial_values(self, now) -> dict:
        """Values of fields that are stored at the confirmation."""
        raise NotImplementedError

    @classmethod
    def stop(cls, key, all_of_address=False) -> None:
        """Delete the subscription with ``key``, or all of its address."""
        rows = cls.objects.filter(key=key)
        if all_of_address:
            rows = cls.objects.filter(email__in=list(rows.values_list("email", flat=True)))
        rows.delete()

    def others(self) -> int:
        """The number of other subscriptions of this model for the address."""
        return type(self).objects.filter(email=self.email).exclude(pk=self.pk).count()
