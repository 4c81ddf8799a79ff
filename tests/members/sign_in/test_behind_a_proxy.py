"""A real nginx with the rules of deploy/nginx.conf before two processes of the hub: visitors are
told apart by the address from which they come, and by nothing that they send."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.template_database import template_file

ROOT = Path(__file__).resolve().parents[3]
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(NGINX is None, reason="no nginx on this machine"),
]
STRANGER, OWNER, ELSEWHERE = "127.0.0.2", "127.0.0.3", "127.0.0.4"
PASSWORD = "ปลากระบอก-7-ตัว"
CREATE_USERS = f"""
from django.contrib.auth import get_user_model
for name in ("owner", "other", "third"):
    get_user_model().objects.create_user(name, name + "@example.org", {PASSWORD!r})
"""


@pytest.fixture(autouse=True)
def own_folders():
    """Overrides the fixture of all tests: the server has its own folders."""


class Visitor:
    """A browser at an address of this machine: keeps cookies, fills in the sign-in form."""

    def __init__(self, port, address):
        self.port, self.address, self.cookies = port, address, {}

    def ask(self, method, path, data=None, **headers):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=60, source_address=(self.address, 0))
        headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(data) if data else None, headers)
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        connection.close()
        return answer

    def sign_in(self, name, password=PASSWORD, **headers):
        form = self.ask("GET", "/accounts/login/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
        return self.ask("POST", "/accounts/login/", {
            "login": name, "password": password, "csrfmiddlewaretoken": token}, **headers)


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """The port of nginx before the hub."""
    folder = tmp_path_factory.mktemp("proxied")
    shutil.copy(template_file(), folder / "hub.sqlite3")
    (folder / "static").symlink_to(Path(os.environ["DATA_DIR"]) / "static")
    hub_port, proxy_port = free_port(), free_port()
    environment = os.environ | {
        "DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/hub.sqlite3",
        "SEARCH_INDEX_DIR": str(folder / "index"), "DEVELOPMENT": "1", "PROXY_COUNT": "1",
        "BEHIND_PROXY": "true", "PORT": str(hub_port), "WEB_CONCURRENCY": "2",
    }
    subprocess.run([sys.executable, "manage.py", "shell", "--no-imports", "-c", CREATE_USERS],
                   cwd=ROOT, env=environment, check=True)
    (folder / "nginx.conf").write_text(configuration(folder, hub_port, proxy_port))
    with open(folder / "log", "w") as log:
        processes = [
            subprocess.Popen([sys.executable, "-m", "gunicorn", "--config", "hub/gunicorn_conf.py",
                              "hub.wsgi"], cwd=ROOT, env=environment, stdout=log, stderr=log),
            subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf",
                              "-g", "daemon off;"], stdout=log, stderr=log),
        ]
    try:
        await_answer(proxy_port, processes, folder)
        yield proxy_port
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)


def configuration(folder, hub_port, proxy_port) -> str:
    """The rules of deploy/nginx.conf on other ports, and what a distribution adds around them."""
    rules = (ROOT / "deploy/nginx.conf").read_text("utf-8")
    rules, servers = re.subn(r"(?m)^ *server web1:\S+", f"server 127.0.0.1:{hub_port}", rules)
    rules = re.sub(r"(?m)^ *server web2:.*\n", "", rules)
    rules, listens = re.subn(r"listen 80 default_server", f"listen 127.0.0.1:{proxy_port}", rules)
    assert servers == listens == 1
    own = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in
                  ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    return (f"pid {folder}/pid;\nerror_log {folder}/nginx-errors;\nevents {{}}\n"
            f"http {{\naccess_log off;\n{own}{rules}}}\n")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def await_answer(port, processes, folder):
    """Until the hub answers through the proxy, as long as both live."""
    while True:
        ended = [process.args[0] for process in processes if process.poll() is not None]
        assert not ended, (ended, (folder / "log").read_text())
        try:
            if Visitor(port, "127.0.0.1").ask("GET", "/readyz").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)


def test_a_stranger_locks_out_neither_another_address_nor_the_known_device(port):
    mine = Visitor(port, STRANGER)
    assert mine.sign_in("owner").status == 302, "the owner's device is at the stranger's address"
    mine.cookies.pop("sessionid")
    stranger = Visitor(port, STRANGER)
    assert [stranger.sign_in("owner", "wrong").status for _try in range(7)] == [200] * 5 + [429] * 2
    refused = stranger.sign_in("owner")
    assert refused.status == 429 and int(refused.headers["Retry-After"]) > 0
    assert 'value="owner"' in refused.text
    assert Visitor(port, OWNER).sign_in("owner").status == 302
    assert mine.sign_in("owner").status == 302


def test_forged_headers_are_ignored(port):
    stranger = Visitor(port, STRANGER)
    codes = [
        stranger.sign_in("other", "wrong", **{
            "X-Forwarded-For": f"203.0.113.{n}", "X-Real-IP": f"203.0.113.{n}",
            "Forwarded": f"for=203.0.113.{n}",
        }).status for n in range(6)
    ]
    assert codes == [200] * 5 + [429]
    forged = Visitor(port, OWNER).sign_in("other", **{"X-Forwarded-For": STRANGER})
    assert forged.status == 302, "nor does anybody take the blame of another"


def test_tries_at_the_same_moment_are_counted_one_by_one(port):
    with ThreadPoolExecutor(10) as threads:
        tries = [threads.submit(Visitor(port, ELSEWHERE).sign_in, "third", "wrong")
                 for _try in range(10)]
        codes = sorted(each.result().status for each in tries)
    assert codes == [200] * 5 + [429] * 5, "in two processes"
