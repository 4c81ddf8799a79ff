"""Who may take part in deliberations, and how often."""

from django.contrib.auth.views import redirect_to_login

from hub.web.rate_limit import HOUR, hit

MOST_AN_HOUR = 20  # contributions of one person


def is_secretariat(page, user) -> bool:
    """Whether ``user`` decides and moderates on ``page``: those who may publish it."""
    return user.is_authenticated and page.permissions_for_user(user).can_publish()


def is_too_often(user, what, most=None) -> bool:
    """Whether ``user`` did ``what`` more often within the hour than ``most``, now included."""
    return hit(f"policy {what}", user.pk, HOUR) > (most or MOST_AN_HOUR)


def sign_in_first(request):
    """To the sign-in page, and from there back to this one."""
    return redirect_to_login(request.get_full_path())
