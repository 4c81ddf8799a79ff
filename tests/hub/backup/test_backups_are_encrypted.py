"""With BACKUP_KEY a backup is for whoever holds the secret key, and for nobody else."""

import os
import random
import shutil
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from hub.backup import archive, backups, database, keys
from hub.backup.places import Folder
from hub.storage.streams import Interrupted
from tests.factories import document

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key(monkeypatch, settings, tmp_path):
    """The path of the secret key; the database of the tests is in memory, so it is not dumped."""
    settings.DATA_DIR, settings.BACKUP_DIR = tmp_path, str(tmp_path / "backups")
    monkeypatch.setattr(database, "dump", lambda path: path.write_bytes(b"rows"))
    path = tmp_path / "secret"
    settings.BACKUP_KEY = [keys.new_identity(path)]
    return path


@pytest.fixture
def backup(hub, key, settings, tmp_path):
    document("ใบงาน", "ใบงาน.txt", b"what nobody may read")
    call_command("backup")
    (path,) = (tmp_path / "backups").iterdir()
    return path


def test_it_is_read_with_the_key_and_holds_nothing_in_clear(backup, key, capsys):
    assert backup.name.endswith(".tar.age") and b"nobody may read" not in backup.read_bytes()
    call_command("verify", str(backup), identity=str(key))
    call_command("verify", backup.name, identity=key.read_text().splitlines()[-1])
    assert capsys.readouterr().out.count("is whole: 3 files") == 2
    assert key.stat().st_mode & 0o077 == 0, "only its owner reads it"


@pytest.mark.skipif(not shutil.which("age"), reason="The program age is not on this machine.")
def test_the_program_age_reads_it(backup, key, tmp_path):
    with (tmp_path / "plain.tar").open("wb") as plain:
        subprocess.run(["age", "--decrypt", "--identity", key, backup], stdout=plain, check=True)
    with (tmp_path / "plain.tar").open("rb") as plain:
        assert len(archive.read(plain, "plain.tar")["files"]) == 2


def test_a_wrong_or_missing_key_is_told_and_nothing_is_touched(backup, key, tmp_path, capsys):
    keys.new_identity(tmp_path / "another")
    (tmp_path / "no key").write_text("no key\n")
    for identity, said in [
        ("", "--identity FILE"), (str(tmp_path / "another"), "for another key"),
        (str(tmp_path / "gone"), "cannot be read"), (str(tmp_path / "no key"), "no secret key"),
        (str(backup), "itself encrypted"), ("AGE-SECRET-KEY-1ABC", "no secret key"),
        (os.devnull, "no secret key"),
    ]:
        with pytest.raises(CommandError, match=said):
            call_command("restore", str(backup), "--replace", identity=identity)
        with pytest.raises(CommandError, match="1 differ"):
            call_command("verify", str(backup), identity=identity)
        assert said in capsys.readouterr().err
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("restore-")]


@pytest.mark.parametrize(("text", "said"), [
    ("age1nonsense", "no public key"), ("AGE-SECRET-KEY-1ABC", "secret key"), ("x", "no public"),
    ("ssh-rsa x", "no public key"),
])
def test_what_is_no_public_key_makes_no_backup(hub, settings, tmp_path, text, said):
    settings.BACKUP_KEY = [text]
    with pytest.raises(CommandError, match=said):
        call_command("backup")
    assert not (tmp_path / "backups").exists()


def test_cuts_and_changed_bytes_are_told(backup, key, tmp_path):
    whole, chance = backup.read_bytes(), random.Random(2)
    for place in [*chance.sample(range(len(whole)), 40), len(whole) - 1]:
        for content in (whole[:place], whole[:place] + bytes([whole[place] ^ 0x55])
                        + whole[place + 1:]):
            backup.write_bytes(content)
            with pytest.raises((archive.BackupDamaged, keys.WrongKey)):
                backups.verify(backups.Backup(Folder(backup.parent), backup.name), str(key))


def test_what_breaks_off_leaves_no_backup(hub, tmp_path):
    recipients = keys.recipients([keys.new_identity(tmp_path / "k")])
    with (
        pytest.raises(Interrupted), Folder(tmp_path / "to").new("hub.tar.age") as file,
        keys.encrypting(file, recipients) as sink,
    ):
        sink.write(b"x" * 3_000_000)
        raise Interrupted
    assert list((tmp_path / "to").iterdir()) == []


def test_a_full_disk_is_told_through_the_encryption(hub, tmp_path):
    recipients = keys.recipients([keys.new_identity(tmp_path / "k")])
    with (
        open("/dev/full", "wb", buffering=0) as full, pytest.raises(OSError, match="No space"),
        keys.encrypting(full, recipients) as sink,
    ):
        for _time in range(20):
            sink.write(b"x" * 1_000_000)


def test_memory_does_not_grow_with_the_backup(tmp_path):
    """In a process of its own, since the largest amount so far is what is told."""
    program = """if True:
        import io, resource, sys
        from pathlib import Path
        from hub.backup import archive, keys
        from hub.backup.places import Folder
        class Zeros:
            def read(self, number):
                return b"0" * number
        def largest():
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        to, megabytes = Folder(Path(sys.argv[1])), [1, 150]
        recipients, found = keys.recipients([keys.new_identity(Path(sys.argv[1]) / "k")]), []
        for number in megabytes:
            with to.new("hub.tar.age") as file, keys.encrypting(file, recipients) as sink:
                writer = archive.Writer(sink)
                writer.add_file("media/x", Zeros(), number * 2**20)
                writer.close({})
            with to.open("hub.tar.age") as file, keys.decrypting(file, sys.argv[1] + "/k") as plain:
                archive.read(plain, "it")
            found.append(largest())
        print(found[1] - found[0])
    """
    found = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True,
                           capture_output=True, text=True,
                           env=os.environ | {"DJANGO_SETTINGS_MODULE": "hub.settings"})
    assert int(found.stdout) < 20, "megabytes"
