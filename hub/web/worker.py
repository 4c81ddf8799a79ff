"""gunicorn's worker with threads, of which slow clients hold none.

gunicorn gives a connection to a thread as soon as it is accepted, and the thread waits: for the
headers, for the body, and for the other side to close. Whoever sends a byte now and then holds a
thread for as long as they like. Here the main loop receives: a thread gets a request when its
headers have come, and its body too where that is small (``SMALL_BODY``). Larger bodies are read by
``hub.web.request_body``, which limits how many threads do so. The main loop also waits for the
other side to close. When there are too many connections, the one that has waited longest is closed.

A worker that is told to stop takes what the kernel has accepted for it, closes the listening
socket, and serves all that before it ends.
"""

import errno
import re
import socket
import time
from collections.abc import Iterable, Iterator
from functools import partial

from gunicorn.config import Config
from gunicorn.errors import ConfigError
from gunicorn.workers import gthread

from hub.web.client_socket import ClientSocket
from hub.web.request_body import CLOSE, SMALL_BODY

HEAD_SECONDS = 10  # for the headers, from their first byte
BODY_SECONDS = 20  # for a small body, after the headers
LINGER_SECONDS = 5  # for the other side to read the response and close
STOP_SECONDS = 2  # for connections without a request, when the worker stops
HEARTBEAT_SECONDS = 0.5  # between looks at what has taken too long
PARSE_SECONDS = 2  # for gunicorn to read what has been received
MAX_HEAD = 64 * 1024  # bytes
PIECE = 64 * 1024  # bytes that are sent within the timeout of a client's socket
# The kernel takes a piece whole, so a page is sent at once even to whoever reads none of it.
SEND_BUFFER = 128 * 1024

CONTENT_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
OF_UNKNOWN_LENGTH = re.compile(rb"\r\n(?:expect|transfer-encoding):", re.IGNORECASE)
NOTHING_TO_ACCEPT = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED, errno.EBADF)
NO_RESOURCES = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Connection(gthread.TConn):
    """A client's connection and what has been received of its next request."""

    def __init__(self, cfg: Config, sock: ClientSocket, client: object, server: object) -> None:
        super().__init__(cfg, sock, client, server)
        self.received = bytearray()
        self.body_at: int | None = None  # where the body begins in ``received``
        self.length = 0  # of the body that is received before a thread is taken

    def look_for_the_end_of_the_head(self, searched: int) -> None:
        """Set ``body_at`` and ``length`` once the headers are whole; ``searched`` bytes were
        looked at before."""
        if self.body_at is not None:
            return
        while self.received[:1] in (b"\r", b"\n"):  # gunicorn skips empty lines before a request
            del self.received[:1]
            searched = 0
        end = self.received.find(b"\r\n\r\n", max(0, searched - 3))
        if end < 0:
            return
        self.body_at = end + 4
        head = bytes(self.received[:self.body_at])
        length = CONTENT_LENGTH.search(head)
        if length and int(length[1]) <= SMALL_BODY and not OF_UNKNOWN_LENGTH.search(head):
            self.length = int(length[1])

    def is_received(self) -> bool:
        """Whether a thread can go on without waiting for a small body."""
        return self.body_at is not None and len(self.received) >= self.body_at + self.length


