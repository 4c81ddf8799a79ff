"""Backups in a bucket of a real S3 server, and of uploaded files that lie in one."""

from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from hub.backup import archive, backups, database, keys, media
from hub.backup.places import place_of
from hub.models import HubDocument
from hub.storage import s3
from hub.storage.address import s3_address
from tests.factories import document

pytestmark = pytest.mark.django_db


class Zeros:
    def read(self, number):
        return b"\0" * number


@pytest.fixture(autouse=True)
def dumps(monkeypatch, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(database, "dump", lambda path: path.write_bytes(b"rows"))


@pytest.fixture
def bucket(s3_url, settings):
    settings.BACKUP_DIR = s3_url("backups")
    return s3_address(settings.BACKUP_DIR)


def test_one_is_made_listed_verified_and_thinned(hub, bucket, settings, tmp_path, capsys):
    settings.BACKUP_KEY = [keys.new_identity(tmp_path / "key")]
    document("ใบงาน", "ใบงาน.txt", b"text")
    assert backups.is_old(), "there is none yet"
    for days in range(1, 30):
        time = timezone.now() - timezone.timedelta(days=days)
        s3.put(bucket, f"hub-{time.strftime(backups.STAMP)}.tar", BytesIO())
    s3.put(bucket, "notes.txt", BytesIO())
    made = backups.back_up_daily()
    assert made and not backups.is_old() and backups.back_up_daily() is None
    names = place_of(settings.BACKUP_DIR).names()
    assert made.name in names and "notes.txt" in names and 8 <= len(names) <= 16
    call_command("backup", "--list")
    call_command("verify", made.name, identity=str(tmp_path / "key"))
    said = capsys.readouterr().out
    assert made.name in said and "is whole: 3 files" in said
    assert bucket.secret not in said


def test_what_breaks_off_is_no_backup(hub, bucket, monkeypatch):
    document("ใบงาน", "ใบงาน.txt", b"text")
    monkeypatch.setattr(s3, "PART_BYTES", 5 * 2**20)

    def broken(self, *_arguments):
        self.add_file("media/large", Zeros(), 12 * 2**20)
        raise OSError("the other disk went away")

    monkeypatch.setattr(archive.Writer, "close", broken)
    with pytest.raises(CommandError, match="went away"):
        call_command("backup")
    assert list(s3.objects(bucket)) == [] and backups.is_old()


def test_a_large_one_is_sent_in_parts_and_cuts_are_told(bucket, monkeypatch, settings):
    monkeypatch.setattr(s3, "PART_BYTES", 5 * 2**20)
    place = place_of(settings.BACKUP_DIR)
    with place.new("hub.tar") as file:
        writer = archive.Writer(file)
        writer.add_file("media/large", Zeros(), 12 * 2**20)
        writer.close({"created": "today"})
    assert backups.verify(backups.Backup(place, "hub.tar"))["created"] == "today"
    with place.open("hub.tar") as whole:
        cut = whole.read(7 * 2**20)
    with place.new("cut.tar") as file:
        file.write(cut)
    with pytest.raises(archive.BackupDamaged):
        backups.verify(backups.Backup(place, "cut.tar"))


@pytest.mark.parametrize(("wrong", "said"), [
    (lambda url: url.replace("hub-tests/", "no-such-bucket/"), "no-such-bucket"),
    (lambda url: url.replace("secret", "another"), "403"),
    (lambda url: url.replace("@127.0.0.1", "@127.0.0.2"), "cannot be reached"),
])
def test_storage_that_refuses_or_is_away_is_told(hub, s3_url, settings, wrong, said, monkeypatch):
    monkeypatch.setattr(s3, "TRIES", 1)
    settings.BACKUP_DIR = wrong(s3_url())
    for command, arguments in (("backup", []), ("backup", ["--list"]),
                               ("restore", ["hub-x.tar", "--replace"]), ("verify", ["hub-x.tar"])):
        with pytest.raises(CommandError) as raised:
            call_command(command, *arguments)
        if command == "backup":
            assert said in str(raised.value)
        assert "secret" not in str(raised.value)
    cache.clear()
    assert backups.newest_time() is None and backups.is_old()


def test_uploads_that_lie_on_s3_are_in_it_though_deleted_meanwhile(
    hub, uploads_on_s3, tmp_path, monkeypatch, settings, django_capture_on_commit_callbacks
):
    kept, deleted = document("ก", "ก.txt", b"kept"), document("ข", "ข.txt", b"deleted" * 100)
    names = {kept.file.name, deleted.file.name}
    read_next = media._listed

    def after_a_deletion(*arguments):
        with django_capture_on_commit_callbacks(execute=True):
            HubDocument.objects.get(pk=deleted.pk).delete()
        assert not default_storage.exists(deleted.file.name)
        return read_next(*arguments)

    monkeypatch.setattr(media, "_listed", after_a_deletion)
    made = backups.create(place_of(tmp_path / "backups"))
    stored = set(backups.verify(made)["files"]) - {database.file_name(), "settings.env"}
    assert stored == {f"media/{name}" for name in names}
    left = [found.name for found in s3.objects(s3_address(uploads_on_s3))]
    assert left == [f"media/{kept.file.name}"], "nothing is held when it is done"


def test_what_is_restored_lies_on_s3_and_what_was_there_is_put_aside(
    hub, uploads_on_s3, tmp_path, monkeypatch
):
    first = document("ก", "ก.txt", b"first")
    made = backups.create(place_of(tmp_path / "backups"))
    second = document("ข", "ข.txt", b"second")
    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(made))
    monkeypatch.setattr(database, "load", lambda path, aside: None)
    call_command("restore", str(made), "--replace")
    assert default_storage.open(first.file.name).read() == b"first"
    assert not default_storage.exists(second.file.name)
    aside = [found.name for found in s3.objects(s3_address(uploads_on_s3))
             if found.name.startswith("media.before-")]
    assert len(aside) == 2
