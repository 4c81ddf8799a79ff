"""Resumable downloads: Range, If-Range, ETag, 304, 416 and HEAD."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

BLOCK = 128 * 1024  # bytes read and sent at a time
RANGE = re.compile(r"bytes\s*=\s*(?:(\d{1,20})\s*-\s*(\d{0,20})|-\s*(\d{1,20}))")


def in_parts(
    request: HttpRequest,
    size: int,
    etag: str,
    read: Callable[[int, int], Iterable[bytes]],
    headers: Mapping[str, str],
) -> HttpResponseBase:
    """``size`` bytes, or the part of them that ``request`` asks for.

    ``read(start, stop)`` yields the bytes from ``start`` up to ``stop``; nothing is read before
    the answer is sent. ``etag`` is strong, in its quotation marks: the same for the same bytes. A
    request for several parts is answered with the whole, as RFC 9110 allows.
    """
    if unchanged := get_conditional_response(request, etag=etag):
        return _with(unchanged, etag, headers if unchanged.status_code == 304 else {})
    start, stop = 0, size
    wanted = request.headers.get("Range", "") if request.method == "GET" else ""
    if wanted and request.headers.get("If-Range", etag).strip() == etag:
        part = part_of(wanted, size)
        if part is None:
            refused = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
            return _with(refused, etag, {})
        start, stop = part
    status = 200 if (start, stop) == (0, size) else 206
    answer: HttpResponseBase = (
        HttpResponse() if request.method == "HEAD"
        else StreamingHttpResponse(read(start, stop), status=status)
    )
    if status == 206:
        answer["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    answer["Content-Length"] = str(stop - start)
    return _with(answer, etag, headers)


def part_of(wanted: str, size: int) -> tuple[int, int] | None:
    """Start and stop of the part that a Range header asks for.

    The whole where the header is not understood or asks for several; None where no such bytes are.
    """
    found = RANGE.fullmatch(wanted.strip())
    if not found or (found[2] and int(found[2]) < int(found[1])):
        return 0, size
    if found[3] is not None:
        length = min(int(found[3]), size)
        return (size - length, size) if length else None
    start = int(found[1])
    if start >= size:
        return None
    return start, min(int(found[2]) + 1 if found[2] else size, size)


def is_beginning(request: HttpRequest, answer: HttpResponseBase) -> bool:
    """Whether ``answer`` sends a file from its first byte on: no download that goes on, no HEAD."""
    if request.method != "GET" or answer.status_code not in (200, 206):
        return False
    return answer.status_code == 200 or answer.get("Content-Range", "").startswith("bytes 0-")


def read_part(file: IO[bytes], start: int, stop: int) -> Iterator[bytes]:
    """Yield the bytes of an open ``file`` from ``start`` to ``stop``, and close it."""
    with file:
        file.seek(start)
        while start < stop:
            block = file.read(min(BLOCK, stop - start))
            if not block:
                raise OSError("The file is shorter than it was.")
            start += len(block)
            yield block


def _with(answer: HttpResponseBase, etag: str, headers: Mapping[str, str]) -> HttpResponseBase:
    answer["ETag"] = etag
    answer["Accept-Ranges"] = "bytes"
    for name, value in headers.items():
        answer[name] = value
    return answer
