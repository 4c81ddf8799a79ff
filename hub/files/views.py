"""Documents, served by Wagtail after its checks and ours; in parts where a reader asks so."""

from wagtail.documents.views import serve as wagtail_serve

from hub.files.http_ranges import in_parts, read_part
from hub.models import HubDocument

KEPT_HEADERS = (
    "Content-Type", "Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options",
    "Last-Modified",
)


def serve_document(request, document_id, document_filename):
    """The file as Wagtail answers it; resumable, and never kept by caches that others share."""
    response = wagtail_serve.serve(request, document_id, document_filename)
    if response.status_code == 200 and response.streaming:
        response["Accept-Ranges"] = "bytes"
        if "Range" in request.headers or request.method == "HEAD":
            response = _part(request, response, HubDocument.objects.get(pk=document_id))
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
