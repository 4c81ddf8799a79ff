"""Access to deliberation: sign-in, rate limits, and views for the secretariat only."""

from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied

from hub.web.rate_limit import HOUR, hit
from policy.permissions import is_secretariat

MAX_CONTRIBUTIONS_PER_HOUR = 20  # of one person


def exceeds_rate_limit(user, action, limit=None) -> bool:
    """Count one ``action`` of ``user``; whether there were more than ``limit`` within the hour."""
    return hit(f"policy {action}", user.pk, HOUR) > (limit or MAX_CONTRIBUTIONS_PER_HOUR)


def redirect_to_sign_in(request):
    """To the sign-in page, and from there back to this one."""
    return redirect_to_login(request.get_full_path())


def secretariat_only(view):
    """Let only the secretariat of a draft use ``view(request, draft)``."""

    @wraps(view)
    def checked(request, draft, **kwargs):
        if not request.user.is_authenticated:
            return redirect_to_sign_in(request)
        if not is_secretariat(draft, request.user):
            raise PermissionDenied
        return view(request, draft, **kwargs)

    return checked
