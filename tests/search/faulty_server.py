"""A server on 127.0.0.1 that acts as a search cluster or its proxy, and fails on demand."""

import socket
import threading
import time
from contextlib import suppress

HEAD = (
    "HTTP/1.1 {} X\r\nX-Elastic-Product: Elasticsearch\r\nContent-Type: {}\r\n"
    "Content-Length: {}\r\n\r\n"
)
FAULTS = ("refuse", "reset", "hang", "slow", "garbage", "page", "other_json", "list", "503", "429",
          "half")


class FaultyServer:
    """Set ``fault`` to one of FAULTS, or to None to proxy everything to ``backend``."""

    def __init__(self, fault=None, backend=None):
        self.backend = backend
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._open = []
        self.connections = 0  # accepted
        self._fault = None
        self.fault = fault
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def fault(self):
        return self._fault

    @fault.setter
    def fault(self, fault):
        if fault == "refuse":
            self._listening.close()
        elif self._fault == "refuse":
            self._listening = socket.create_server(("127.0.0.1", self.port))
            threading.Thread(target=self._accept, daemon=True).start()
        self._fault = fault
        self._drop()

    def stop(self):
        self._fault = "refuse"
        self._listening.close()
        self._drop()

    def _drop(self):
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._open = []

    def _accept(self):
        listening = self._listening
        while True:
            try:
                connection, _address = listening.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection):
        with suppress(OSError):
            if self.fault is None:
                self._pass_on(connection)
                return
            if self.fault == "reset":
                connection.close()
                return
            connection.recv(65536)
            self._fail(connection)

    def _pass_on(self, connection):
        behind = socket.create_connection(self.backend)
        self._open.append(behind)

        def copy(source, target):
            with suppress(OSError):
                while data := source.recv(65536):
                    target.sendall(data)
            for end in (source, target):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

        threading.Thread(target=copy, args=[behind, connection], daemon=True).start()
        copy(connection, behind)

    def _fail(self, connection):
        match self.fault:
            case "hang":
                time.sleep(30)
            case "slow":  # bytes keep arriving, so that a read time-out does not help
                for byte in (HEAD.format(200, "application/json", 9000) + "{" * 200).encode():
                    connection.sendall(bytes([byte]))
                    time.sleep(0.05)
            case "garbage":
                connection.sendall(b"\x00\xff\x00 no HTTP \r\n\r\n" * 50)
            case "page":
                self._answer(connection, 200, "<h1>It works</h1>", "text/html")
            case "other_json":
                self._answer(connection, 200, '{"hello": {"mappings": {}}}')
            case "list":
                self._answer(connection, 200, "[1, 2]")
            case "503" | "429":
                self._answer(connection, self.fault, '{"error": "busy"}')
            case "half":
                connection.sendall(HEAD.format(200, "application/json", 5000).encode() + b'{"took"')
        connection.close()

    def _answer(self, connection, status, text, kind="application/json"):
        head = HEAD.format(status, kind, len(text.encode()))
        connection.sendall((head + text).encode())
