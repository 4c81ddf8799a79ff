"""Documents, served by Wagtail after its checks and ours; in parts where a reader asks so."""

from wagtail.documents.views import serve as wagtail_serve

from hub.models import HubDocument
from hub.ranges import in_parts, read_part

KEPT_HEADERS = (
    "Content-Type", "Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options",
    "Last-Modified",
)


def serve_document(request, document_id, document_filename):
    """The file as Wagtail answers it; resumable, and never kept by caches that others share."""
    response = wagtail_serve.serve(request, document_id, document_filename)
    if response.status_code == 200 and response.streaming:
        document = HubDocument.objects.get(pk=document_id)
        headers = {name: response[name] for name in KEPT_HEADERS if response.has_header(name)}
        etag = f'"{document.file_hash}"'
        size = document.file.size
        ranged = "Range" in request.headers or request.method == "HEAD"
        if not ranged or not document.file_hash:
            response["Accept-Ranges"] = "bytes"
        else:
            if file := getattr(response, "file_to_stream", None):
                file.close()  # not the response: that would tell Django the request has ended
            response = in_parts(
                request, size, etag,
                lambda start, stop: read_part(document.file.storage.open(document.file.name),
                                              start, stop), headers,
            )
    if response.status_code in (200, 206, 304, 416):
        response["Cache-Control"] = "private, no-cache"
    return response
