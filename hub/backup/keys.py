"""Encrypts backups for whoever holds the secret key, in the format of age (age-encryption.org).

The server that writes a backup knows the public key alone, so whoever takes the server over cannot
read the backups that are elsewhere. What is written here ``age --decrypt`` reads, and the other way
round. The library is imported when there is something to encrypt.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from hub.backup.archive import BackupDamaged
from hub.storage.streams import fed, produced

HEADER = b"age-encryption.org/v1"
SECRET = "AGE-SECRET-KEY-1"
SUFFIX = ".age"


class WrongKey(Exception):
    """A key is missing, is no key, or is not the one; the text says which."""


def new_identity(path: Path) -> str:
    """Write a new secret key to ``path``, for its owner alone; returns the public key.

    Raises OSError, also when there is a file already.
    """
    from pyrage import x25519

    identity = x25519.Identity.generate()
    public = str(identity.to_public())
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"# public key: {public}\n{identity}\n")
    return public


def recipients(texts: Sequence[str]) -> list[Any]:
    """The public keys in ``texts``: “age1…” or “ssh-ed25519 …”. Raises WrongKey."""
    from pyrage import RecipientError, ssh, x25519

    found: list[Any] = []
    for text in map(str.strip, texts):
        if text.upper().startswith(SECRET):
            raise WrongKey(
                "BACKUP_KEY holds a secret key. It takes the public one, age1…, and the secret one "
                "belongs somewhere else than on this server.")
        try:
            kind = ssh if text.startswith("ssh-") else x25519
            found.append(kind.Recipient.from_str(text))
        except RecipientError as error:
            raise WrongKey(
                f"“{text[:20]}…” in BACKUP_KEY is no public key of age (age1…): {error}."
            ) from error
    return found


def identities(given: str) -> list[Any]:
    """The secret keys in ``given``: one itself, or the path of a file with some. Raises WrongKey.
    """
    from pyrage import IdentityError, ssh, x25519

    text = given.strip()
    if not text:
        raise WrongKey(
            "It is encrypted: name the file with the secret key, --identity FILE or "
            "BACKUP_IDENTITY.")
    where = "BACKUP_IDENTITY"
    if not text.upper().startswith(SECRET):
        where = text
        try:
            content = Path(text).read_bytes()
        except OSError as error:
            raise WrongKey(f"The secret key cannot be read: {error}.") from error
        if content.startswith(HEADER):
            raise WrongKey(f"{where} is itself encrypted; age --decrypt opens it.")
        if content.startswith(b"-----BEGIN"):
            try:
                return [ssh.Identity.from_buffer(content)]
            except IdentityError as error:
                raise WrongKey(f"{where} holds no secret key that can be used: {error}.") from error
        text = content.decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines()]
    try:
        found = [x25519.Identity.from_str(line) for line in lines if line and line[0] != "#"]
    except IdentityError as error:
        raise WrongKey(f"{where} holds no secret key of age ({SECRET}…): {error}.") from error
    if not found:
        raise WrongKey(f"{where} holds no secret key.")
    return found


@contextmanager
def encrypting(file: BinaryIO, keys: Sequence[Any]) -> Iterator[BinaryIO]:
    """A file to write to, whose content is encrypted into ``file``; ``file`` without ``keys``."""
    if not keys:
        yield file
        return
    from pyrage import encrypt_io

    target = _Remembering(file)
    with fed(lambda source: target.run(encrypt_io, source, target, keys)) as sink:
        yield sink


@contextmanager
def decrypting(file: Any, identity: str) -> Iterator[Any]:
    """What ``file`` (which can be peeked into) holds, decrypted if need be by ``identity``.

    Raises WrongKey here, BackupDamaged where it is read.
    """
    if not file.peek(len(HEADER)).startswith(HEADER):
        yield file
        return
    from pyrage import DecryptError, decrypt_io

    keys, source = identities(identity), _Remembering(file)

    def decrypt(sink: Any) -> None:
        try:
            source.run(decrypt_io, source, sink, keys)
        except DecryptError as error:
            if "No matching keys" in str(error):
                raise WrongKey("It was encrypted for another key.") from error
            raise BackupDamaged(f"It cannot be decrypted: {error}.") from error
        except BrokenPipeError:
            raise
        except OSError as error:
            if error is source.error:
                raise
            raise BackupDamaged(f"It cannot be decrypted to its end: {error}.") from error

    with produced(decrypt) as plain:
        yield plain


class _Remembering:
    """A file whose own errors are told, instead of what the library makes of them."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.error: BaseException | None = None

    def read(self, number: int = -1) -> bytes:
        try:
            return self.file.read(number)
        except BaseException as error:
            self.error = error
            raise

    def write(self, content: bytes) -> int:
        try:
            return self.file.write(content)
        except BaseException as error:
            self.error = error
            raise

    def flush(self) -> None:
        self.file.flush()

    def run(self, function: Any, *arguments: Any) -> None:
        try:
            function(*arguments)
        except BaseException as error:
            if self.error is not None and error is not self.error:
                raise self.error from error
            raise
