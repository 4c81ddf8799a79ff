"""The pages that say what went wrong, in the language of the address that was asked for."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseBadRequest
from django.http.multipartparser import TooManyFilesSent
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _
from django.utils.translation import override


def language_of(path: str) -> str:
    """The reader's language by the address: ``en`` below /en/, else Thai."""
    return "en" if path == "/en" or path.startswith("/en/") else "th"


def bad_request(request, message="", heading="") -> HttpResponseBadRequest:
    """A 400 page in the reader's language, by default about an address that cannot be read."""
    with override(language_of(request.path)):
        body = loader.render_to_string(
            "400.html", {"message": message, "heading": heading}, request=None)
    return HttpResponseBadRequest(body)


def bad_request_handler(request, exception=None):
    if not isinstance(exception, TooManyFilesSent):
        return bad_request(request)
    with override(language_of(request.path)):
        message = _("At most %(most)s files can be sent at once. Pack them into a zip.")
        most = {"most": settings.DATA_UPLOAD_MAX_NUMBER_FILES}
        return bad_request(request, message % most, _("Too many files at once"))


def not_found(request, exception=None):
    with override(language_of(request.path)):
        return render(request, "404.html", status=404)


def permission_denied(request, exception=None):
    with override(language_of(request.path)):
        return render(request, "403.html", status=403)


def too_many_requests(request, exception=None):
    with override(language_of(request.path)):
        response = render(request, "429.html", status=429)
    response["Retry-After"] = "60"
    return response


def server_error(request):
    """In both languages, without database or context, so that it cannot fail."""
    return HttpResponse(loader.get_template("500.html").render(), status=500)
