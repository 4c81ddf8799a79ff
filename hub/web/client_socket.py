"""The socket of somebody who may be slow on purpose: no use of it blocks without an end."""

import socket
import time
from contextlib import suppress

SECONDS = 60  # to send one piece of a response, or to receive where nothing else is said


class ClientSocket(socket.socket):
    """An accepted socket that gives up after ``SECONDS`` where another would block for good."""

    receive_until: float | None = None  # by the monotonic clock, over any number of calls

    @classmethod
    def of(cls, accepted: socket.socket) -> "ClientSocket":
        """``accepted`` as a client's socket; ``accepted`` itself is no longer used."""
        return cls(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())

    def setblocking(self, flag: bool) -> None:
        self.settimeout(SECONDS if flag else 0)

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        """As ``socket.recv``; after ``receive_until`` nothing, as if the other side had closed."""
        if self.receive_until is None:
            return super().recv(bufsize, flags)
        left = self.receive_until - time.monotonic()
        if left <= 0:
            return b""
        self.settimeout(left)
        try:
            return super().recv(bufsize, flags)
        except TimeoutError:
            return b""

    def shut(self, how: int) -> None:
        """As ``socket.shutdown``, also where the other side has gone."""
        with suppress(OSError):
            self.shutdown(how)
