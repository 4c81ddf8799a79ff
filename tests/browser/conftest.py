"""A hub served as `./run` serves it, and a real Chromium in front of it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests.browser import demonstration_hub
from tests.conftest import combinations

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
    # The editor scrolls smoothly; a button that still moves on a busy machine loses its click.
    "--disable-smooth-scrolling",
]
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
AXE = (ROOT / "tests/vendor/axe.min.js").read_text("utf-8")


def screens(viewport, scheme):
    """The thorough run opens a long list of pages on a phone and on a desk, light and dark; the
    quick run on that screen alone."""
    every = [(size, colours) for size in (PHONE, DESKTOP) for colours in ("light", "dark")]
    return pytest.mark.parametrize(
        ("viewport", "scheme"), combinations(every, quick=[(viewport, scheme)])
    )


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(autouse=True)
def own_folders():
    """These tests talk to a server of its own folders; nothing here is to be set up."""


@dataclass
class Served:
    """A running hub: its address, its data folder and the passwords of its sign-ins."""

    url: str
    data: Path
    environment: dict
    console: subprocess.Popen | None = None  # see console.py

    def password(self, name) -> str:
        lines = (self.data / "demonstration-users.txt").read_text().splitlines()
        return dict(line.split(maxsplit=1) for line in lines)[name].strip()

    def manage(self, *arguments) -> str:
        """What a command of the hub prints."""
        return self._ask(command=arguments)

    def shell(self, code) -> str:
        """What ``code`` prints, run in a process of the hub."""
        return self._ask(code=code)

    def _ask(self, **order):
        if self.console is None:
            self.console = subprocess.Popen(
                [sys.executable, "-m", "tests.browser.console"], cwd=ROOT, env=self.environment,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
        self.console.stdin.write(json.dumps(order) + "\n")
        self.console.stdin.flush()
        answer = json.loads(self.console.stdout.readline())
        assert not answer["error"], answer["error"]
        return answer["output"]

    def letters(self) -> list:
        """The e-mails sent so far, oldest first."""
        found = []
        for path in sorted((self.data / "mail").glob("*.log"), key=lambda p: p.stat().st_mtime_ns):
            # The backend writes one file per connection and a line of dashes after each letter.
            for text in path.read_text("utf-8").split("-" * 79 + "\n"):
                if text.strip():
                    found.append(message_from_bytes(text.encode(), policy=default))
        return found

    def letters_to(self, address, words="", number=1) -> list[str]:
        """The bodies of the letters to ``address`` with ``words`` in them, oldest first, once the
        worker has sent so many."""
        for _attempt in range(150):
            bodies = [m.get_content() for m in self.letters() if m["To"] == address]
            found = [body for body in bodies if words in body]
            if len(found) >= number:
                return found
            time.sleep(0.2)
        pytest.fail(f"{number} letters to {address} with “{words}” did not come.")


@pytest.fixture(scope="package")
def served(tmp_path_factory):
    """The hub with the demonstration, two gunicorn workers and the worker of background tasks."""
    if os.environ.get("HUB_SERVED"):
        yield Served(os.environ["HUB_SERVED"], Path(os.environ["DATA_DIR"]), dict(os.environ))
        return
    data = tmp_path_factory.mktemp("hub")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    demonstration_hub.copy(data, url)
    hub = Served(url, data, demonstration_hub.environment(data, url))
    log = open(data / "server.log", "w")  # noqa: SIM115 - closed with the processes below
    commands = [
        ["-m", "gunicorn", "--config", "hub/gunicorn_conf.py", "hub.wsgi"],
        ["manage.py", "db_worker", "--interval", "0.2", "--verbosity", "0"],
    ]
    processes = [
        subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=hub.environment, stdout=log, stderr=log
        )
        for command in commands
    ]
    try:
        _wait_until_ready(f"{url}/readyz", log.name)
        yield hub
    finally:
        if hub.console:
            hub.console.stdin.close()
            hub.console.wait()
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
        log.close()


def _wait_until_ready(address, log):
    for _attempt in range(150):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"The server did not answer:\n{Path(log).read_text()[-3000:]}")


def press(button) -> None:
    """Click what sends a form, and wait for the page that answers; the editor's own saving, which
    changes the address only, is none."""
    with button.page.expect_event("load"):
        button.click()


def more_actions(page) -> None:
    """Open the menu beside the button that saves, in the editor."""
    page.locator("footer .w-dropdown__toggle").last.click()


def approve(page, pk) -> None:
    """A moderator approves the submitted page of primary key ``pk`` in its form."""
    page.goto(f"/admin/pages/{pk}/edit/")
    more_actions(page)
    press(page.locator("[data-workflow-action-name=approve]").first)


@pytest.fixture(scope="package")
def chromium():
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        if os.environ.get("CI") == "true":
            pytest.fail("There is no Chromium on this machine, and under CI none may be missing.")
        pytest.skip("There is no Chromium on this machine (apt install chromium).")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_browser(chromium, served):
    """Makes a fresh profile on ``served``; every page in it fails the test on a script error."""
    contexts, errors = [], []

    def fresh(viewport=DESKTOP, **options):
        context = chromium.new_context(
            base_url=served.url, viewport=viewport, accept_downloads=True, **options
        )
        context.on("weberror", lambda error: errors.append(str(error.error)))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)  # a slow machine makes a pack at its first visit
        return page

    yield fresh
    for context in contexts:
        context.close()
    assert not errors


@pytest.fixture
def visitor(open_browser):
    return open_browser()


@pytest.fixture
def sign_in(open_browser, served):
    """A page of somebody who signed in to the editor's side through its form."""

    def as_user(name, **options):
        page = open_browser(**options)
        page.goto("/admin/login/")
        page.fill("input[name=username]", name)
        page.fill("input[name=password]", served.password(name))
        page.click("button[type=submit]")
        page.wait_for_url("**/admin/")
        return page

    return as_user


@pytest.fixture
def sign_in_here(open_browser, served):
    """Somebody of the demonstration, signed in on the site's own page with a phone."""

    def as_user(name, **options):
        page = open_browser(viewport=PHONE, **options)
        page.goto("/accounts/login/")
        page.fill("input[name=login]", name)
        page.fill("input[name=password]", served.password(name))
        page.locator("main form button").first.click()
        page.wait_for_url("**/accounts/me/")
        return page

    return as_user
