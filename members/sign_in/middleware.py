"""What follows from signing in, at whichever door: the device is known from then on, and a try that
came too early is answered with 429."""

from http import HTTPStatus

from allauth.account.signals import password_reset
from django.contrib.auth.signals import user_logged_in

from members.sign_in.devices import remember_device

FORM_SHOWN = (HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)


class SignInMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        seconds = getattr(request, "retry_after", None)
        if seconds and response.status_code in FORM_SHOWN:
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
            response["Retry-After"] = str(seconds)
        if user := getattr(request, "user_at_this_device", None):
            remember_device(request, response, user)
        return response


def connect() -> None:
    """Whoever signs in is known at the device, and so is who got a new password by e-mail: that is
    the way in when strangers guess at the account."""
    for signal in (user_logged_in, password_reset):
        signal.connect(_at_this_device, dispatch_uid="members.sign_in")


def _at_this_device(sender, request, user, **kwargs):
    request.user_at_this_device = user
