"""Makes backups, thins them, and puts one back."""

from __future__ import annotations

import errno
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from hub import __version__
from hub.backup import archive, database
from hub.backup.media_snapshot import files_below, link_all
from hub.backup.thinning import superfluous
from hub.models.clock import deletes_by_age

STAMP = "%Y%m%dT%H%M%SZ"
MEDIA = "media"
LEAST_FREE_BYTES = 500 * 2**20
DUE_AFTER, OLD_AFTER = timedelta(hours=22), timedelta(hours=50)


class NotEmpty(Exception):
    """There is a hub already where one was to be put back."""


def create(folder: Path) -> Path:
    """Write a backup of the running hub into ``folder`` and return its path.

    Media are held before the database is read and once more after it: whatever the database
    names is in the backup, though files are added and deleted meanwhile.
    """
    folder.mkdir(parents=True, exist_ok=True)
    now = timezone.now().astimezone(UTC)
    with tempfile.TemporaryDirectory(prefix="backup-", dir=settings.DATA_DIR) as place:
        held, dump = Path(place) / MEDIA, Path(place) / database.file_name()
        link_all(Path(settings.MEDIA_ROOT), held)
        database.dump(dump)
        link_all(Path(settings.MEDIA_ROOT), held)
        files = files_below(held)
        _check_room(folder, [dump, *files])
        path = folder / f"hub-{now.strftime(STAMP)}.tar"
        with archive.Writer(path) as writer:
            writer.add(dump.name, dump)
            for file in files:
                writer.add(f"{MEDIA}/{file.relative_to(held).as_posix()}", file)
            writer.close({
                "created": now.isoformat(timespec="seconds"), "version": __version__,
                "database": dump.name,
                "site": settings.WAGTAILADMIN_BASE_URL, "migrations": _migrations(),
            })
    return path


def _check_room(folder: Path, files: list[Path]) -> None:
    """Raises OSError when a backup of ``files`` would fill the disk of ``folder``."""
    needed = sum(file.stat().st_size for file in files)
    free = shutil.disk_usage(folder).free
    if free - needed < LEAST_FREE_BYTES:
        raise OSError(errno.ENOSPC, f"it takes {needed // 2**20} MB, {free // 2**20} MB are free")


def _migrations() -> list[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def backups_in(folder: Path) -> dict[datetime, Path]:
    """Time → path of the backups in ``folder``, oldest first; what else is there does not count."""
    found = {}
    for path in sorted(folder.glob("hub-*.tar")):
        try:
            time = datetime.strptime(path.stem.removeprefix("hub-"), STAMP)
        except ValueError:
            continue
        found[time.replace(tzinfo=UTC)] = path
    return found


@deletes_by_age
def thin(folder: Path) -> list[Path]:
    """Delete the backups that are too many, and return their paths."""
    found = backups_in(folder)
    gone = [found[time] for time in sorted(superfluous(found, timezone.now()))]
    for path in gone:
        path.unlink()
    return gone


def back_up_daily() -> Path | None:
    """A job: make the backup of the day, if there is a place for it and none yet."""
    if not settings.BACKUP_DIR:
        return None
    folder = Path(settings.BACKUP_DIR)
    newest = newest_time()
    if newest and timezone.now() - newest < DUE_AFTER:
        return None
    path = create(folder)
    thin(folder)
    return path


def newest_time() -> datetime | None:
    """When the newest backup was made; None where there is none."""
    return max(backups_in(Path(settings.BACKUP_DIR)), default=None) if settings.BACKUP_DIR else None


def is_old() -> bool:
    """Whether backups are wanted and the newest is older than two days."""
    if not settings.BACKUP_DIR:
        return False
    newest = newest_time()
    return newest is None or timezone.now() - newest > OLD_AFTER


def restore(path: Path, *, replace: bool = False) -> dict[str, Any]:
    """Put the hub in the backup at ``path`` into DATA_DIR and the database; returns its manifest.

    The whole backup is read and its hashes compared before anything is touched. With ``replace``
    what is there is put aside: media, and on SQLite the database, stay with the time behind their
    name; on PostgreSQL it is replaced. The index and the packs are built anew from the rest.

    Raises ``archive.BackupDamaged``, ``NotEmpty``, ``database.DatabaseError``; ``ValueError``
    when the backup is of the other kind of database.
    """
    data, media = Path(settings.DATA_DIR), Path(settings.MEDIA_ROOT)
    data.mkdir(parents=True, exist_ok=True)
    has_media = media.exists() and any(media.iterdir())
    if not replace and (has_media or not database.is_empty()):
        raise NotEmpty
    with tempfile.TemporaryDirectory(prefix="restore-", dir=data) as place:
        manifest = archive.read(path, Path(place))
        if manifest["database"] != database.file_name():
            raise ValueError(manifest["database"])
        aside = f".before-{timezone.now().astimezone(UTC).strftime(STAMP)}"
        database.load(Path(place) / manifest["database"], aside)
        if media.exists():
            media.rename(media.with_name(media.name + aside))
        unpacked = Path(place) / MEDIA
        unpacked.mkdir(exist_ok=True)
        unpacked.rename(media)
    for derived in (settings.SEARCH_INDEX_DIR, settings.PACKS_DIR):
        shutil.rmtree(derived, ignore_errors=True)
    return manifest
