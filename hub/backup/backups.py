"""Makes backups, thins them, and puts one back."""

from __future__ import annotations

import logging
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from hub import __version__
from hub.backup import archive, database, keys, media, settings_file
from hub.backup.places import Place, place_of
from hub.backup.thinning import ALL_FOR, superfluous
from hub.models.clock import deletes_by_age

logger = logging.getLogger(__name__)
STAMP = "%Y%m%dT%H%M%SZ"
MEDIA = "media"
DUE_AFTER, OLD_AFTER = timedelta(hours=22), timedelta(hours=50)
NEWEST, KNOWN_SECONDS, AWAY = "newest-backup", 600, "away"


class NotEmpty(Exception):
    """There is a hub already where one was to be put back."""


@dataclass(frozen=True)
class Backup:
    """One backup in its place."""

    place: Place
    name: str

    def __str__(self) -> str:
        return f"{self.place}/{self.name}"

    @property
    def argument(self) -> str:
        """What ``restore`` takes; of one in a bucket its name, since the address has a secret."""
        return self.name if self.place.is_remote else str(self)

    @property
    def bytes(self) -> int:
        return self.place.size(self.name)


def create(place: Place) -> Backup:
    """Write a backup of the running hub into ``place``, encrypted for BACKUP_KEY.

    Uploaded files are held before the database is read and until all is written: whatever the
    database names is in the backup, though files are added and deleted meanwhile.

    Raises OSError, ``database.DatabaseError``, ``keys.WrongKey``; there is no backup then.
    """
    recipients = keys.recipients(settings.BACKUP_KEY) if settings.BACKUP_KEY else []
    now = timezone.now().astimezone(UTC)
    name = f"hub-{now.strftime(STAMP)}.tar{keys.SUFFIX if recipients else ''}"
    with (
        tempfile.TemporaryDirectory(prefix="backup-", dir=settings.DATA_DIR) as folder,
        media.held(Path(folder) / MEDIA) as listing,
    ):
        dump = Path(folder) / database.file_name()
        database.dump(dump)
        files = listing()
        place.check_room(dump.stat().st_size + sum(file.bytes for file in files))
        with (
            place.new(name) as target, keys.encrypting(target, recipients) as sink,
            archive.Writer(sink) as writer,
        ):
            writer.add(dump.name, dump)
            writer.add_bytes(
                settings_file.NAME, settings_file.content(is_encrypted=bool(recipients)))
            for file in files:
                with file.open() as content:
                    writer.add_file(f"{MEDIA}/{file.name}", content, file.bytes)
            writer.close({
                "created": now.isoformat(timespec="seconds"), "version": __version__,
                "database": dump.name,
                "site": settings.WAGTAILADMIN_BASE_URL, "migrations": _migrations(),
                "uploads_of": str(media.address_of_uploads() or "folder"),
            })
    cache.delete(NEWEST)
    return Backup(place, name)


def _migrations() -> list[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def backups_in(place: Place) -> dict[datetime, Backup]:
    """Time → backup of those in ``place``, oldest first; what else is there does not count."""
    found = {}
    for name in place.names():
        stem = name.removesuffix(keys.SUFFIX)
        if not (stem.startswith("hub-") and stem.endswith(".tar")):
            continue
        try:
            time = datetime.strptime(stem[len("hub-"):-len(".tar")], STAMP)
        except ValueError:
            continue
        found[time.replace(tzinfo=UTC)] = Backup(place, name)
    return dict(sorted(found.items()))


@deletes_by_age
def thin(place: Place) -> list[Backup]:
    """Delete the backups that are too many, and what killed ones left; returns those deleted."""
    found = backups_in(place)
    gone = [found[time] for time in sorted(superfluous(found, timezone.now()))]
    for backup in gone:
        place.remove(backup.name)
    try:
        place.sweep(timezone.now() - ALL_FOR)
    except OSError as error:  # not every storage lists what was not finished
        logger.info("Unfinished backups were not looked for: %s", error)
    return gone


def back_up_daily() -> Backup | None:
    """A job: make the backup of the day, if there is a place for it and none yet."""
    if not settings.BACKUP_DIR:
        return None
    place = place_of(settings.BACKUP_DIR)
    newest = max(backups_in(place), default=None)
    if newest and timezone.now() - newest < DUE_AFTER:
        return None
    backup = create(place)
    thin(place)
    return backup


def newest_time() -> datetime | None:
    """When the newest backup was made; None where there is none, or where its place is away.

    Of a place across the network this is known for ten minutes.
    """
    if not settings.BACKUP_DIR:
        return None
    place = place_of(settings.BACKUP_DIR)
    if not place.is_remote:
        return max(backups_in(place), default=None)
    if (known := cache.get(NEWEST)) is None:
        try:
            known = max(backups_in(place), default="none")
        except OSError as error:
            logger.error("The place of backups cannot be read: %s", error)
            known = AWAY
        cache.set(NEWEST, known, KNOWN_SECONDS)
    return known if isinstance(known, datetime) else None


def is_away() -> bool:
    """Whether the place of backups could not be read when ``newest_time`` last looked."""
    return cache.get(NEWEST) == AWAY


def is_old() -> bool:
    """Whether backups are wanted and the newest is older than two days."""
    if not settings.BACKUP_DIR:
        return False
    newest = newest_time()
    return newest is None or timezone.now() - newest > OLD_AFTER


def verify(backup: Backup, identity: str = "", folder: Path | None = None) -> dict[str, Any]:
    """Read all of ``backup`` and compare the hashes; returns its manifest.

    ``identity`` is the secret key of an encrypted one, or the path of its file, by default
    BACKUP_IDENTITY. With ``folder`` it is unpacked there.

    Raises ``archive.BackupDamaged``, ``keys.WrongKey``, OSError.
    """
    with (
        backup.place.open(backup.name) as file,
        keys.decrypting(file, identity or settings.BACKUP_IDENTITY) as plain,
    ):
        return archive.read(plain, backup.name, folder)


def restore(backup: Backup, identity: str = "", *, replace: bool = False) -> dict[str, Any]:
    """Put the hub in ``backup`` into DATA_DIR, STORAGE_URL and the database; returns its manifest,
    with the path of its ``settings``.

    The whole backup is read and its hashes compared before anything is touched. With ``replace``
    what is there is put aside: uploaded files, and on SQLite the database, stay with the time
    behind their name; on PostgreSQL it is replaced. The index and the packs are built anew from the
    rest.

    Raises what ``verify`` does, ``NotEmpty``, ``database.DatabaseError``; ``ValueError`` when the
    backup is of the other kind of database.
    """
    data = Path(settings.DATA_DIR)
    data.mkdir(parents=True, exist_ok=True)
    if not replace and (media.are_there() or not database.is_empty()):
        raise NotEmpty
    with tempfile.TemporaryDirectory(prefix="restore-", dir=data) as folder:
        manifest = verify(backup, identity, Path(folder))
        if manifest["database"] != database.file_name():
            raise ValueError(manifest["database"])
        aside = f".before-{timezone.now().astimezone(UTC).strftime(STAMP)}"
        database.load(Path(folder) / manifest["database"], aside)
        media.put_back(Path(folder) / MEDIA, aside)
        settings_there = settings_file.put_back(Path(folder), manifest)
        manifest["settings"] = str(settings_there or "")
    for derived in (settings.SEARCH_INDEX_DIR, settings.PACKS_DIR):
        shutil.rmtree(derived, ignore_errors=True)
    return manifest
