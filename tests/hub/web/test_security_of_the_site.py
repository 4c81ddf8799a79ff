"""Headers, sign-in throttling, secrets and health."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hub import __version__
from tests.factories import FACTORIES, LessonPageFactory

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]


def test_every_public_page_has_a_strict_policy_and_nothing_inline(hub, visitor):
    import re

    addresses = ["/", "/en/", "/search/?q=ปู", "/nothing/", "/_util/login/"]
    addresses += [factory().url for factory in FACTORIES.values()]
    for address in addresses:
        answer = visitor.get(address)
        policy = answer["Content-Security-Policy"]
        assert "unsafe-" not in policy, address
        assert "default-src 'none'" in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        body = answer.content.decode()
        # The citation for search engines is data, not a script.
        body = body.replace('<script type="application/ld+json">', "")
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", body), address


def test_a_page_that_was_cached_keeps_its_headers(hub, visitor):
    first, second = visitor.get("/"), visitor.get("/")
    for header in ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options"):
        assert first[header] == second[header]


def test_hsts_follows_its_setting(hub, visitor, settings):
    from django.test import Client

    assert "Strict-Transport-Security" not in visitor.get("/").headers
    settings.SECURE_HSTS_SECONDS = 3600
    assert Client().get("/", secure=True)["Strict-Transport-Security"] == "max-age=3600"


def run_settings(**environment):
    kept = {k: v for k, v in os.environ.items() if k not in ("SECRET_KEY", "DEVELOPMENT")}
    kept["EMAIL_URL"] = "smtp://localhost"
    return subprocess.run(
        [sys.executable, "-c", "import hub.settings as s; print(s.SECURE_HSTS_SECONDS)"],
        cwd=ROOT, env=kept | environment, capture_output=True, text=True,
    )


def test_a_secret_key_is_required_outside_development():
    refused = run_settings()
    assert refused.returncode != 0
    assert "SECRET_KEY" in refused.stderr
    assert run_settings(SECRET_KEY="x" * 50, HSTS_SECONDS="60").stdout.strip() == "60"


def test_shared_page_passwords_are_not_offered(hub, administrator, signed_in):
    page = LessonPageFactory()
    answer = signed_in(administrator).get(f"/admin/pages/{page.pk}/privacy/")
    form = answer.json()["html"]
    assert 'value="login"' in form
    assert 'value="password"' not in form


@pytest.mark.postgresql
def test_health_checks(hub, visitor, monkeypatch):
    assert visitor.get("/livez").status_code == 200
    assert visitor.get("/readyz").json() == {
        "version": __version__, "database": "ok", "schema": "ok", "site": "ok", "disk": "ok",
        "cache": "ok"}
    from django.db import connection

    def away():
        raise ConnectionError

    monkeypatch.setattr(connection, "cursor", away)
    answer = visitor.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "ConnectionError"
    assert visitor.get("/livez").status_code == 200
