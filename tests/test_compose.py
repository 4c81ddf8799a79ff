"""compose.yml: pinned official images, confined containers, and only documented settings."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_can_gain_rights_or_change_its_own_files(name):
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is (name != "opensearch"), name
    if name in (*OURS, "opensearch", "valkey"):
        assert "cap_add" not in service


def test_servers_are_reached_by_the_hub_alone():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    networks = COMPOSE["networks"]
    servers = {"postgresql": "database", "opensearch": "search", "valkey": "cache"}
    for name, network in servers.items():
        assert SERVICES[name]["networks"] == [network]
        assert networks[network] == {"internal": True}
        on_it = {other for other, s in SERVICES.items() if network in s["networks"]}
        assert on_it == {name, *OURS}
    assert "requirepass" in SERVICES["valkey"]["command"][-1]
    assert SERVICES["web1"]["environment"]["CACHE_URL"].startswith("rediscache://:${CACHE_PASSWORD:?")


class Answer(BaseHTTPRequestHandler):
    status, asked = 200, None

    def do_GET(self):
        type(self).asked = (self.path, self.headers["Host"])
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.mark.parametrize(("status", "allowed", "host"), [
    (200, "hub.example.org,www.example.org", "hub.example.org"), (200, "*", "localhost"),
    (503, ".example.org", "example.org"),
])
def test_a_web_process_is_healthy_when_it_is_ready(status, allowed, host):
    assert SERVICES["web1"]["healthcheck"]["test"] == ["CMD", "python", "deploy/is_ready.py"]
    Answer.status = status
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = subprocess.run(
            [sys.executable, "deploy/is_ready.py"], cwd=ROOT, capture_output=True, text=True,
            env={"PORT": str(server.server_port), "ALLOWED_HOSTS": allowed},
        )
        server.shutdown()
    assert (done.returncode == 0) is (status == 200), done.stderr
    assert Answer.asked == ("/readyz", host)


def test_the_proxy_takes_its_rules():
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not nginx:
        pytest.skip("nginx is not installed here")
    with tempfile.TemporaryDirectory() as folder:
        rules = (ROOT / "deploy/nginx.conf").read_text("utf-8")
        rules = re.sub(r"server web\d:8000", "server 127.0.0.1:8000", rules)
        Path(folder, "site.conf").write_text(rules)
        Path(folder, "nginx.conf").write_text(
            f"pid {folder}/pid; error_log stderr; events {{}}\n"
            f"http {{ include {folder}/site.conf; }}"
        )
        done = subprocess.run(
            [nginx, "-t", "-c", f"{folder}/nginx.conf"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
