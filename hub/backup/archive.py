"""A backup is one tar file: the database, the media, and last a manifest with the hash of each.

Written and read from front to end, so that its size is no matter. The manifest comes last: a file
that ends early has none, and says so by that.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK_BYTES = 2**20


class BackupDamaged(Exception):
    """What was read is not what was written; the text says what differs."""


class _Hashing:
    """Reads at most ``size`` bytes of ``file`` and hashes them."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file, self.left, self.digest = file, size, hashlib.sha256()

    def read(self, number: int = -1) -> bytes:
        wanted = self.left if number < 0 else min(number, self.left)
        content = self.file.read(wanted)
        self.left -= len(content)
        self.digest.update(content)
        return content


class Writer:
    """Writes a backup to ``path``, readable by its owner alone; a context manager.

    Until ``close`` there is only ``path`` with “.part” behind it, and none at all after an error.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.part = path, path.with_name(path.name + ".part")
        descriptor = os.open(self.part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._tar = tarfile.TarFile.open(
            fileobj=self._file, mode="w|", format=tarfile.PAX_FORMAT)
        self._hashes: dict[str, dict[str, Any]] = {}

    def add(self, name: str, path: Path) -> None:
        """Add the file at ``path``, as long as it is when it is opened."""
        with open(path, "rb") as file:
            found = os.fstat(file.fileno())
            self._add(name, file, found.st_size, found.st_mtime)

    def add_bytes(self, name: str, content: bytes, time: float = 0) -> None:
        self._add(name, io.BytesIO(content), len(content), time)

    def _add(self, name: str, file: BinaryIO, size: int, time: float) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, int(time), 0o600
        reader = _Hashing(file, size)
        self._tar.addfile(member, reader)
        self._hashes[name] = {"bytes": size, "sha256": reader.digest.hexdigest()}

    def close(self, about: dict[str, Any]) -> None:
        """Write the manifest: ``about`` and the hashes; the backup is there from now on."""
        manifest = {"format": FORMAT, **about, "files": self._hashes}
        self.add_bytes(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self.part.rename(self.path)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()
        self.part.unlink(missing_ok=True)


def read(path: Path, folder: Path | None = None) -> dict[str, Any]:
    """Read the whole backup at ``path`` and return its manifest; with ``folder`` unpack it there.

    Raises ``BackupDamaged`` when it ends early, when a file in it differs from its hash, when one
    is missing or one is too many, and when it is no backup.
    """
    hashes: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    try:
        for name, chunks in _members(path):
            digest, size, kept = hashlib.sha256(), 0, []
            target = _target(folder, name) if folder and name != MANIFEST else None
            with open(target or os.devnull, "wb") as out:
                for chunk in chunks:
                    digest.update(chunk)
                    size += len(chunk)
                    out.write(chunk)
                    if name == MANIFEST:
                        kept.append(chunk)
            if name == MANIFEST:
                manifest = json.loads(b"".join(kept))
            else:
                hashes[name] = {"bytes": size, "sha256": digest.hexdigest()}
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise BackupDamaged(f"{path.name} cannot be read to its end: {error}") from error
    if manifest is None:
        raise BackupDamaged(f"{path.name} ends early: it has no {MANIFEST}.")
    if manifest.get("format") != FORMAT:
        raise BackupDamaged(f"{path.name} has the format {manifest.get('format')}, not {FORMAT}.")
    expected = manifest["files"]
    for name in sorted({*expected, *hashes}):
        if expected.get(name) != hashes.get(name):
            raise BackupDamaged(f"{name} in {path.name} is not what was stored.")
    return manifest


def _members(path: Path) -> Iterator[tuple[str, Iterator[bytes]]]:
    with tarfile.open(path, mode="r|") as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isreg() else None
            if file is None:
                raise ValueError(f"{member.name} is no file")
            yield member.name, iter(lambda file=file: file.read(CHUNK_BYTES), b"")  # type: ignore[misc]


def _target(folder: Path, name: str) -> Path:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts:
        raise ValueError(f"{name} would be unpacked elsewhere")
    target = folder.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    return target
