"""Django's SMTP backend with an end: no mail server keeps a connection for longer than a limit.

Django's timeout is that of each single answer; a server that sends a byte now and then could hold
the delivery of all e-mails for ever.
"""

import smtplib
import socket
import threading
from contextlib import suppress

from django.core.mail.backends import smtp

ANSWER_TIMEOUT = 60  # seconds for an answer, once connected; filters look at an e-mail for a while
LONGEST_CONNECTION = 300  # seconds


class _Bounded:
    """Cuts the connection off after ``LONGEST_CONNECTION``, wherever it is."""

    def __init__(self, *args, **kwargs):
        self._end = threading.Timer(LONGEST_CONNECTION, self._cut_off)
        self._end.daemon = True
        self._end.start()
        try:
            super().__init__(*args, **kwargs)
        except BaseException:
            self._end.cancel()
            raise

    def connect(self, *args, **kwargs):
        answer = super().connect(*args, **kwargs)
        self.sock.settimeout(ANSWER_TIMEOUT)
        return answer

    def close(self):
        self._end.cancel()
        super().close()

    def _cut_off(self):
        if sock := self.sock:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class BoundedSMTP(_Bounded, smtplib.SMTP):
    pass


class BoundedSMTPS(_Bounded, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self):
        return BoundedSMTPS if self.use_ssl else BoundedSMTP
