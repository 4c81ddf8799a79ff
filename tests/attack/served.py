"""A small hub served as a deployment serves it, alone or behind nginx, on 127.0.0.1 only."""

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.attack.closed_content import Closed
from tests.template_database import ROOT, template_file

HOST = "127.0.0.1"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
STATIC = Path(os.environ.get("DATA_DIR", ROOT / "var/test")) / "static"


@dataclass(frozen=True)
class Target:
    """Where a served hub answers; ``logs`` is the folder of what its processes wrote."""

    port: int
    logs: Path
    closed: Closed | None = None
    is_thorough: bool = False

    def ask(self, method="GET", path="/", body=None, headers=None, timeout=30):
        """(status, headers, body) of one request on a connection of its own."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def connect(self, timeout=30) -> socket.socket:
        return socket.create_connection((HOST, self.port), timeout=timeout)


def free_port() -> int:
    with socket.create_server((HOST, 0)) as free:
        return free.getsockname()[1]


@contextmanager
def gunicorn(application: str, folder: Path, **environment: str) -> Iterator[tuple]:
    """``application`` served with the hub's own settings of gunicorn; yields (process, target)."""
    target = Target(free_port(), folder)
    own = os.environ | {"PORT": str(target.port), "HOST": HOST, "PYTHONUNBUFFERED": "1"}
    with open(folder / "gunicorn.log", "w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "hub/gunicorn_conf.py", application],
            cwd=ROOT, env=own | environment, stdout=log, stderr=log,
        )
        try:
            wait_until_it_answers(target)
            yield process, target
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def served_hub(folder: Path, **environment: str) -> Iterator[Target]:
    """A hub with reference data and closed content on SQLite, in one process; its data is in
    ``folder``."""
    shutil.copy(template_file(), folder / "hub.sqlite3")
    if STATIC.exists():
        (folder / "static").symlink_to(STATIC)
    own = {
        "DEVELOPMENT": "1", "DATA_DIR": str(folder), "WEB_CONCURRENCY": "1", "SEARCH_URL": "",
        "DATABASE_URL": f"sqlite:///{folder / 'hub.sqlite3'}", "CACHE_URL": "locmemcache://",
        "SEARCH_INDEX_DIR": str(folder / "index"), "DJANGO_SETTINGS_MODULE": "hub.settings",
    }
    written = subprocess.run(
        [sys.executable, "-m", "tests.attack.closed_content"], cwd=ROOT, text=True, check=True,
        env=os.environ | own | environment, stdout=subprocess.PIPE,
    )
    closed = Closed(**json.loads(written.stdout))
    with gunicorn("hub.wsgi", folder, **(own | environment)) as (_process, target):
        yield replace(target, closed=closed)


@contextmanager
def behind_nginx(hub: Target) -> Iterator[Target]:
    """The address of an nginx with the rules of ``deploy/nginx.conf`` in front of ``hub``."""
    folder, target = hub.logs / "nginx", replace(hub, port=free_port())
    folder.mkdir()
    rules = (ROOT / "deploy/nginx.conf").read_text("utf-8")
    rules = re.sub(r"server web\d:8000", f"server {HOST}:{hub.port}", rules)
    rules = re.sub(r"listen 80 default_server", f"listen {HOST}:{target.port}", rules)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{ worker_connections 4096; }}\n"
        f"http {{ access_log off;\n{temporary}{rules}\n}}\n"
    )
    process = subprocess.Popen(
        [NGINX, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_it_answers(target)
        yield target
    finally:
        process.terminate()
        process.wait(20)


def wait_until_it_answers(target: Target) -> None:
    for _attempt in range(300):
        try:
            target.ask(path="/livez", timeout=2)
            return
        except OSError:
            time.sleep(0.2)
    logs = "\n".join(path.read_text()[-3000:] for path in target.logs.glob("*.log"))
    raise RuntimeError(f"Nothing answers at port {target.port}:\n{logs}")
