"""What is forgotten by the clock: sign-ups that nobody confirmed."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.utils import timezone

DAYS_TO_CONFIRM = 7


def forget() -> None:
    never_confirmed().delete()


def never_confirmed(now=None):
    """Accounts whose address was not confirmed in time: somebody else's, perhaps."""
    before = (now or timezone.now()) - timedelta(days=DAYS_TO_CONFIRM)
    users = get_user_model().objects.filter(
        member__isnull=False, last_login=None, date_joined__lt=before, is_active=True,
        emailaddress__verified=False,
    )
    return users.exclude(emailaddress__verified=True).distinct()
