"""manage.py upgrade: a backup before anything is migrated, and what to do when it fails."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from hub.backup import backups, database
from hub.backup.places import find
from hub.files import picture_metadata
from hub.web import schema

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
LAST = ("hub", "0002_remove_picture_metadata")


@pytest.fixture
def behind(hub, settings, tmp_path, monkeypatch):
    """A hub that has one migration to run; the dump of the database is made elsewhere."""
    settings.DATA_DIR, settings.BACKUP_DIR = tmp_path, tmp_path / "backups"
    monkeypatch.setattr(database, "dump", lambda path: path.write_bytes(b"rows"))
    monkeypatch.setattr(schema, "_found_complete", False)
    MigrationRecorder(connection).record_unapplied(*LAST)


def _manifest(path):
    return backups.verify(backups.Backup(*find(str(path))))


def has_run():
    return LAST in MigrationRecorder(connection).applied_migrations()


def test_it_backs_up_migrates_and_does_nothing_the_second_time(behind, settings, capsys):
    call_command("upgrade")
    (backup,) = settings.BACKUP_DIR.iterdir()
    assert has_run() and ".".join(LAST) not in _manifest(backup)["migrations"]
    assert str(backup) in capsys.readouterr().out
    call_command("upgrade")
    assert [*settings.BACKUP_DIR.iterdir()] == [backup]


def test_without_a_place_for_backups_it_says_so_and_goes_on(behind, settings, capsys):
    settings.BACKUP_DIR = ""
    call_command("upgrade")
    assert has_run() and "no backup is made" in capsys.readouterr().out


def test_without_room_for_the_backup_nothing_is_migrated(behind, monkeypatch):
    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(database, "dump", full)
    with pytest.raises(CommandError, match=r"nothing was migrated: .*No space left"):
        call_command("upgrade")
    assert not has_run()


def test_a_migration_that_fails_tells_the_way_back(behind, settings, monkeypatch):
    def broken(*_models):
        raise ValueError("a picture of another planet")

    monkeypatch.setattr(picture_metadata, "rewrite_stored", broken)
    with pytest.raises(CommandError) as failed:
        call_command("upgrade")
    (backup,) = settings.BACKUP_DIR.iterdir()
    assert "another planet" in str(failed.value) and f"restore {backup}" in str(failed.value)
    assert not has_run()


def test_an_empty_database_is_not_backed_up(behind, settings, monkeypatch):
    monkeypatch.setattr(database, "is_empty", lambda: True)
    call_command("upgrade")
    assert has_run() and not settings.BACKUP_DIR.exists()
