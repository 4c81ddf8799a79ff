"""Letters that an e-mail address asked for, confirmed and can stop at any time."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import models
from django.utils import timezone


def new_key() -> str:
    return secrets.token_urlsafe(16)


class SubscriptionQuerySet(models.QuerySet):
    def confirmed(self):
        return self.exclude(confirmed_at=None)

    def of_member(self, user):
        """Those on to the address of ``user``: they need no account, so they belong to whoever has
        confirmed the address as hers."""
        own = self.confirmed().filter(email=user.email.lower()).order_by("pk")
        return own if user.email else self.none()

    def forgotten(self, now=None):
        """Those that nobody confirmed while the link was good."""
        before = (now or timezone.now()) - timedelta(days=self.model.DAYS_TO_CONFIRM)
        return self.filter(confirmed_at=None, asked_at__lt=before)


class Subscription(models.Model):
    """What one e-mail address is written to about, without an account: the only place where the
    address is kept.

    ``key`` stands, signed, in the links of the letters: one link confirms while it is young, the
    other stops the letters and never grows old. Neither does for the other, nor for another model.
    """

    DAYS_TO_CONFIRM = 3
    MOST_OF_ONE_ADDRESS = 10

    email = models.EmailField()
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self):
        # Stands in logs and error reports, where an address has no business.
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
    def waiting_for(cls, token):
        """The one that ``token`` of a letter confirms, while the link is good; else None."""
        age = timedelta(days=cls.DAYS_TO_CONFIRM)
        try:
            key = cls._signer("confirm", signing.TimestampSigner).unsign(token, max_age=age)
        except signing.BadSignature:
            return None
        return cls.objects.filter(key=key).first()

    @classmethod
    def key_of(cls, token) -> str | None:
        """The key in a link that stops."""
        try:
            return cls._signer("stop").unsign(token)
        except signing.BadSignature:
            return None

    def confirm(self) -> None:
        """Begin to write; a second time it changes nothing."""
        now = timezone.now()
        type(self).objects.filter(pk=self.pk, confirmed_at=None).update(
            confirmed_at=now, **self.at_start(now)
        )

    def at_start(self, now) -> dict:
        """Fields and values of what is written down when the letters begin."""
        raise NotImplementedError

    @classmethod
    def stop(cls, key, every_one=False) -> None:
        """Forget the one of ``key``, its address with it; or all of that address."""
        rows = cls.objects.filter(key=key)
        if every_one:
            rows = cls.objects.filter(email__in=list(rows.values_list("email", flat=True)))
        rows.delete()

    def others(self) -> int:
        """How many more of the same kind the address has."""
        return type(self).objects.filter(email=self.email).exclude(pk=self.pk).count()

    def confirm_letter(self):
        """The EmailMessage that asks whether the reader wants this herself."""
        raise NotImplementedError
