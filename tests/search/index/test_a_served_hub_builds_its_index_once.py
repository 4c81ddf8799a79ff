"""A served hub without an index: every request is answered while one process builds it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings

from search.engines.tantivy_engine import FOLDER
from search.index.history import History
from tests.template_database import template_file

ROOT = Path(__file__).resolve().parents[3]
PAGES = 30
WORD = "กระพงทดลอง"
PATIENCE = 300  # seconds; a machine may be busy
# Fills the hub, then looks after its index when it is told to, slowly enough to be watched.
PREPARE = f"""
from tests.factories import LessonPageFactory, SectionPageFactory
section = SectionPageFactory(title="หมวด")
for number in range({PAGES}):
    LessonPageFactory(title=f"{WORD} {{number}}", parent=section)
"""
SLOW_BUILD = """
import sys, time
from search.index.entries import EntryBuilder
entries = EntryBuilder.entries
def slowly(self, pks=None):
    for number, entry in enumerate(entries(self, pks)):
        if pks is None and number == 5:
            print("building", flush=True)
            sys.stdin.readline()
        yield entry
EntryBuilder.entries = slowly
from search.index import upkeep
upkeep.look_after()
print("done", flush=True)
"""


class Hub:
    """The processes of one hub; all end with the test."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []
        shutil.copy(template_file(), folder / "hub.sqlite3")
        (folder / "static").symlink_to(settings.STATIC_ROOT)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = os.environ | {
            "DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/hub.sqlite3",
            "SEARCH_INDEX_DIR": str(folder / "index"), "SEARCH_URL": "", "DEVELOPMENT": "1",
            "DJANGO_SETTINGS_MODULE": "hub.settings", "PORT": str(self.port),
            "TASKS_BACKEND": "django_tasks.backends.dummy.DummyBackend",
        }

    def start(self, *command):
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self.environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=open(self.folder / "errors", "a"),  # noqa: SIM115 lives as long as the process
        )
        self.processes.append(process)
        return process

    def shell(self, code):
        return self.start("manage.py", "shell", "--no-imports", "-v0", "-c", code)

    def get(self, path) -> tuple[int, str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            return answer.status, answer.read().decode()

    def wait_until(self, condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, (self.folder / "errors").read_text()[-3000:]
            time.sleep(0.1)

    def answers(self) -> bool:
        with contextlib.suppress(OSError):
            return self.get("/livez")[0] == 200
        return False

    def end(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(15)
            process.kill()


@pytest.fixture
def served(tmp_path):
    hub = Hub(tmp_path)
    assert hub.shell(PREPARE).wait(PATIENCE) == 0, (tmp_path / "errors").read_text()[-3000:]
    hub.start("-m", "gunicorn", "--config", "hub/gunicorn_conf.py", "hub.wsgi")
    hub.wait_until(hub.answers)
    yield hub
    hub.end()


def builds(hub) -> int:
    return History(hub.folder / "index" / FOLDER).read().get("built", {}).get("times", 0)


@pytest.mark.processes
@pytest.mark.django_db
def test_requests_are_answered_while_one_process_builds(served):
    search = f"/search/?q={quote(WORD)}"
    with ThreadPoolExecutor(10) as readers:
        def all_pages():
            paths = [f"{search}+{n}" for n in range(8)] + ["/", "/livez"]
            return list(readers.map(served.get, paths))

        for status, _text in all_pages():  # nobody builds yet
            assert status == 200
        killed = served.shell(SLOW_BUILD)
        assert killed.stdout.readline() == "building\n"
        for status, _text in all_pages():
            assert status == 200
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        builder = served.shell(SLOW_BUILD)
        assert builder.stdout.readline() == "building\n"  # the lock ended with the first
        second = served.shell(SLOW_BUILD)
        assert second.stdout.readline() == "done\n"  # it leaves the building to the other
        for (status, text), number in zip(all_pages(), range(8), strict=False):
            assert status == 200
            assert f"{WORD} {number}" in text and "กำลังซ่อมดัชนีค้นหา" in text
        assert builds(served) == 0
        builder.stdin.write("\n")
        builder.stdin.flush()
        assert builder.stdout.readline() == "done\n"
        assert builds(served) == 1
        served.start("manage.py", "keep_schedule", "--once").wait(PATIENCE)
        for (status, text), _number in zip(all_pages(), range(8), strict=False):
            assert status == 200
            assert "กำลังซ่อมดัชนีค้นหา" not in text
    assert builds(served) == 1
    assert len(list((served.folder / "index" / FOLDER).glob("g-*"))) == 1
