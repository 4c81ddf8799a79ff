"""``/metrics`` is for who has the token, counts requests by view, and names no page and nobody."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from hub.metrics import folder
from hub.metrics import requests as metrics_requests
from hub.models import QueuedEmail
from tests.factories import ModelPageFactory
from tests.template_database import template_file

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "a-token-of-the-monitoring"


@pytest.fixture
def counted(settings, monkeypatch):
    settings.METRICS_TOKEN = TOKEN
    monkeypatch.delenv(folder.VARIABLE, raising=False)
    metrics_requests.counts.cache_clear()
    yield
    metrics_requests.counts.cache_clear()


def ask(client, token=TOKEN):
    return client.get("/metrics", headers={"authorization": f"Bearer {token}"})


def samples(text):
    """(name, labels) → value."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text) for sample in family.samples
    }


@pytest.mark.django_db
def test_there_is_nothing_without_a_token(hub, visitor):
    assert visitor.get("/metrics").status_code == 404
    assert ask(visitor, "").status_code == 404


@pytest.mark.django_db
def test_it_is_refused_to_who_has_another_token_or_none(hub, counted, visitor):
    for headers in ({}, {"authorization": "Bearer x"}, {"authorization": f"Basic {TOKEN}"},
                    {"authorization": "Bearer ไทย"}, {"authorization": "Bearer"}):
        answer = visitor.get("/metrics", headers=headers)
        assert answer.status_code == 401 and answer["WWW-Authenticate"] == "Bearer"
        assert b"hub_" not in answer.content
    assert ask(visitor).status_code == 200
    assert visitor.post("/metrics").status_code == 405
    assert "no-store" in ask(visitor)["Cache-Control"]


@pytest.mark.django_db
def test_requests_are_counted_by_view_and_the_page_cache_by_result(hub, counted):
    page = ModelPageFactory(title="หน้าของใครบางคน")
    visitor = Client()
    for _time in range(3):
        assert visitor.get(page.url).status_code == 200
    assert visitor.get("/no-such-page/").status_code == 404
    visitor.get("/livez")
    text = ask(visitor).content.decode()
    found = samples(text)

    def value(name, **labels):
        return found.get((name, tuple(sorted(labels.items()))), 0)

    assert value("hub_requests_total", view="wagtail_serve", method="GET", status="200") == 1
    assert value("hub_requests_total", view="(page cache)", method="GET", status="200") == 2
    assert value("hub_requests_total", view="wagtail_serve", method="GET", status="404") == 1
    assert value("hub_page_cache_total", result="hit") == 2
    assert value("hub_page_cache_total", result="miss") == 1
    assert value("hub_request_seconds_count", view="wagtail_serve", method="GET") == 2
    assert value("hub_request_seconds_bucket", view="(page cache)", method="GET", le="+Inf") == 2
    assert page.slug not in text and "ใครบางคน" not in text and "no-such-page" not in text


@pytest.mark.django_db
def test_the_figures_are_those_of_the_health_checks(hub, counted, visitor, settings):
    settings.EMAIL_BACKEND = "hub.email.backend.QueueBackend"
    from django.core.mail import EmailMessage

    EmailMessage("x", "y", to=["somebody@example.org"]).send()
    assert QueuedEmail.objects.count() == 1
    text = ask(visitor).content.decode()
    found = samples(text)
    assert found["hub_emails", (("state", "waiting"),)] == 1
    assert found["hub_emails", (("state", "unsendable"),)] == 0
    assert found["hub_disk_free_bytes", (("folder", "data"),)] > 0
    assert found["hub_outbox_unprocessed", ()] >= 0 and found["hub_revisions", ()] >= 0
    assert found["hub_health_state", (("check", "backup"),)] == 1
    info = next(dict(labels) for name, labels in found if name == "hub_info")
    assert re.match(r"\d+\.\d+", info["wagtail"]) and re.match(r"\d+\.\d+", info["django"])
    assert "somebody" not in text and "example.org" not in text


@pytest.mark.django_db
def test_strange_methods_and_addresses_make_no_new_labels(hub, counted):
    client = Client()
    for number in range(20):
        client.generic(f"METHOD{number}", f"/a-{number}/")
    labels = {labels for name, labels in samples(ask(client).content.decode())
              if name == "hub_requests_total"}
    assert {dict(label)["method"] for label in labels} <= {"GET", "other"}
    assert len(labels) <= 6


def test_the_folder_is_emptied_when_a_server_begins(monkeypatch, tmp_path):
    monkeypatch.setattr(folder, "IN_MEMORY", tmp_path)
    monkeypatch.setenv(folder.VARIABLE, "")
    folder.begin("127.0.0.1:1")
    (first,) = tmp_path.iterdir()
    (first / "counter_1.db").write_bytes(b"x")
    folder.begin("127.0.0.1:1")
    assert list(tmp_path.iterdir()) == [first] and not list(first.iterdir())
    assert os.environ[folder.VARIABLE] == str(first) and first.stat().st_mode & 0o077 == 0
    folder.begin("127.0.0.1:2")
    assert len(list(tmp_path.iterdir())) == 2
    folder.end()
    assert list(tmp_path.iterdir()) == [first]


@pytest.mark.processes
@pytest.mark.any_database
def test_two_processes_are_added_up(tmp_path):
    """Whichever process is asked tells the requests of both."""
    shutil.copy(template_file(), tmp_path / "hub.sqlite3")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"], "DEVELOPMENT": "1", "DATA_DIR": str(tmp_path),
        "PORT": str(port), "WEB_CONCURRENCY": "2", "METRICS_TOKEN": TOKEN}
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "hub/gunicorn_conf.py", "hub.wsgi"],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        number = 60
        _wait_for(f"http://127.0.0.1:{port}/livez", server)
        for _time in range(number):
            _read(f"http://127.0.0.1:{port}/livez")
        before = _counted(port)
        assert before >= number + 1
        assert {_counted(port) for _time in range(12)} == {before}
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(120)


def _read(address, **headers):
    request = urllib.request.Request(address, headers=headers)
    with urllib.request.urlopen(request, timeout=180) as answer:
        return answer.read().decode()


def _wait_for(address, server):
    while server.poll() is None:
        try:
            _read(address)
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
        else:
            return
    pytest.fail("The server ended.")


def _counted(port):
    found = samples(_read(f"http://127.0.0.1:{port}/metrics", Authorization=f"Bearer {TOKEN}"))
    return sum(value for (name, labels), value in found.items()
               if name == "hub_requests_total" and dict(labels)["view"] == "livez")
