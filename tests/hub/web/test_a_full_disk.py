"""A full disk: reading goes on, what writes is answered 503 in the reader's language, /readyz and
the log say why, and with room again everything goes on by itself."""

import errno
import os
import sqlite3
import subprocess

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client

from hub.models import HubDocument
from hub.web import disk

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
MEGABYTE = 1024**2


@pytest.fixture
def small_disk(tmp_path, settings, monkeypatch):
    """DATA_DIR and the uploaded files on a disk of 4 MB of their own; the call fills it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    try:
        mounted = os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("Only root may mount a small disk.")
    settings.DATA_DIR = folder
    monkeypatch.setattr(storages["default"], "_location", folder / "media")
    for name in ("location", "base_location"):
        storages["default"].__dict__.pop(name, None)
    monkeypatch.setattr(disk, "ROOM_BYTES", MEGABYTE)
    filler = folder / "filler"

    def fill():
        with open(filler, "wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
            while True:
                file.write(b"x" * 4096)

    yield fill, filler.unlink, folder
    subprocess.run(["umount", str(folder)], check=True)


def upload(client, title):
    file = SimpleUploadedFile(f"{title}.txt", "ปูม้า".encode() * 20_000)
    return client.post("/admin/documents/add/", {"title": title, "file": file, "collection": 1})


def test_a_full_disk_is_told_and_passes(small_disk, administrator, signed_in, caplog):
    fill, make_room, _folder = small_disk
    client = signed_in(administrator)
    client.raise_request_exception = False
    assert client.get("/readyz").json()["disk"] == "ok"
    fill()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["disk"]) == (503, "full")
    assert "takes no writes" in caplog.text
    assert Client().get("/").status_code == 200, "reading goes on"
    answer = upload(client, "เต็ม")
    body = answer.content.decode()
    assert answer.status_code == 503 and "พื้นที่เก็บข้อมูลเต็ม" in body and 'lang="th"' in body
    assert "The disk is full: POST /admin/documents/add/" in caplog.text
    assert answer["Retry-After"] and not HubDocument.objects.exists()
    make_room()
    assert client.get("/readyz").status_code == 200
    assert upload(client, "มีที่ว่าง").status_code == 302
    assert HubDocument.objects.get().title == "มีที่ว่าง"


def test_a_disk_with_little_room_is_still_ready_and_the_log_warns(small_disk, caplog):
    _fill, _make_room, folder = small_disk
    (folder / "filler").write_bytes(b"x" * int(3.5 * MEGABYTE))
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["disk"]) == (200, "nearly full")
    assert "MB left" in caplog.text


def test_the_error_of_sqlite_on_a_full_disk_is_known(small_disk):
    fill, _make_room, folder = small_disk
    database = sqlite3.connect(folder / "x.sqlite3")
    database.execute("CREATE TABLE t (x)")
    fill()
    with pytest.raises(OperationalError) as found, connection.wrap_database_errors:
        while True:
            database.execute("INSERT INTO t VALUES (zeroblob(100000))")
            database.commit()
    database.close()
    if connection.vendor == "sqlite":
        assert disk.is_disk_full(found.value)


@pytest.mark.parametrize("error, heading", [
    (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
    (OperationalError('could not extend file "base/1": No space left on device'), "disk is full"),
    (OperationalError("database is locked"), "The site is busy"),
    (OperationalError("server closed the connection unexpectedly"), "The site is busy"),
])
def test_the_answer_is_in_the_language_of_the_address(hub, monkeypatch, error, heading):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr("search.query.views.find", fail)
    answer = Client(raise_request_exception=False).get("/en/search/?q=x")
    assert answer.status_code == 503 and heading in answer.content.decode()
    assert 'lang="en"' in answer.content.decode()
    assert Client(raise_request_exception=False).get("/search/?q=x").status_code == 503
