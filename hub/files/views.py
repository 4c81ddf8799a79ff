"""Documents and images, served after a look at who may have them; documents in parts if asked so.

Documents go through Wagtail's own view, with the hook ``refuse_document_of_others``.
"""

import mimetypes

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe
from wagtail.documents import get_document_model
from wagtail.documents.views import serve as wagtail_serve
from wagtail.images import get_image_model

from hub.access.readers import Reader, anybody
from hub.files.http_ranges import in_parts, read_part

KEPT_HEADERS = (
    "Content-Type", "Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options",
    "Last-Modified",
)


def serve_document(request, document_id, document_filename):
    """The document as Wagtail serves it; resumable, and never stored by shared caches."""
    try:
        response = wagtail_serve.serve(request, document_id, document_filename)
    except FileNotFoundError as error:  # gone from a storage that is no folder
        raise Http404 from error
    if response.get("Content-Encoding") == "None":  # Wagtail says so of what is not compressed
        del response["Content-Encoding"]
    if response.status_code == 200 and response.streaming:
        response["Accept-Ranges"] = "bytes"
        if "Range" in request.headers or request.method == "HEAD":
            response = _part(request, response, get_document_model().objects.get(pk=document_id))
    if response.status_code in (200, 206, 304, 416):
        response["Cache-Control"] = "private, no-cache"
    return response


def _part(request, response, document):
    """Of the whole in ``response`` what ``request`` asks for; a file without a hash stays whole."""
    if not document.file_hash:
        return response
    if file := getattr(response, "file_to_stream", None):
        file.close()  # not the response: that would tell Django the request has ended
    return in_parts(
        request, document.file.size, f'"{document.file_hash}"',
        lambda start, stop: read_part(document.file.storage.open(document.file.name), start, stop),
        {name: response[name] for name in KEPT_HEADERS if response.has_header(name)},
    )


@require_safe
def media(request, name):
    """An image in one of the sizes made for pages, after a look at its collection's privacy.

    Originals and documents have no address here; documents are served by Wagtail's own view.
    """
    rendition = (
        get_image_model().get_rendition_model().objects
        .select_related("image__collection").filter(file=name).first()
    )
    if rendition is None:
        raise Http404
    if not Reader.of(request).may_open(rendition.image):
        raise Http404
    is_public = anybody().may_have(rendition.image)
    try:
        file = default_storage.open(name)
    except (FileNotFoundError, SuspiciousOperation) as error:
        raise Http404 from error
    response = FileResponse(file, content_type=mimetypes.guess_type(name)[0])
    response["Cache-Control"] = "public, max-age=86400" if is_public else "private, max-age=0"
    response["X-Content-Type-Options"] = "nosniff"
    return response
