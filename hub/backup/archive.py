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


class _Target:
    """Hands what is written on, until it is let go."""

    def __init__(self, file: BinaryIO) -> None:
        self.file: BinaryIO | None = file

    def write(self, content: bytes) -> int:
        return self.file.write(content) if self.file else len(content)


class Writer:
    """Writes a backup into ``file``, which is a whole one when ``close`` has ended.

    A context manager: after an error in the block nothing more is written.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._target = _Target(file)
        self._tar = tarfile.TarFile.open(
            fileobj=self._target, mode="w|", format=tarfile.PAX_FORMAT)  # type: ignore[call-overload]
        self._hashes: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_error: object) -> None:
        self._target.file = None  # else tarfile writes the rest of its buffer when it is collected

    def add(self, name: str, path: Path) -> None:
        """Add the file at ``path``, as long as it is when it is opened."""
        with open(path, "rb") as file:
            found = os.fstat(file.fileno())
            self.add_file(name, file, found.st_size, found.st_mtime)

    def add_bytes(self, name: str, content: bytes, time: float = 0) -> None:
        self.add_file(name, io.BytesIO(content), len(content), time)

    def add_file(self, name: str, file: BinaryIO, size: int, time: float = 0) -> None:
        """Add ``size`` bytes of an open file. Raises OSError when there are fewer."""
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, int(time), 0o600
        reader = _Hashing(file, size)
        self._tar.addfile(member, reader)
        self._hashes[name] = {"bytes": size, "sha256": reader.digest.hexdigest()}

    def close(self, about: dict[str, Any]) -> None:
        """Write the manifest: ``about`` and the hashes."""
        manifest = {"format": FORMAT, **about, "files": self._hashes}
        self.add_bytes(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        self._tar.close()


def read(file: Any, name: str, folder: Path | None = None) -> dict[str, Any]:
    """Read the whole backup in ``file`` and return its manifest; with ``folder`` unpack it there.

    ``name`` is what messages call it.

    Raises ``BackupDamaged`` when it ends early, when a file in it differs from its hash, when one
    is missing or one is too many, and when it is no backup.
    """
    hashes: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    try:
        for member, chunks in _members(file):
            digest, size, kept = hashlib.sha256(), 0, []
            target = _target(folder, member) if folder and member != MANIFEST else None
            with open(target or os.devnull, "wb") as out:
                for chunk in chunks:
                    digest.update(chunk)
                    size += len(chunk)
                    out.write(chunk)
                    if member == MANIFEST:
                        kept.append(chunk)
            if member == MANIFEST:
                manifest = json.loads(b"".join(kept))
            else:
                hashes[member] = {"bytes": size, "sha256": digest.hexdigest()}
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise BackupDamaged(f"{name} cannot be read to its end: {error}") from error
    if manifest is None:
        raise BackupDamaged(f"{name} ends early: it has no {MANIFEST}.")
    if manifest.get("format") != FORMAT:
        raise BackupDamaged(f"{name} has the format {manifest.get('format')}, not {FORMAT}.")
    expected = manifest["files"]
    for member in sorted({*expected, *hashes}):
        if expected.get(member) != hashes.get(member):
            raise BackupDamaged(f"{member} in {name} is not what was stored.")
    return manifest


def _members(file: Any) -> Iterator[tuple[str, Iterator[bytes]]]:
    with tarfile.open(fileobj=file, mode="r|") as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isreg() else None
            if content is None:
                raise ValueError(f"{member.name} is no file")
            yield member.name, iter(lambda file=content: file.read(CHUNK_BYTES), b"")  # type: ignore[misc]
    while file.read(CHUNK_BYTES):
        pass  # what follows the tar file; of an encrypted one its end shows that it is whole


def _target(folder: Path, name: str) -> Path:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts:
        raise ValueError(f"{name} would be unpacked elsewhere")
    target = folder.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    return target
