"""Who needs a second step to sign in, and from when.

Whoever may enter the admin needs an authenticator app or a passkey. They get
``SECOND_STEP_GRACE_DAYS`` from the first time that they sign in, or open the admin, with that
right; taking the second step away again gives no new days, losing the right and getting it back
does.
"""

from datetime import date, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.utils import timezone

from members.models import Member

STEPS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def needs_one(user: Any) -> bool:
    """Whether ``user`` must have a second step and has none."""
    return (
        settings.REQUIRE_SECOND_STEP and user.is_authenticated
        and user.has_perm("wagtailadmin.access_admin") and not has_one(user)
    )


def has_one(user: Any) -> bool:
    return is_mfa_enabled(user, STEPS)


def last_day(user: Any) -> date:
    """The last day on which ``user`` enters the admin without; the days are counted from now if
    they were not before. With no days of grace it is yesterday."""
    member = Member.objects.of(user)
    if member.second_step_asked_at is None:
        member, _created = Member.objects.update_or_create(
            user=user, defaults={"second_step_asked_at": timezone.now()})
    asked = timezone.localdate(member.second_step_asked_at)
    return asked + timedelta(days=settings.SECOND_STEP_GRACE_DAYS - 1)


def is_over(user: Any) -> bool:
    """Whether the days of grace of ``user``, who needs a second step, are over."""
    return timezone.localdate() > last_day(user)


def connect() -> None:
    user_logged_in.connect(_count_days, dispatch_uid="members.second_step")


def _count_days(sender, user, **kwargs):
    if needs_one(user):
        last_day(user)
    elif settings.REQUIRE_SECOND_STEP and not user.has_perm("wagtailadmin.access_admin"):
        Member.objects.filter(user=user).update(second_step_asked_at=None)
