"""manage.py backup, verify and restore, and the backup of each day."""

import shlex
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from hub import __version__
from hub.backup import backups, database, settings_file
from hub.backup.places import LEAST_FREE_BYTES, Folder, find
from hub.models import Clock, HubDocument
from tests.factories import document

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def dumps(monkeypatch, settings, tmp_path):
    """The database of the tests is in memory; tests in processes dump real ones."""
    settings.DATA_DIR = tmp_path
    settings.BACKUP_DIR = tmp_path / "backups"
    monkeypatch.setattr(database, "dump", lambda path: path.write_bytes(b"rows"))


def test_a_backup_is_made_and_verified(hub, settings, capsys):
    document("ใบงาน", "ใบงาน.txt", b"text")
    call_command("backup")
    (path,) = settings.BACKUP_DIR.iterdir()
    call_command("verify", str(path))
    said = capsys.readouterr().out
    assert str(path) in said and "is whole: 3 files" in said
    manifest = backups.verify(backups.Backup(*find(str(path))))
    assert {name.split("/")[0] for name in manifest["files"]} == {
        "media", "settings.env", database.file_name()}
    assert "hub.0001_initial" in manifest["migrations"]
    assert manifest["version"] == __version__
    assert connection.vendor in ("sqlite", "postgresql")


ELSEWHERE = {
    "EMAIL_URL": "smtp+tls://hub:mail-secret@mail.example.org:587", "SITE_NAME": "คลัง ความรู้",
    "METRICS_TOKEN": "metrics-secret", "BACKUP_IDENTITY": "AGE-SECRET-KEY-1X",
}


@pytest.mark.parametrize("is_encrypted", [True, False])
def test_the_settings_are_in_it_and_secrets_of_other_servers_only_when_encrypted(
    monkeypatch, settings, is_encrypted
):
    for name, value in ELSEWHERE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NOT_A_SETTING_OF_THE_HUB", "x")
    lines = settings_file.content(is_encrypted=is_encrypted).decode().splitlines()
    found = dict(line.split("=", 1) for line in lines)
    assert found["SECRET_KEY"] == shlex.quote(settings.SECRET_KEY)
    assert found["SITE_NAME"] == "'คลัง ความรู้'"
    assert ("mail-secret" in found["EMAIL_URL"]) is is_encrypted
    assert "mail.example.org:587" in found["EMAIL_URL"]
    assert ("METRICS_TOKEN" in found) is is_encrypted
    assert not {"BACKUP_IDENTITY", "NOT_A_SETTING_OF_THE_HUB"} & found.keys()


def test_restoring_says_when_the_key_is_another(hub, settings, capsys, monkeypatch):
    monkeypatch.setattr(database, "load", lambda path, aside: None)
    call_command("backup")
    (path,) = settings.BACKUP_DIR.iterdir()
    call_command("restore", str(path), "--replace")
    assert "SECRET_KEY is another" not in capsys.readouterr().out
    settings.SECRET_KEY = "another"
    call_command("restore", str(path), "--replace")
    said = capsys.readouterr().out
    assert "SECRET_KEY is another" in said
    [file] = settings.DATA_DIR.glob("settings-of-*.env")
    assert str(file) in said and file.stat().st_mode & 0o777 == 0o600


def test_a_damaged_backup_is_told_and_nothing_is_touched(hub, settings, tmp_path):
    call_command("backup")
    (path,) = settings.BACKUP_DIR.iterdir()
    path.write_bytes(path.read_bytes()[:-12_000])
    with pytest.raises(CommandError, match="differ"):
        call_command("verify", str(path))
    with pytest.raises(CommandError, match="Nothing was touched"):
        call_command("restore", str(path), "--replace")
    assert not [name for name in tmp_path.iterdir() if "restore" in name.name]


def test_a_hub_is_not_overwritten_unless_asked(hub, settings):
    call_command("backup")
    (path,) = settings.BACKUP_DIR.iterdir()
    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(path))


def test_without_a_place_there_is_no_backup(hub, settings, tmp_path):
    settings.BACKUP_DIR = ""
    with pytest.raises(CommandError, match="BACKUP_DIR"):
        call_command("backup")
    assert backups.back_up_daily() is None and not backups.is_old()
    call_command("backup", to=tmp_path / "elsewhere")
    assert len(list((tmp_path / "elsewhere").iterdir())) == 1


def test_what_fails_leaves_no_half_backup(hub, settings, monkeypatch, tmp_path):
    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(database, "dump", full)
    with pytest.raises(CommandError, match="No space left"):
        call_command("backup")
    assert not settings.BACKUP_DIR.exists()
    assert not [name for name in tmp_path.iterdir() if name.name.startswith("backup-")]


def test_none_is_made_that_would_fill_the_disk(hub, settings, monkeypatch):
    document("ใบงาน", "ใบงาน.txt", b"text" * 100_000)
    free = shutil.disk_usage("/")._replace(free=LEAST_FREE_BYTES + 300_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: free)
    with pytest.raises(CommandError, match="are free"):
        call_command("backup")
    assert list(settings.BACKUP_DIR.iterdir()) == []


def test_each_day_has_one_and_old_ones_go(hub, settings):
    assert backups.is_old(), "there is none yet"
    first = backups.back_up_daily()
    assert first and backups.back_up_daily() is None and not backups.is_old()
    settings.BACKUP_DIR.mkdir(exist_ok=True)
    now = timezone.now()
    first.place.remove(first.name)
    for days in range(1, 60):
        time = now - timedelta(days=days)
        (settings.BACKUP_DIR / f"hub-{time.strftime(backups.STAMP)}.tar").touch()
    (settings.BACKUP_DIR / "notes.txt").touch()
    assert backups.back_up_daily()
    kept = backups.backups_in(Folder(settings.BACKUP_DIR))
    assert 8 <= len(kept) <= 16 and (settings.BACKUP_DIR / "notes.txt").exists()


def test_a_wrong_clock_thins_nothing(hub, settings):
    settings.BACKUP_DIR.mkdir()
    for day in range(1, 25):
        time = datetime(2026, 1, day, tzinfo=UTC)
        (settings.BACKUP_DIR / f"hub-{time.strftime(backups.STAMP)}.tar").touch()
    Clock.look()
    Clock.objects.update(jumped_from=timezone.now(), jumped_at=timezone.now())
    backups.thin(Folder(settings.BACKUP_DIR))
    assert len(backups.backups_in(Folder(settings.BACKUP_DIR))) == 24


def test_files_that_are_not_what_was_stored_are_told(hub, capsys):
    call_command("verify")
    assert "Every uploaded file" in capsys.readouterr().out
    whole, cut, changed, gone = (
        document(name, f"{name}.txt", name.encode() * 100) for name in "กขคง")
    for stored, content in ((cut, b"x"), (changed, "ก".encode() * 100)):
        with stored.file.storage.open(stored.file.name, "wb") as file:
            file.write(content)
    gone.file.storage.delete(gone.file.name)
    with pytest.raises(CommandError, match="3 differ"):
        call_command("verify")
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[1] for line in lines] == [str(d.pk) for d in (cut, changed, gone)]
    assert "300 were stored" in lines[0] and "content" in lines[1] and "missing" in lines[2]
    assert HubDocument.objects.get(pk=whole.pk)
