"""Taking away the second step of somebody who lost their device."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from hub.email.sending import send_email_to_user
from members.sessions import end_sessions


@transaction.atomic
def reset_second_step(user: Any, by: Any = None) -> int:
    """Delete authenticators, passkeys and recovery codes of ``user``, end their sessions, write to
    them and to the log; ``by`` is the administrator, None at the command line. Returns how many
    were deleted."""
    deleted, _by_model = Authenticator.objects.filter(user=user).delete()
    end_sessions(user)
    log(user, "members.reset_second_step", user=by)
    send_email_to_user(
        user, "members/emails/second_step_reset.txt", _("Your second step is taken away"))
    return deleted
