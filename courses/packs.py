"""The course pack: all handouts as one zip, streamed as it is made."""

from urllib.parse import quote

from django.http import StreamingHttpResponse
from zipstream import ZIP_STORED, ZipStream

from hub.filenames import safe_filename


def pack_response(curriculum, handouts) -> StreamingHttpResponse:
    """Stream ``handouts`` of ``curriculum`` as a zip with their Thai names.

    Files are stored, not compressed: PDF and PPTX are compressed already, and the length is
    known before the first byte. Names are UTF-8 and flagged so, which Windows, Android and macOS
    read alike.
    """
    pack = ZipStream(compress_type=ZIP_STORED, sized=True)
    folder = safe_filename(curriculum.title)
    for name, handout in zip(names_in_pack(handouts), handouts, strict=True):
        document = handout.document
        with document.open_file() as file:
            size = file.size
        pack.add(_chunks(document), f"{folder}/{name}", size=size)
    response = StreamingHttpResponse(pack, content_type="application/zip")
    response["Content-Length"] = str(len(pack))
    response["Content-Disposition"] = (
        f"attachment; filename=\"pack.zip\"; filename*=UTF-8''{quote(folder + '.zip')}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def names_in_pack(handouts) -> list[str]:
    """A file name for each handout: numbered by session, never twice the same."""
    names, taken = [], set()
    for handout in handouts:
        name = safe_filename(handout.document.filename)
        if handout.session_number:
            name = f"{handout.session_number:02d} {name}"
        unique, number = name, 1
        while unique.casefold() in taken:
            number += 1
            stem, dot, extension = name.rpartition(".")
            unique = f"{stem} ({number}){dot}{extension}" if dot else f"{name} ({number})"
        taken.add(unique.casefold())
        names.append(unique)
    return names


def _chunks(document, size=64 * 1024):
    with document.open_file() as file:
        while chunk := file.read(size):
            yield chunk
