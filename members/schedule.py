"""Deletes accounts whose e-mail address was never confirmed, and what counts no more."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.utils import timezone

from hub.models.clock import deletes_by_age

DAYS_TO_CONFIRM = 7


@deletes_by_age
def delete_unconfirmed() -> None:
    unconfirmed_accounts().delete()


def unconfirmed_accounts(now=None):
    """Accounts whose address was not confirmed within ``DAYS_TO_CONFIRM``."""
    before = (now or timezone.now()) - timedelta(days=DAYS_TO_CONFIRM)
    users = get_user_model().objects.filter(
        member__isnull=False, last_login=None, date_joined__lt=before, is_active=True,
        emailaddress__verified=False,
    )
    return users.exclude(emailaddress__verified=True).distinct()
