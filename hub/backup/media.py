"""Uploaded files as they are at one moment, and back: from a folder or from S3-like storage."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone

from hub.storage import s3
from hub.storage.address import S3Address, s3_address
from hub.storage.uploads import BACKUP_MARKS, HELD, MEDIA

FORGOTTEN_AFTER = timedelta(days=2)  # no backup takes as long


@dataclass(frozen=True)
class MediaFile:
    """An uploaded file: its name in the storage, its size in bytes if that is known already."""

    name: str
    bytes: int
    open: Callable[[], BinaryIO]


Listing = Callable[[], list[MediaFile]]


def held(place: Path) -> AbstractContextManager[Listing]:
    """While the block runs, no uploaded file is lost. It gets a function that lists them.

    Called once the database has been read, that lists all that the database names: what was
    there before is kept though it be deleted, and what came since is listed too. ``place`` is an
    empty folder for it.
    """
    address = address_of_uploads()
    return _held_in_bucket(address) if address else _held_on_disk(place)


def address_of_uploads() -> S3Address | None:
    """The address of STORAGE_URL; None where uploads lie in a folder."""
    return s3_address(settings.STORAGE_URL) if settings.STORAGE_URL else None


def are_there() -> bool:
    """Whether anything was uploaded to this hub."""
    if address := address_of_uploads():
        return any(True for _object in s3.objects(address.below(MEDIA)))
    media = Path(settings.MEDIA_ROOT)
    return media.exists() and any(media.iterdir())


def put_back(folder: Path, aside: str) -> None:
    """Make the files in ``folder`` the uploaded files of this hub.

    What was there stays, with ``aside`` behind the name of its folder.
    """
    folder.mkdir(exist_ok=True)
    if address := address_of_uploads():
        media = address.below(MEDIA)
        s3.move_all(media, media.beside(aside), [found.name for found in s3.objects(media)])
        for path in files_below(folder):
            with path.open("rb") as file:
                s3.put(media, path.relative_to(folder).as_posix(), file)
        return
    media_root = Path(settings.MEDIA_ROOT)
    if media_root.exists():
        media_root.rename(media_root.with_name(media_root.name + aside))
    folder.rename(media_root)


@contextmanager
def _held_on_disk(place: Path) -> Iterator[Listing]:
    source = Path(settings.MEDIA_ROOT)
    link_all(source, place)

    def listing() -> list[MediaFile]:
        link_all(source, place)
        return [
            MediaFile(path.relative_to(place).as_posix(), path.stat().st_size, partial(_open, path))
            for path in files_below(place)
        ]

    yield listing


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def link_all(source: Path, folder: Path) -> None:
    """Give every file below ``source`` a name below ``folder``, where it has none yet.

    An uploaded file is never written again, so a hard link is as good as a copy, and takes no
    room. Where links cannot be made, files are copied.
    """
    for place, _folders, names in os.walk(source):
        target = folder / Path(place).relative_to(source)
        target.mkdir(parents=True, exist_ok=True)
        for name in names:
            if (target / name).exists():
                continue
            with suppress(FileNotFoundError):  # deleted meanwhile
                _link(Path(place) / name, target / name)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(source, target)


def files_below(folder: Path) -> list[Path]:
    """All files below ``folder``, in the order of their names."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


@contextmanager
def _held_in_bucket(address: S3Address) -> Iterator[Listing]:
    """While there is a mark, whoever deletes an object copies it below HELD first.

    A file is deleted after the transaction that no longer names it. So whoever looked before there
    was a mark has committed before the database is read, which then does not name the file.
    """
    marks, held_back, media = (address.below(part) for part in (BACKUP_MARKS, HELD, MEDIA))
    mark = uuid.uuid4().hex
    s3.put(marks, mark, BytesIO())
    try:
        yield partial(_listed, media, held_back)
    finally:
        s3.remove(marks, mark)
        before = timezone.now() - FORGOTTEN_AFTER
        others = list(s3.objects(marks))
        for other in others:
            if other.time < before:  # of a backup that was killed
                s3.remove(marks, other.name)
        if all(other.time < before for other in others):
            for gone in s3.objects(held_back):
                s3.remove(held_back, gone.name)


def _listed(media: S3Address, held_back: S3Address) -> list[MediaFile]:
    # The held ones first: what is deleted between the two is listed twice, not left out.
    found = {stored.name: stored for stored in s3.objects(media)}
    for stored in s3.objects(held_back):
        found.setdefault(stored.name, stored)
    return [
        MediaFile(name, found[name].bytes, partial(_opened, media, held_back, name))
        for name in sorted(found)
    ]


def _opened(media: S3Address, held_back: S3Address, name: str) -> BinaryIO:
    try:
        return s3.open_object(media, name)
    except FileNotFoundError:  # deleted since
        return s3.open_object(held_back, name)
