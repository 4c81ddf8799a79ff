"""Where backups are kept: a folder, or a bucket of S3-like storage."""

from __future__ import annotations

import errno
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from hub.storage import s3
from hub.storage.address import S3Address, is_s3, s3_address

LEAST_FREE_BYTES = 500 * 2**20
PART = ".part"


class Folder:
    """Backups are files, readable by their owner alone."""

    is_remote = False

    def __init__(self, path: Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    def names(self) -> list[str]:
        return sorted(path.name for path in self.path.glob("*") if path.is_file())

    def size(self, name: str) -> int:
        return (self.path / name).stat().st_size

    def open(self, name: str) -> io.BufferedReader:
        return open(self.path / name, "rb")

    @contextmanager
    def new(self, name: str) -> Iterator[BinaryIO]:
        """A file to write to; it is there under ``name`` once the block has ended well."""
        self.path.mkdir(parents=True, exist_ok=True)
        part = self.path / (name + PART)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.rename(self.path / name)
        finally:
            part.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        (self.path / name).unlink()

    def check_room(self, needed: int) -> None:
        """Raises OSError when so many bytes more would fill the disk."""
        self.path.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self.path).free
        if free - needed < LEAST_FREE_BYTES:
            raise OSError(
                errno.ENOSPC, f"it takes {needed // 2**20} MB, {free // 2**20} MB are free")

    def sweep(self, before: datetime) -> None:
        """Delete what was begun before then and never finished."""
        for path in self.path.glob(f"*{PART}"):
            if path.stat().st_mtime < before.timestamp():
                path.unlink(missing_ok=True)


class Bucket:
    """Backups are objects of one bucket, below one prefix."""

    is_remote = True

    def __init__(self, address: S3Address) -> None:
        self.address = address

    def __str__(self) -> str:
        return str(self.address)

    def names(self) -> list[str]:
        return [found.name for found in s3.objects(self.address) if "/" not in found.name]

    def size(self, name: str) -> int:
        with s3.S3Reader(self.address, name) as reader:
            return reader.size

    def open(self, name: str) -> io.BufferedReader:
        return s3.open_object(self.address, name)

    @contextmanager
    def new(self, name: str) -> Iterator[BinaryIO]:
        """As ``Folder.new``: storage shows no object before its upload is completed."""
        with s3.new_object(self.address, name) as file:
            yield file

    def remove(self, name: str) -> None:
        s3.remove(self.address, name)

    def check_room(self, needed: int) -> None:
        """Storage does not tell how much room there is; an upload that it refuses leaves nothing.
        """

    def sweep(self, before: datetime) -> None:
        s3.abort_uploads(self.address, before)


Place = Folder | Bucket


def place_of(text: str | Path) -> Place:
    """The place that a setting or an option names. Raises WrongAddress."""
    if is_s3(text):
        return Bucket(s3_address(str(text)))
    return Folder(Path(text))


def find(text: str) -> tuple[Place, str]:
    """The place and the name of one backup: a path, an address, or a name in BACKUP_DIR.

    Raises WrongAddress.
    """
    if is_s3(text):
        parent, name = s3_address(text).parent()
        return Bucket(parent), name
    path = Path(text)
    if path.name == text and not path.exists() and settings.BACKUP_DIR:
        return place_of(settings.BACKUP_DIR), text
    return Folder(path.parent), path.name
