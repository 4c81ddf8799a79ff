"""Bodies are read whole before anything is held for them, and only so large and so slow."""

import io
import socket
import threading
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, transaction
from django.http import HttpResponse

from hub.middleware import AtomicWritesMiddleware
from hub.web import request_body
from hub.web.client_socket import ClientSocket
from hub.web.concurrency_limit import ConcurrencyLimitMiddleware
from hub.web.request_body import CLOSE, RequestBodyMiddleware, received

FORM = "application/x-www-form-urlencoded"


class Recording(io.BytesIO):
    """A body that notes when it is read."""

    def __init__(self, content, events):
        super().__init__(content)
        self.events = events

    def read(self, *arguments):
        self.events.append("body")
        return super().read(*arguments)


def request_of(rf, body=b"", path="/accounts/login/", **environ):
    request = rf.post(path, b"", content_type=FORM)
    request.environ["wsgi.input"] = io.BytesIO(body)
    request.environ |= {"CONTENT_LENGTH": str(len(body))} | environ
    return request


def view(request):
    return HttpResponse(request.body)


@pytest.mark.django_db
def test_a_body_is_read_before_a_slot_and_a_transaction_are_taken(hub, client, monkeypatch):
    events = []
    get_slot, write = ConcurrencyLimitMiddleware._get_slot, AtomicWritesMiddleware.__call__
    monkeypatch.setattr(ConcurrencyLimitMiddleware, "_get_slot",
                        lambda self: events.append("slot") or get_slot(self))
    monkeypatch.setattr(AtomicWritesMiddleware, "__call__",
                        lambda self, request: events.append("transaction") or write(self, request))
    body = b"login=a&password=b"
    answer = client.generic("POST", "/accounts/login/", b"", content_type=FORM, **{
        "wsgi.input": Recording(body, events), "CONTENT_LENGTH": str(len(body))})
    assert answer.status_code == 200
    assert [event for n, event in enumerate(events) if event not in events[:n]] == [
        "body", "slot", "transaction"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/livez", "/readyz"])
def test_health_checks_take_no_slot_and_no_transaction(hub, client, monkeypatch, address):
    def refuse(*_arguments):
        pytest.fail("held")

    monkeypatch.setattr(ConcurrencyLimitMiddleware, "_get_slot", refuse)
    monkeypatch.setattr(AtomicWritesMiddleware, "__call__", refuse)
    assert client.get(address).status_code == 200
    assert client.post(address, {"a": "b"}).status_code == 405


def test_the_view_gets_what_was_sent(rf):
    body = b"x" * 200_000
    answer = RequestBodyMiddleware(view)(request_of(rf, body))
    assert answer.content == body


def test_a_large_upload_arrives(rf, monkeypatch):
    monkeypatch.setattr(request_body, "IN_MEMORY", 1000)  # the rest in a temporary file
    content = b"%PDF" * 50_000
    request = rf.post("/", {"file": SimpleUploadedFile("a.pdf", content), "title": "ก"})

    def upload(request):
        assert request.POST["title"] == "ก"
        return HttpResponse(request.FILES["file"].read())

    assert RequestBodyMiddleware(upload)(request).content == content


@pytest.mark.parametrize(("status", "environ", "thai", "english"), [
    (413, {"CONTENT_LENGTH": str(10**12)}, "ใหญ่เกินไป", "too large"),
    (411, {"HTTP_TRANSFER_ENCODING": "chunked"}, "ส่งแบบนี้ไม่ได้", "cannot be sent so"),
    (408, {"CONTENT_LENGTH": "9"}, "ส่งมาไม่ถึง", "did not arrive"),
])
def test_refusals_are_in_the_readers_language(rf, status, environ, thai, english):
    for path, words in (("/accounts/login/", thai), ("/en/accounts/login/", english)):
        request = request_of(rf, b"x", path, **environ)
        answer = RequestBodyMiddleware(view)(request)
        assert answer.status_code == status
        assert words in answer.content.decode()
        assert request.environ[CLOSE], "what follows is not read as a request"


def test_large_bodies_beyond_the_limit_are_refused_and_small_ones_are_not(rf, monkeypatch):
    monkeypatch.setattr(request_body, "MAX_LARGE_BODIES", 1)
    middleware = RequestBodyMiddleware(view)
    large, small = b"x" * (request_body.SMALL_BODY + 1), b"x"
    middleware.large.acquire()
    refused = middleware(request_of(rf, large))
    assert refused.status_code == 503 and int(refused["Retry-After"])
    assert middleware(request_of(rf, small)).status_code == 200
    middleware.large.release()
    for _again in range(3):
        assert middleware(request_of(rf, large)).status_code == 200


def test_bodies_at_a_time_are_bounded_in_total(rf, monkeypatch):
    monkeypatch.setattr(request_body, "MAX_BYTES_AT_A_TIME", 150)
    inner = []

    def while_it_is_held(request):
        inner.append(middleware(request_of(rf, b"y" * 100)).status_code)
        return HttpResponse()

    middleware = RequestBodyMiddleware(while_it_is_held)
    assert middleware(request_of(rf, b"x" * 100)).status_code == 200
    assert inner == [503]
    assert middleware.bytes_held == 0


def test_a_slow_sender_is_given_up(monkeypatch):
    """Whoever sends a byte now and then, without an end."""
    monkeypatch.setattr(request_body, "PIECE_SECONDS", 0.3)
    ours, theirs = socket.socketpair()
    sock = ClientSocket.of(ours)
    over = threading.Event()

    def drip():
        while not over.wait(0.05):
            theirs.send(b"x")

    thread = threading.Thread(target=drip)
    thread.start()

    class Stream:
        """As gunicorn's: reads until it has what was asked for."""

        def read(self, size):
            data = b""
            while len(data) < size and (more := sock.recv(size - len(data))):
                data += more
            return data

    try:
        assert received(Stream(), 100_000, sock) is None
    finally:
        over.set()
        thread.join()
        theirs.close()
    assert sock.gettimeout(), "a response is sent with an end, too"
    sock.close()


def test_a_socket_that_nobody_reads_blocks_no_longer_than_its_timeout(monkeypatch):
    ours, theirs = socket.socketpair()
    sock = ClientSocket.of(ours)
    monkeypatch.setattr("hub.web.client_socket.SECONDS", 0.1)
    sock.setblocking(True)
    with pytest.raises(TimeoutError):
        sock.sendall(b"x" * 10_000_000)
    sock.receive_until = time.monotonic() - 1
    assert sock.recv(1) == b""
    theirs.close()
    sock.close()


@pytest.mark.django_db
def test_a_lock_that_is_held_for_too_long_is_a_deliberate_503(rf, monkeypatch):
    class Locked:
        def __enter__(self):
            raise OperationalError("database is locked")

        def __exit__(self, *_error):
            return False

    monkeypatch.setattr(transaction, "atomic", Locked)
    answer = AtomicWritesMiddleware(view)(rf.post("/en/"))
    assert answer.status_code == 503 and "Try again" in answer.content.decode()
