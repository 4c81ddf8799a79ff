"""The pages that say what went wrong, in the language of the address that was asked for."""

import logging
import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.http.multipartparser import TooManyFilesSent
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext, gettext_noop, override
from django.utils.translation import gettext as _

from hub.logs.request_id import request_id
from hub.storage.s3 import StorageError
from hub.web.disk import is_disk_full

logger = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = 60
NOTHING_WAS_LOST = gettext_noop(
    "What was stored before is safe. What you have just sent was not stored: go back in your "
    "browser, keep a copy of what you wrote, and send it again later."
)
DISK_FULL = (
    gettext_noop("The disk is full"),
    gettext_noop("This site cannot store anything at the moment. Reading goes on."),
    NOTHING_WAS_LOST,
)
DATABASE_AWAY = (
    gettext_noop("The site is busy"),
    gettext_noop("The database did not answer in time. Please try again in a minute."),
    NOTHING_WAS_LOST,
)

STORAGE_AWAY = (
    gettext_noop("Files cannot be reached"),
    gettext_noop("The place where this site keeps its files did not answer. Pages go on; please "
                 "try again in a minute."),
    NOTHING_WAS_LOST,
)


def language_of(path: str) -> str:
    """The reader's language by the address: ``en`` below /en/, else Thai."""
    return "en" if path == "/en" or path.startswith("/en/") else "th"


def message_page(request, status: int, message="", heading="") -> HttpResponse:
    """A page of ``status`` that says ``message``, without a look at session or database."""
    with override(language_of(request.path)):
        body = loader.render_to_string(
            "400.html", {"message": message, "heading": heading}, request=None)
    return HttpResponse(body, status=status, headers={"Cache-Control": "no-store"})


def bad_request(request, message="", heading="") -> HttpResponse:
    """A 400 page in the reader's language, by default about an address that cannot be read."""
    return message_page(request, 400, message, heading)


def bad_request_handler(request, exception=None):
    if not isinstance(exception, TooManyFilesSent):
        return bad_request(request)
    with override(language_of(request.path)):
        message = _("At most %(most)s files can be sent at once. Pack them into a zip.")
        most = {"most": settings.DATA_UPLOAD_MAX_NUMBER_FILES}
        return bad_request(request, message % most, _("Too many files at once"))


def unfit_form(request) -> HttpResponse:
    """A 400 page about a form that came without what its own page puts into it."""
    with override(language_of(request.path)):
        return bad_request(
            request,
            _("A part of the form did not arrive, or holds what it cannot hold, and nothing was "
              "kept. Go back, where what you wrote still stands, load the page again in another "
              "tab, and send it from there."),
            _("The form did not arrive whole"),
        )


def still_needed(request) -> HttpResponse:
    """A 400 page about something that cannot be deleted while other things rest on it."""
    with override(language_of(request.path)):
        return bad_request(
            request,
            _("Other things rest on it, so it was not deleted. Change or delete those first."),
            _("It is still needed"),
        )


def csrf_failure(request, reason=""):
    """403 for a form that was not sent from a page of the hub in the same browser."""
    with override(language_of(request.path)):
        return message_page(
            request, 403,
            _("The form was open for very long, was sent from another site, or your browser keeps "
              "no cookies. Nothing was kept. Go back, where what you wrote still stands: copy it, "
              "load the page again, and send it once more. If that does not help, allow cookies "
              "for this site."),
            _("For your safety the form was not taken"),
        )


def too_busy(request, message="") -> HttpResponse:
    """A deliberate 503, of a line of text: it costs as little as an answer can."""
    with override(language_of(request.path)):
        return HttpResponse(
            message or _("Too many people are using the site at this moment. Nothing was kept of "
                         "what you sent. Try again in a minute."),
            status=503, content_type="text/plain; charset=utf-8",
            headers={"Retry-After": str(RETRY_AFTER_SECONDS), "Cache-Control": "no-store"},
        )


def not_found(request, exception=None):
    with override(language_of(request.path)):
        return render(request, "404.html", status=404)


def permission_denied(request, exception=None):
    with override(language_of(request.path)):
        return render(request, "403.html", status=403)


def unavailable(request, heading, *paragraphs) -> HttpResponse:
    """A 503 page in the reader's language, made without the database."""
    language = language_of(request.path)
    with override(language):
        body = loader.render_to_string("503.html", {
            "language": language, "home": "/en/" if language == "en" else "/",
            "heading": gettext(heading), "paragraphs": [gettext(text) for text in paragraphs],
        }, request=None)
    return HttpResponse(body, status=503, headers={
        "Retry-After": str(RETRY_AFTER_SECONDS), "Cache-Control": "no-store"})


def too_many_requests(request, exception=None):
    with override(language_of(request.path)):
        response = render(request, "429.html", status=429)
    response["Retry-After"] = "60"
    return response


def server_error(request):
    """Every exception that nothing has caught comes here, from whatever layer.

    A full disk, and a database or storage that is busy or away, pass: the page says so, and that
    nothing was stored. Anything else is in both languages, with nothing but the id of the request,
    so that it cannot fail.
    """
    error = sys.exc_info()[1]
    if is_disk_full(error):
        logger.critical("The disk is full: %s %s was not stored.", request.method, request.path)
        return unavailable(request, *DISK_FULL)
    if isinstance(error, StorageError):
        logger.error("%s %s: %s", request.method, request.path, error)
        return unavailable(request, *STORAGE_AWAY)
    if isinstance(error, OperationalError | InterfaceError):
        return unavailable(request, *DATABASE_AWAY)
    page = loader.get_template("500.html").render({"request_id": request_id()})
    return HttpResponse(page, status=500)
