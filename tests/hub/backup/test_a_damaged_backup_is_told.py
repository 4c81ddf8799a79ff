"""A backup that is not what was written is told, wherever it was damaged."""

import random
import tarfile

import pytest

from hub.backup import archive
from hub.backup.places import Folder


@pytest.fixture
def backup(tmp_path):
    path = tmp_path / "hub.tar"
    (tmp_path / "ปูม้า.txt").write_text("ปูม้า " * 5000, "utf-8")
    with Folder(tmp_path).new("hub.tar") as file:
        writer = archive.Writer(file)
        writer.add("media/ปูม้า.txt", tmp_path / "ปูม้า.txt")
        writer.add_bytes("database.sqlite3", b"rows" * 3000)
        assert not path.exists(), "a backup that is being written is none"
        writer.close({"created": "today"})
    return path


def read(path, folder=None):
    with path.open("rb") as file:
        return archive.read(file, path.name, folder)


def test_a_whole_one_is_read_and_unpacked(backup, tmp_path):
    manifest = read(backup, tmp_path / "out")
    assert manifest["created"] == "today" and len(manifest["files"]) == 2
    assert (tmp_path / "out/media/ปูม้า.txt").read_text("utf-8") == "ปูม้า " * 5000
    assert backup.stat().st_mode & 0o077 == 0, "only its owner reads it"


def test_every_cut_is_told(backup):
    whole = backup.read_bytes()
    for length in range(0, len(whole) - 3 * 10240, 4093):
        backup.write_bytes(whole[:length])
        with pytest.raises(archive.BackupDamaged):
            read(backup)


def test_a_changed_byte_of_any_file_is_told(backup):
    whole = backup.read_bytes()
    places = [i for i in range(len(whole)) if whole[i:i + 1].strip(b"\0")]
    for place in random.Random(1).sample(places, 60):
        backup.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1:])
        try:
            manifest = read(backup)
        except archive.BackupDamaged:
            continue
        # What no hash covers: times, owners and padding in the headers of tar, and the manifest's.
        assert manifest["files"] == read(write(backup, whole))["files"], place


def write(path, content):
    path.write_bytes(content)
    return path


def test_a_file_too_many_and_one_that_would_lie_elsewhere_are_told(backup, tmp_path):
    with tarfile.open(backup, "a") as tar:
        tar.add(__file__, "media/more.py")
    with pytest.raises(archive.BackupDamaged, match=r"media/more\.py"):
        read(backup)
    outside = tmp_path / "outside.tar"
    with outside.open("wb") as file:
        writer = archive.Writer(file)
        writer.add_bytes("../elsewhere", b"x")
        writer.close({})
    with pytest.raises(archive.BackupDamaged, match="elsewhere"):
        read(outside, tmp_path / "out")
    assert not (tmp_path / "elsewhere").exists()


def test_after_an_error_there_is_no_backup(tmp_path):
    with pytest.raises(FileNotFoundError), Folder(tmp_path).new("hub.tar") as file:
        archive.Writer(file).add("gone", tmp_path / "gone")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no tar", b"\0" * 20480])
def test_what_is_no_backup_is_told(tmp_path, content):
    with pytest.raises(archive.BackupDamaged):
        read(write(tmp_path / "hub.tar", content))
