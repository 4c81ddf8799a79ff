"""A backup made while an editor publishes, attaches, moves and deletes is a whole hub elsewhere."""

import time
from io import BytesIO

import pytest

from hub.backup import keys
from hub.storage import s3
from hub.storage.address import s3_address
from tests import s3_server
from tests.conftest import combinations
from tests.hub.backup import in_a_hub
from tests.search.process_hub import DATABASES, Hub, kill

pytestmark = pytest.mark.processes
QUICK_TIMES, THOROUGH_TIMES = 1, 20
PATIENCE = 60  # seconds


def named(function) -> str:
    return f"{function.__module__}.{function.__name__}"


KINDS = [(database, kind) for database in DATABASES for kind in ("on disk", "on S3, encrypted")]
QUICK = [("sqlite", "on disk"), ("postgresql", "on S3, encrypted")]


@pytest.fixture
def places(tmp_path, kind):
    """What the two hubs have for a STORAGE_URL each, where backups go, and the two keys."""
    if kind == "on disk":
        return "", "", str(tmp_path / "backups"), "", ""
    secret = tmp_path / "key"
    return (s3_server.s3_url("here"), s3_server.s3_url("there"), s3_server.s3_url("backups"),
            keys.new_identity(secret), str(secret))


@pytest.fixture
def hubs(tmp_path, database, places):
    made = []
    for name, storage in zip(("here", "there"), places, strict=False):
        folder = tmp_path / name
        folder.mkdir()
        made.append(Hub(folder, database, STORAGE_URL=storage, BACKUP_KEY=places[3]))
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


@pytest.mark.parametrize(("database", "kind"), combinations(KINDS, quick=QUICK))
def test_every_one_of_many_backups_under_writes(hubs, places, thorough):
    here, there = hubs
    _of_here, of_there, backups, _public, secret = places
    here.run("prepare")
    leave(there, of_there, "old.txt")
    editor = here.start("editing", seed="backups")
    try:
        for _time in range(THOROUGH_TIMES if thorough else QUICK_TIMES):
            wait_for_lines(here, len(acknowledged(here)) + 20)
            before = acknowledged(here)
            name = here.call(named(in_a_hub.back_up), backups)
            assert name.endswith(".age" if secret else ".tar")
            manifest = there.call(named(in_a_hub.put_back), backups, name, secret)
            assert len(manifest["files"]) > 1
            assert there.call(named(in_a_hub.pages)) > 12
            assert there.call(named(in_a_hub.wrong), before) == []
        assert len(acknowledged(here)) > len(before), "the editor worked on meanwhile"
    finally:
        kill(editor)
    assert not here.exceptions(), here.exceptions()
    assert set_aside(there, of_there).count("old.txt") == 1, "what was there is kept"


def leave(hub, storage, name):
    """An uploaded file, as of a hub that was there."""
    if storage:
        s3.put(s3_address(storage).below("media"), name, BytesIO(b"what was there"))
    else:
        (hub.folder / "media").mkdir()
        (hub.folder / "media" / name).write_text("what was there")


def set_aside(hub, storage) -> list[str]:
    """Names of uploaded files that were put aside."""
    if storage:
        names = [found.name for found in s3.objects(s3_address(storage))]
        return [name.partition("/")[2] for name in names if name.startswith("media.before-")]
    return [path.name for path in hub.folder.glob("media.before-*/*")]
