"""Reads the body of a request whole, before a slot, a transaction or a lock is taken for it.

Django reads a body when a view asks for it, so whoever sends slowly holds everything that was
taken before: a slot of the concurrency limit, and on SQLite the lock under which all others write.
Here a body is read first, into memory or a temporary file. It must come at a smallest rate and be
of a size that is said beforehand; how many large bodies a process reads at a time is limited, so
that threads are left for everybody else. Small ones are received by the server's main loop
(``hub.web.worker``).
"""

import threading
import time
from tempfile import SpooledTemporaryFile

from django.core.handlers.wsgi import LimitedStream
from django.utils.translation import gettext as _
from django.utils.translation import override

from hub.files.validation import MAX_DOCUMENT_BYTES, MEGABYTE
from hub.web.client_socket import ClientSocket
from hub.web.error_pages import language_of, message_page, too_busy

MAX_BODY_BYTES = MAX_DOCUMENT_BYTES + 10 * MEGABYTE  # a file and the form around it
MAX_BYTES_AT_A_TIME = 10 * MAX_BODY_BYTES  # of a process, in temporary files
MAX_LARGE_BODIES = 32  # that a process reads at a time
SMALL_BODY = 64 * 1024  # bytes; received before a thread is taken
IN_MEMORY = MEGABYTE  # bytes of one body
PIECE = 64 * 1024  # bytes
PIECE_SECONDS = 15  # for each piece: 4 kB a second, the rate of a poor mobile connection
MAX_SECONDS = 30 * 60  # for a body
CLOSE = "hub.close_connection"  # in the environ: no further request is read from the connection


class RequestBodyMiddleware:
    """Answers 411, 413, 408 and 503 to bodies that are not read; others are at hand at once."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.large = threading.BoundedSemaphore(MAX_LARGE_BODIES)
        self.lock = threading.Lock()
        self.bytes_held = 0

    def __call__(self, request):
        environ = request.environ
        if environ.get("HTTP_TRANSFER_ENCODING"):
            return _refused(request, 411, _unknown_length)
        length = _length_of(environ)
        if not length:
            return self.get_response(request)
        if length > MAX_BODY_BYTES:
            return _refused(request, 413, _too_large)
        if not self._hold(length):
            return _closing(request, too_busy(request))
        try:
            return self._with_body(request, length)
        finally:
            self._release(length)

    def _with_body(self, request, length):
        environ = request.environ
        is_large = length > SMALL_BODY or "HTTP_EXPECT" in environ
        if is_large and not self.large.acquire(blocking=False):
            return _closing(request, too_busy(request))
        try:
            body = received(environ["wsgi.input"], length, environ.get("gunicorn.socket"))
        finally:
            if is_large:
                self.large.release()
        if body is None:
            return _refused(request, 408, _too_slow)
        with body:
            environ["wsgi.input"] = body
            request._stream = LimitedStream(body, length)  # what Django made of the former input
            return self.get_response(request)

    def _hold(self, length: int) -> bool:
        with self.lock:
            if self.bytes_held + length > MAX_BYTES_AT_A_TIME:
                return False
            self.bytes_held += length
            return True

    def _release(self, length: int) -> None:
        with self.lock:
            self.bytes_held -= length


def received(stream, length: int, sock=None) -> SpooledTemporaryFile | None:
    """``length`` bytes of ``stream``, at their beginning; None where they came too slowly or broke
    off. ``sock`` is where the stream comes from, if it is known."""
    body = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller's
    end = time.monotonic() + MAX_SECONDS
    left = length
    try:
        while left and time.monotonic() < end:
            if isinstance(sock, ClientSocket):
                sock.receive_until = min(end, time.monotonic() + PIECE_SECONDS)
            wanted = min(PIECE, left)
            piece = stream.read(wanted)
            if len(piece) < wanted:
                break
            body.write(piece)
            left -= wanted
    except OSError:  # the other side has gone
        pass
    finally:
        if isinstance(sock, ClientSocket):
            sock.receive_until = None
            sock.setblocking(True)
    if left:
        body.close()
        return None
    body.seek(0)
    return body


def _length_of(environ) -> int:
    try:
        return max(0, int(environ.get("CONTENT_LENGTH") or 0))
    except ValueError:
        return 0


def _refused(request, status, words):
    with override(language_of(request.path)):
        heading, message = words()
        return _closing(request, message_page(request, status, message, heading))


def _closing(request, response):
    """``response`` to a request whose body is not read: what follows is no further request."""
    request.environ[CLOSE] = True
    return response


def _unknown_length():
    return (
        _("This cannot be sent so"),
        _("The program that sent this did not say how much it is. Use the form on the page."),
    )


def _too_large():
    most = {"most": MAX_DOCUMENT_BYTES // MEGABYTE}
    return (
        _("This is too large"),
        _("At most %(most)s MB can be sent at once. Make the file smaller, or send several files "
          "one after the other.") % most,
    )


def _too_slow():
    return (
        _("It did not arrive"),
        _("What you sent came too slowly or broke off, and nothing was kept. Go back, where it "
          "still stands in the form, and send it again; where the connection is weak, send a "
          "smaller file."),
    )
