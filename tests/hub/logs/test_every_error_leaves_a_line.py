"""An error of any view is found in the log by the id on its page, and the log names no person."""

import io
import json
import logging
import re

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from hub.logs import lines
from hub.urls import urlpatterns as urls_of_hub

KEY = "1-c9wz0n-5f1d7e0b6a2c4d8e9f00aa11bb22cc33"


def broken(request, key):
    raise RuntimeError(f"nobody expected {key} of ยาย <yai@example.org>")


def away(request):
    raise OperationalError("connection refused")


def busy(request):
    return HttpResponse(status=503)


def warning(request):
    logging.getLogger("hub.anything").warning("Not stored for %s", "yai@example.org")
    return HttpResponse()


urlpatterns = [
    path("broken/<str:key>/", broken), path("away/", away), path("busy/", busy),
    path("warning/", warning), *urls_of_hub,
]
handler500 = "hub.web.error_pages.server_error"
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture
def written():
    """The lines of the log so far, each as the formatter for JSON writes it."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(lines.JSONFormatter())
    handler.addFilter(lines.RequestFilter())
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)


def ask(address, **headers):
    return Client(raise_request_exception=False).get(address, headers=headers)


def test_an_error_is_found_by_the_id_on_its_page(written):
    answer = ask(f"/broken/{KEY}/")
    assert answer.status_code == 500
    (line,) = written()
    assert line["level"] == "ERROR" and line["status"] == 500
    assert (line["method"], line["route"]) == ("GET", "broken/<str:key>/")
    assert "nobody expected" in line["traceback"] and "in broken" in line["traceback"]
    assert line["request"] == answer["X-Request-ID"]
    assert len(re.findall(f"<code>{line['request']}</code>", answer.content.decode())) == 2


def test_no_key_and_no_address_of_a_person_is_logged(written):
    ask(f"/broken/{KEY}/")
    ask("/warning/")
    assert [line["level"] for line in written()] == ["ERROR", "WARNING"]
    whole = json.dumps(written())
    assert KEY not in whole and "5f1d7e0b" not in whole and "example.org" not in whole


def test_a_database_that_is_away_takes_one_line_and_no_flood_any(written):
    assert ask("/away/").status_code == 503
    assert ask("/busy/").status_code == 503
    (line,) = written()
    assert "connection refused" in line["message"] and "traceback" not in line


def test_every_request_has_an_id_and_a_proxy_may_give_it(settings):
    ids = {ask("/warning/")["X-Request-ID"] for _time in range(3)}
    assert len(ids) == 3
    given = {"x-request-id": "given-by-the-proxy"}
    assert ask("/warning/", **given)["X-Request-ID"] != "given-by-the-proxy"
    settings.PROXY_COUNT = 1
    assert ask("/warning/", **given)["X-Request-ID"] == "given-by-the-proxy"
    assert ask("/warning/", **{"x-request-id": "a b <x>"})["X-Request-ID"] not in ("a b <x>", "")


@pytest.mark.parametrize(("arguments", "is_service"), [
    (["/venv/lib/gunicorn/__main__.py", "hub.wsgi"], True),
    (["manage.py", "serve"], True),
    (["manage.py", "db_worker", "--interval", "1"], True),
    (["manage.py", "index", "--check"], False),
    (["manage.py"], False),
    (["-c"], False),
    (["-m"], False),
])
def test_only_parts_of_a_running_hub_log_to_the_standard_output(arguments, is_service):
    """The output of a command stays what was asked for, for whoever reads it by a program."""
    assert lines.is_service(arguments) is is_service


@pytest.mark.parametrize("text", [
    "Traceback (most recent call last): File hub/models/knowledge_page.py, line 12, in get_context",
    "The disk is full: POST /admin/pages/add/ was not stored.",
    "หน้า 12 ถูกลบแล้ว", "2026-12-01T10:00:00+07:00",
])
def test_other_words_stay(text):
    assert lines.without_persons(text) == text


def test_lines_for_people_say_which_request_it_was():
    record = logging.makeLogRecord({"msg": "Not stored", "levelno": 30, "levelname": "WARNING",
                                    "name": "hub.x", "request_id": "abc", "route": "a/<int:b>/"})
    assert lines.LineFormatter().format(record) == "WARNING hub.x: Not stored (a/<int:b>/ abc)"
