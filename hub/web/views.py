"""Health, images and the pages that say what went wrong."""

import mimetypes

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.db import connection
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.http.multipartparser import TooManyFilesSent
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe
from wagtail.models import Site

from hub.middleware import bad_request as bad_request_page
from hub.middleware import language_of
from hub.models import HubRendition


@require_safe
def livez(request):
    """200 while the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(request):
    """200 when the database answers and there is a site to serve, else 503; says what fails."""
    state = {"database": "ok", "site": "ok"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not Site.objects.exists():
            state["site"] = "missing"
    except Exception as error:
        state["database"] = type(error).__name__
    ready = set(state.values()) == {"ok"}
    return JsonResponse(state, status=200 if ready else 503)


@require_safe
def robots(request):
    """What search engines may visit."""
    lines = ["User-agent: *", "Disallow: /admin/"]
    for prefix in ("", "/en"):
        lines += [f"Disallow: {prefix}/search/", f"Disallow: {prefix}/accounts/"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@require_safe
def media(request, name):
    """An image in one of the sizes made for pages, after a look at its collection's privacy.

    Originals and documents have no address here; documents are served by Wagtail's own view.
    """
    rendition = (
        HubRendition.objects.select_related("image__collection").filter(file=name).first()
    )
    if rendition is None:
        raise Http404
    restrictions = rendition.image.collection.get_view_restrictions()
    may_edit = request.user.has_perm("hub.change_hubimage")
    if not may_edit and not all(r.accept_request(request) for r in restrictions):
        raise Http404
    try:
        file = default_storage.open(name)
    except (FileNotFoundError, SuspiciousOperation) as error:
        raise Http404 from error
    response = FileResponse(file, content_type=mimetypes.guess_type(name)[0])
    response["Cache-Control"] = "private, max-age=0" if restrictions else "public, max-age=86400"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def bad_request(request, exception=None):
    if not isinstance(exception, TooManyFilesSent):
        return bad_request_page(request)
    with override(language_of(request.path)):
        message = _("At most %(most)s files can be sent at once. Pack them into a zip.")
        most = {"most": settings.DATA_UPLOAD_MAX_NUMBER_FILES}
        return bad_request_page(request, message % most, _("Too many files at once"))


def not_found(request, exception=None):
    with override(language_of(request.path)):
        return render(request, "404.html", status=404)


def permission_denied(request, exception=None):
    with override(language_of(request.path)):
        return render(request, "403.html", status=403)


def server_error(request):
    """Both languages, no database, no context: whatever broke, this page must not."""
    return HttpResponse(loader.get_template("500.html").render(), status=500)
