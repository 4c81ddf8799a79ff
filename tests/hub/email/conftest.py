"""A clock to move, and the mail server of each test."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hub.email import smtp
from hub.email.delivery import deliver
from tests.hub.email.mail_server import mail_server


class Clock:
    """Calls give the time, which is moved by hand."""

    def __init__(self):
        self.now = timezone.now() + timedelta(seconds=1)

    def __call__(self):
        return self.now

    def move(self, **step):
        self.now += timedelta(**step)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def queue(settings):
    """E-mails wait until the test delivers them."""
    settings.EMAIL_BACKEND = "hub.email.backend.QueueBackend"


@pytest.fixture
def server(settings, queue):
    with mail_server(settings) as server:
        yield server


@pytest.fixture
def deliver_unwell(server, settings, monkeypatch, clock):
    """Delivers while the server has a fault; what hangs is given up after a moment."""

    def with_fault(fault):
        server.fault = fault
        if fault != "is closed":
            server.listen()
        with monkeypatch.context() as patched:
            if fault.startswith("hangs"):
                settings.EMAIL_TIMEOUT = 0.2
                patched.setattr(smtp, "ANSWER_TIMEOUT", 0.2)
            if fault == "drips":
                patched.setattr(smtp, "LONGEST_CONNECTION", 0.3)
            sent = deliver(clock)
        settings.EMAIL_TIMEOUT = 60
        server.fault = ""
        if fault == "is closed":
            server.listen()
        return sent

    return with_fault
