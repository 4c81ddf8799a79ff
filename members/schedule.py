"""What is forgotten by the clock: sign-ups that nobody confirmed, and sessions that ended."""

import time
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone

DAYS_TO_CONFIRM = 7
AN_HOUR = 60 * 60
_done = {}


def forget(sender, once=False, **kwargs):
    """Once an hour; a look that is the only one does it at once."""
    now = time.monotonic()
    if not once and now - _done.get("forget", -AN_HOUR) < AN_HOUR:
        return
    _done["forget"] = now
    never_confirmed().delete()
    call_command("clearsessions", verbosity=0)


def never_confirmed(now=None):
    """Accounts whose address was not confirmed in time: somebody else's, perhaps."""
    before = (now or timezone.now()) - timedelta(days=DAYS_TO_CONFIRM)
    users = get_user_model().objects.filter(
        member__isnull=False, last_login=None, date_joined__lt=before, is_active=True,
        emailaddress__verified=False,
    )
    return users.exclude(emailaddress__verified=True).distinct()
