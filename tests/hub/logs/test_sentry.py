"""What a server that speaks Sentry's protocol receives of an error: where and what, no person."""

import gzip
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PRIVATE = ("yai@example.org", "สมศรี", "secret-cookie", "0812345678", "5f1d7e0b", "203.0.113.9",
           "my-agent", "in-the-form", "variable-of-somebody", "in-the-query")
# A hub of its own in a process of its own: the library hooks into all of Django for good.
CODE = """
import sys, django
from django.conf import settings
django.setup()
import logging
from django.http import HttpResponse
from django.test import Client
from django.urls import path

def broken(request, name):
    somebody = "variable-of-somebody"
    raise RuntimeError("nobody expected 1-c9wz0n-5f1d7e0b6a2c4d8e9f00 of <yai@example.org>")

sys.modules["urls_of_test"] = urls = type(sys)("urls_of_test")
urls.urlpatterns = [path("broken/<str:name>/", broken)]
urls.handler500 = "hub.web.error_pages.server_error"
settings.ROOT_URLCONF = "urls_of_test"
settings.MIDDLEWARE = ["hub.logs.request_id.RequestIdMiddleware"]
client = Client(raise_request_exception=False, REMOTE_ADDR="203.0.113.9")
client.cookies["sessionid"] = "secret-cookie"
answer = client.post("/broken/สมศรี/?q=in-the-query", {"field": "in-the-form"},
                     headers={"user-agent": "my-agent", "x-phone": "0812345678"})
print(answer.status_code, answer["X-Request-ID"])
logging.getLogger("hub.x").error("%s could not be stored", "สมศรี")
logging.getLogger("hub.x").warning("only a warning")
import sentry_sdk
sentry_sdk.flush(20)
"""


class Receiver(BaseHTTPRequestHandler):
    """Takes envelopes, as Sentry and GlitchTip do."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.received.append((self.path, self.headers["X-Sentry-Auth"], body))
        answer = b'{"id": "0"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def receiver():
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.received = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def run(code, data_dir, **environment):
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
        env={"PATH": os.environ["PATH"], "DEVELOPMENT": "1", "DATA_DIR": str(data_dir),
             "DJANGO_SETTINGS_MODULE": "hub.settings", **environment}).stdout


def events(server):
    """The events in the envelopes: a line for the envelope, then a header and a payload each."""
    for _path, _auth, body in server.received:
        lines = body.split(b"\n")
        for header, payload in zip(lines[1::2], lines[2::2], strict=False):
            if json.loads(header)["type"] == "event":
                yield json.loads(payload)


def test_a_server_receives_what_happened_and_nothing_of_persons(receiver, tmp_path):
    dsn = f"http://publickey@127.0.0.1:{receiver.server_port}/42"
    status, request_id = run(CODE, tmp_path, SENTRY_DSN=dsn, BASE_URL="https://hub.example").split()
    assert status == "500"
    error, line = sorted(events(receiver), key=lambda event: "exception" not in event)
    assert {path for path, _auth, _body in receiver.received} == {"/api/42/envelope/"}
    assert all("publickey" in auth for _path, auth, _body in receiver.received)

    assert error["tags"] == {
        "request_id": request_id, "route": "broken/<str:name>/", "method": "POST"}
    assert error["environment"] == "hub.example" and error["transaction"] == "broken/<str:name>/"
    (raised,) = error["exception"]["values"]
    assert raised["type"] == "RuntimeError"
    assert raised["value"] == "nobody expected [key] of <[address]>"
    assert raised["stacktrace"]["frames"][-1]["function"] == "broken"
    assert line["logentry"] == {"message": "%s could not be stored"}

    whole = b"\n".join(body for _path, _auth, body in receiver.received).decode()
    whole += json.dumps([*events(receiver)], ensure_ascii=False)
    assert [word for word in PRIVATE if word in whole] == []
    left_out = {"user", "request", "breadcrumbs", "extra", "modules", "server_name", "contexts"}
    for event in (error, line):
        assert not left_out & set(event)


def test_the_library_is_not_imported_without_an_address(tmp_path):
    code = ("import sys, django; django.setup()\n"
            "print('sentry_sdk' in sys.modules, 'prometheus_client' in sys.modules)")
    assert run(code, tmp_path).split() == ["False", "False"]
