"""compose.yml: pinned official images, and only documented settings."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "compose.yml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
OURS = ("prepare", "web1", "web2", "worker", "schedule")


def test_the_services_are_complete_and_pinned():
    assert set(SERVICES) == {*OURS, "proxy", "postgresql", "opensearch", "valkey"}
    for name, service in SERVICES.items():
        if name not in OURS:
            assert re.fullmatch(r"[a-z/]+:\d[\w.-]*", service["image"]), name


@pytest.mark.parametrize("name", OURS)
def test_our_services_share_a_volume_and_use_documented_settings(name):
    settings = (ROOT / "docs/settings.md").read_text("utf-8")
    service = SERVICES[name]
    assert service["volumes"] == ["data:/data"]
    for variable in service["environment"]:
        assert f"`{variable}`" in settings, variable
    for variable in ("SECRET_KEY", "EMAIL_URL"):
        assert service["environment"][variable].startswith(f"${{{variable}:?Set ")
    assert service["environment"]["SEARCH_URL"].startswith("opensearch://opensearch:9200/")


def test_every_volume_is_declared():
    used = {v.split(":")[0] for s in SERVICES.values() for v in s.get("volumes", [])}
    assert {v for v in used if not v.startswith(".")} == set(COMPOSE["volumes"])
    assert (ROOT / "deploy/nginx.conf").exists()


def test_the_proxy_accepts_the_largest_upload():
    from hub.files.validation import MAX_DOCUMENT_BYTES, MEGABYTE

    allowed = re.search(r"client_max_body_size (\d+)m;", (ROOT / "deploy/nginx.conf").read_text())
    assert int(allowed[1]) * MEGABYTE > MAX_DOCUMENT_BYTES
