"""A hub served as by `./run`, and a real Chromium."""

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
    # With smooth scrolling, a button may still move when it is clicked.
    "--disable-smooth-scrolling",
]
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
AXE = (ROOT / "tests/vendor/axe.min.js").read_text("utf-8")


def axe_violations(page, without=()) -> list[str]:
    """What axe finds on ``page``: its address, the rule and an element, for each rule.

    The page bypasses the content security policy, which would keep axe out. ``without`` are
    selectors of what is not ours.
    """
    page.evaluate(AXE)
    result = page.evaluate(
        "without => axe.run({exclude: without}, {resultTypes: ['violations']})", list(without)
    )
    return [
        f"{page.url}: {v['id']}: {v['nodes'][0]['html'][:160]}" for v in result["violations"]
    ]


def screens(viewport, scheme):
    """Parametrize a test by screen: the thorough run uses phone and desktop, light and dark; the
    quick run only the given one."""
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
    """Overrides the fixture of all tests: the server has its own folders."""


@dataclass
class Served:
    """A running hub: its address, its data folder and its users' passwords."""

    url: str
    data: Path
    environment: dict
    console: subprocess.Popen | None = None  # see console.py

    def password(self, name) -> str:
        lines = (self.data / "demonstration-users.txt").read_text().splitlines()
        return dict(line.split(maxsplit=1) for line in lines)[name].strip()

    def manage(self, *arguments) -> str:
        """The output of a management command."""
        return self._ask(command=arguments)

    def shell(self, code) -> str:
        """The output of ``code``, run in a process of the hub."""
        return self._ask(code=code)

    def _ask(self, **request):
        if self.console is None:
            self.console = subprocess.Popen(
                [sys.executable, "-m", "tests.browser.console"], cwd=ROOT, env=self.environment,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
        self.console.stdin.write(json.dumps(request) + "\n")
        self.console.stdin.flush()
        answer = json.loads(self.console.stdout.readline())
        assert not answer["error"], answer["error"]
        return answer["output"]

    def emails(self) -> list:
        """The e-mails sent so far, oldest first."""
        found = []
        for path in sorted((self.data / "mail").glob("*.log"), key=lambda p: p.stat().st_mtime_ns):
            # The backend writes one file per connection and a line of dashes after each e-mail.
            for text in path.read_text("utf-8").split("-" * 79 + "\n"):
                if text.strip():
                    found.append(message_from_bytes(text.encode(), policy=default))
        return found

    def emails_to(self, address, words="", number=1) -> list[str]:
        """The bodies of e-mails to ``address`` that contain ``words``, oldest first.

        Waits until the worker has sent ``number`` of them.
        """
        for _attempt in range(150):
            bodies = [m.get_content() for m in self.emails() if m["To"] == address]
            found = [body for body in bodies if words in body]
            if len(found) >= number:
                return found
            time.sleep(0.2)
        pytest.fail(f"Fewer than {number} e-mails to {address} contain “{words}”.")


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """The hub with the demonstration, two gunicorn workers, a worker for background tasks and the
    schedule."""
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
        ["manage.py", "keep_schedule"],  # sends the e-mails
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
    """Click a submit button or a link and wait for the next page to load; the editor's autosave,
    which only changes the address, does not count."""
    with button.page.expect_event("load"):
        button.click()


def more_actions(page) -> None:
    """Open the menu beside the editor's save button."""
    page.locator("footer .w-dropdown__toggle").last.click()


def approve(page, pk) -> None:
    """Approve the submitted page ``pk`` in its edit form, as a moderator."""
    page.goto(f"/admin/pages/{pk}/edit/")
    more_actions(page)
    press(page.locator("[data-workflow-action-name=approve]").first)


@pytest.fixture(scope="session")
def chromium():
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        if os.environ.get("CI") == "true":
            pytest.fail("There is no Chromium on this machine, and under CI none may be missing.")
        pytest.skip("There is no Chromium on this machine (apt install chromium).")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as monkeypatch:
        # Playwright's loop stays in this thread, where later tests of the worker use the database.
        monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_browser(chromium, served):
    """Opens a page in a fresh profile; any script error fails the test."""
    contexts, errors = [], []

    def fresh(viewport=DESKTOP, **options):
        context = chromium.new_context(
            base_url=served.url, viewport=viewport, accept_downloads=True, **options
        )
        context.on("weberror", lambda error: errors.append(str(error.error)))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)  # a pack may be built at its first visit
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
    """Opens a page of a user signed in to the editor."""

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
    """Opens a phone's page of a user signed in on the public site."""

    def as_user(name, **options):
        page = open_browser(viewport=PHONE, **options)
        page.goto("/accounts/login/")
        page.fill("input[name=login]", name)
        page.fill("input[name=password]", served.password(name))
        page.locator("main form button").first.click()
        page.wait_for_url("**/accounts/me/")
        return page

    return as_user
