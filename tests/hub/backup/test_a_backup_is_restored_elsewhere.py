"""A backup made while an editor publishes, attaches, moves and deletes is a whole hub elsewhere."""

import shutil
import time

import pytest

from tests.hub.backup import in_a_hub
from tests.search.process_hub import DATABASES, Hub, kill

pytestmark = pytest.mark.processes
QUICK_TIMES, THOROUGH_TIMES = 1, 20
PATIENCE = 60  # seconds


def named(function) -> str:
    return f"{function.__module__}.{function.__name__}"


@pytest.fixture(params=DATABASES)
def hubs(tmp_path, request):
    made = []
    for name in ("here", "there"):
        folder = tmp_path / name
        folder.mkdir()
        made.append(Hub(folder, request.param))
    yield made
    for hub in made:
        hub.end()


def acknowledged(hub) -> list[str]:
    """The lines of the editor's log that are whole."""
    log = hub.folder / "acknowledged"
    return log.read_text().split("\n")[:-1] if log.exists() else []


def wait_for_lines(hub, number):
    deadline = time.monotonic() + PATIENCE
    while len(acknowledged(hub)) < number:
        assert time.monotonic() < deadline and not hub.exceptions(), hub.exceptions()
        time.sleep(0.05)


def test_every_one_of_many_backups_under_writes(hubs, tmp_path, thorough):
    here, there = hubs
    here.run("prepare")
    (there.folder / "media").mkdir()
    (there.folder / "media/old.txt").write_text("what was there")
    editor = here.start("editing", seed="backups")
    try:
        for _time in range(THOROUGH_TIMES if thorough else QUICK_TIMES):
            wait_for_lines(here, len(acknowledged(here)) + 20)
            before = acknowledged(here)
            path = here.call(named(in_a_hub.back_up), str(tmp_path / "backups"))
            manifest = there.call(named(in_a_hub.put_back), path)
            assert len(manifest["files"]) > 1
            assert there.call(named(in_a_hub.pages)) > 12
            assert there.call(named(in_a_hub.wrong), before) == []
            shutil.rmtree(tmp_path / "backups")
        assert len(acknowledged(here)) > len(before), "the editor worked on meanwhile"
    finally:
        kill(editor)
    assert not here.exceptions(), here.exceptions()
    assert len(list(there.folder.glob("media.before-*/old.txt"))) == 1, "what was there is kept"
