"""A mail server on 127.0.0.1 that can be unwell in the ways of real ones."""

import re
import socketserver
import threading
from contextlib import contextmanager, suppress

USER, PASSWORD = "hub", "secret"
# What it does while it has the fault.
FAULTS = (
    "is closed", "hangs at once", "drips", "closes at once", "asks for another password",
    "greylists", "is closing", "hangs after DATA", "hangs after the dot", "drops after the dot",
    "refuses recipients", "refuses the text", "refuses the sender",
)


class MailServer(socketserver.ThreadingTCPServer):
    """Keeps what it takes in ``taken``: pairs of recipient and text.

    Until ``listen`` its port is taken but closed. ``fault`` is one of ``FAULTS`` or empty;
    ``bad_recipients`` are refused for good, whatever the fault.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Session, bind_and_activate=False)
        self.server_bind()
        self.fault = ""
        self.bad_recipients = set()
        self.taken, self.connections = [], 0
        self.ended = threading.Event()  # wakes sessions that hang
        self._thread = None

    @property
    def port(self):
        return self.server_address[1]

    def listen(self):
        self.server_activate()
        self._thread = threading.Thread(target=self.serve_forever, args=[0.02], daemon=True)
        self._thread.start()

    def end(self):
        self.ended.set()
        if self._thread:
            self.shutdown()
        self.server_close()


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.server.connections += 1
        if self.server.fault == "closes at once":
            return
        if self.server.fault == "hangs at once":
            self.hang()
            return
        if self.server.fault == "drips":
            self.drip()
            return
        self.say("220 mail.example.org ESMTP")
        self.recipients = []
        while line := self.rfile.readline():
            command = line.decode("ascii", "replace").strip()
            if not self.answer(command):
                return

    def answer(self, command) -> bool:
        """Answer one command; whether the connection stays open."""
        verb, fault = command[:4].upper(), self.server.fault
        if verb == "EHLO":
            self.say("250-mail.example.org\r\n250-AUTH PLAIN\r\n250 8BITMIME")
        elif verb == "AUTH":
            wrong = fault == "asks for another password"
            self.say("535 5.7.8 authentication failed" if wrong else "235 2.7.0 welcome")
        elif verb == "MAIL":
            if fault == "is closing":
                self.say("421 4.3.2 closing")
                return False
            self.say("550 5.7.1 sender refused" if fault == "refuses the sender" else "250 ok")
        elif verb == "RCPT":
            self.say(self.answer_to_recipient(re.search("<(.*?)>", command)[1], fault))
        elif verb == "DATA":
            return self.data(fault)
        elif verb == "RSET":
            self.recipients = []
            self.say("250 ok")
        elif verb == "QUIT":
            self.say("221 bye")
            return False
        else:
            self.say("502 not known")
        return True

    def answer_to_recipient(self, address, fault):
        if address in self.server.bad_recipients or fault == "refuses recipients":
            return f"550 5.1.1 <{address}> is not known here"
        if fault == "greylists":
            return f"451 4.7.1 <{address}> is greylisted"
        self.recipients.append(address)
        return "250 ok"

    def data(self, fault) -> bool:
        if fault == "hangs after DATA":
            self.hang()
            return False
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        if fault == "hangs after the dot":
            self.hang()
        if fault in ("hangs after the dot", "drops after the dot"):
            return False
        if fault == "refuses the text":
            self.say("554 5.7.1 looks like spam")
        else:
            self.server.taken += [(address, b"".join(lines)) for address in self.recipients]
            self.say("250 2.0.0 taken")
        self.recipients = []
        return True

    def hang(self):
        self.server.ended.wait(60)

    def drip(self):
        """Never the end of a line, and never silent for long."""
        with suppress(OSError):
            while not self.server.ended.wait(0.02):
                self.wfile.write(b"2")

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


@contextmanager
def mail_server(settings):
    """A server to which the hub delivers, by its own backend; not listening yet."""
    server = MailServer()
    settings.EMAIL_DELIVERY_BACKEND = "hub.email.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = USER, PASSWORD
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    try:
        yield server
    finally:
        server.end()