class Worker(gthread.ThreadWorker):
    """``gthread`` whose main loop receives requests and waits for connections to close."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: dict[Connection, None] = {}  # for the other side, longest first
        self.looked_at = 0.0  # when ``waiting`` was last looked through

    @classmethod
    def check_config(cls, cfg: Config, log: object) -> None:
        if cfg.is_ssl:
            raise ConfigError("This worker speaks plain HTTP; the proxy in front speaks TLS.")
        super().check_config(cfg, log)

    def load_wsgi(self) -> None:
        super().load_wsgi()
        application = self.wsgi

        def in_pieces(environ, start_response):
            response = application(environ, start_response)
            if environ.get(CLOSE):
                start_response.__self__.force_close()
            whole = isinstance(response, environ["wsgi.file_wrapper"])
            return response if whole else Pieces(response)

        self.wsgi = in_pieces

    # Accepting

    def accept(self, listener: socket.socket) -> bool:
        """Accept a connection; whether there was one."""
        try:
            accepted, client = listener.accept()
        except OSError as error:
            if error.errno in NO_RESOURCES:
                self.log.warning("No connection could be accepted: %s", error)
                self._close_the_oldest()
            elif error.errno not in NOTHING_TO_ACCEPT:
                raise
            return False
        sock = ClientSocket.of(accepted)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.nr_conns += 1
        conn = Connection(self.cfg, sock, client, listener.getsockname())
        self._receive(conn, HEAD_SECONDS)
        while self.alive and self.nr_conns >= self.worker_connections and len(self.waiting) > 1:
            self._close_the_oldest()
        return True

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not self.alive:
            self._accept_what_is_queued()

    def _accept_what_is_queued(self) -> None:
        """A socket that closes resets what the kernel has accepted, so take that first."""
        for listener in self.sockets:
            if listener.fileno() != -1:
                listener.setblocking(False)
                while self.accept(listener):
                    pass
                listener.close()

    # Waiting in the main loop

    def _wait(self, conn: Connection, seconds: float, callback) -> None:
        if not self.alive and not conn.received:
            seconds = min(seconds, STOP_SECONDS)
        conn.sock.receive_until = None
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + seconds
        self.waiting[conn] = None
        self.poller.register(conn.sock, gthread.selectors.EVENT_READ, partial(callback, conn))

    def _stop_waiting(self, conn: Connection) -> None:
        del self.waiting[conn]
        self.poller.unregister(conn.sock)

    def _close(self, conn: Connection) -> None:
        if conn in self.waiting:
            self._stop_waiting(conn)
        self.nr_conns -= 1
        conn.close()

    def _close_the_oldest(self) -> None:
        if self.waiting:
            self._close(next(iter(self.waiting)))

    def _receive(self, conn: Connection, seconds: float) -> None:
        """Wait for the next request, of which a part may have come with the one before it."""
        conn.body_at, conn.length = None, 0
        conn.look_for_the_end_of_the_head(0)
        if conn.is_received():
            self.enqueue_req(conn)
        else:
            self._wait(conn, HEAD_SECONDS if conn.received else seconds, self._on_received)

    def _on_received(self, conn: Connection, _sock: socket.socket) -> None:
        try:
            data = conn.sock.recv(MAX_HEAD)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._close(conn)
            return
        if not conn.received:
            conn.timeout = time.monotonic() + HEAD_SECONDS
        searched, in_head = len(conn.received), conn.body_at is None
        conn.received += data
        conn.look_for_the_end_of_the_head(searched)
        if conn.is_received():
            self._stop_waiting(conn)
            self.enqueue_req(conn)
        elif conn.body_at is None and len(conn.received) > MAX_HEAD:
            self._close(conn)
        elif in_head and conn.body_at is not None:
            conn.timeout = time.monotonic() + BODY_SECONDS

    def murder_pending(self) -> None:
        """Close what has taken too long; of a body that is late, tell its sender."""
        now = time.monotonic()
        if now < self.looked_at + HEARTBEAT_SECONDS:
            return
        self.looked_at = now
        for conn in [conn for conn in self.waiting if conn.timeout <= now]:
            if conn.body_at is not None and not conn.is_received():
                self._stop_waiting(conn)
                conn.sock.shut(socket.SHUT_RD)  # the thread finds the body cut off
                self.enqueue_req(conn)
            else:
                self._close(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """The worker stops: whoever has sent nothing is not waited for as long as otherwise."""
        for conn in self.waiting:
            if not conn.received:
                conn.timeout = min(conn.timeout, deadline)

    def _linger(self, conn: Connection) -> None:
        """Have the other side read the response to its end: a plain close may reset it."""
        conn.sock.shut(socket.SHUT_WR)
        conn.received.clear()
        conn.body_at = None
        self._wait(conn, LINGER_SECONDS, self._on_lingering)

    def _on_lingering(self, conn: Connection, _sock: socket.socket) -> None:
        try:
            if conn.sock.recv(MAX_HEAD):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._close(conn)

    # In a thread, and after it

    def handle(self, conn: Connection) -> object:
        conn.data_ready = True
        conn.init()
        conn.parser.unreader.unread(bytes(conn.received))
        conn.received.clear()
        conn.sock.receive_until = time.monotonic() + PARSE_SECONDS
        return super().handle(conn)

    def handle_request(self, req: object, conn: Connection) -> bool:
        conn.sock.receive_until = None
        conn.sock.setblocking(True)
        try:
            return super().handle_request(req, conn)
        except TimeoutError as error:
            self.log.debug("Closed a connection that takes nothing: %s", error)
            return False

    def finish_request(self, conn: Connection, fs) -> None:
        try:
            if not fs.cancelled() and fs.result():
                conn.received += conn.parser.unreader.take_buffered()
                self._receive(conn, self.cfg.keepalive)
            else:
                self._linger(conn)
        except Exception:
            self.log.exception("A connection could not be kept.")
            self._close(conn)


class Pieces:
    """A response in pieces of at most ``PIECE`` bytes: each has the time of a slow reader."""

    def __init__(self, response: Iterable[bytes]) -> None:
        self.response = response

    def __iter__(self) -> Iterator[bytes]:
        for block in self.response:
            for start in range(0, max(1, len(block)), PIECE):
                yield block[start:start + PIECE]

    def close(self) -> None:
        if hasattr(self.response, "close"):
            self.response.close()
