"""Known devices: a browser in which somebody signed in is told from a stranger's by a cookie.

The cookie is signed, lasts half a year and holds a random number and, of up to five accounts, a
keyed hash. It signs nobody in; it only gives the device a count of wrong passwords of its own.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

COOKIE = "known_device"
SECONDS = 180 * 24 * 60 * 60
MOST_ACCOUNTS = 5
SALT = "members.sign_in.devices"


def known_device(request: HttpRequest, user: Any) -> str | None:
    """What identifies the device when ``user`` signed in on it before, or is signed in on it."""
    device, marks = _read(request)
    mark = _mark(device, user)
    if any(constant_time_compare(mark, known) for known in marks):
        return device
    signed_in = getattr(request, "user", None)
    if signed_in is not None and signed_in.is_authenticated and signed_in.pk == user.pk:
        return f"session {request.session.session_key}"
    return None


def remember_device(request: HttpRequest, response: HttpResponseBase, user: Any) -> None:
    """Let the browser prove from now on that ``user`` signed in on it."""
    device, marks = _read(request)
    mark = _mark(device, user)
    marks = [mark, *(other for other in marks if other != mark)][:MOST_ACCOUNTS]
    response.set_cookie(
        COOKIE, signing.dumps([device, marks], salt=SALT), max_age=SECONDS, httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite="Lax")


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    """The number of the device, a new one where it has none yet, and its accounts."""
    try:
        value = request.COOKIES.get(COOKIE, "")
        device, marks = signing.loads(value, salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return secrets.token_urlsafe(12), []
    return device, marks


def _mark(device: str, user: Any) -> str:
    return salted_hmac(SALT, f"{device}|{user.pk}", algorithm="sha256").hexdigest()[:32]
