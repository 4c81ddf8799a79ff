"""S3-like storage as files: read in any part, written in one stream, listed.

The library is imported when the first address is used: a hub whose files lie in folders spends
nothing on it.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from hub.storage.address import S3Address
from hub.storage.streams import fed

PART_BYTES = 32 * 2**20  # of at most 10,000 parts, so a backup may have 320 GB
BUFFER_BYTES = 256 * 2**10
SKIPPED_BYTES = 2**20  # a gap of less is read over: cheaper than a request
TRIES = 4
CONNECT_SECONDS, READ_SECONDS = 5, 60

_resources: dict[tuple[object, ...], Any] = {}
_lock = threading.Lock()


class StorageError(OSError):
    """The storage is away, refuses, or answers with an error; the text says which."""


@dataclass(frozen=True)
class Stored:
    """An object: its name below the prefix, its size in bytes, when it was written."""

    name: str
    bytes: int
    time: datetime


def config(address: S3Address) -> Any:
    """The library's settings for ``address``.

    Checksums only where the protocol asks for them: many servers refuse those that the library
    would add on its own.
    """
    from botocore.config import Config

    return Config(
        signature_version="s3v4", s3={"addressing_style": address.style},
        connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": TRIES},
        request_checksum_calculation="when_required", response_checksum_validation="when_required",
        max_pool_connections=50,
    )


def resource(address: S3Address) -> Any:
    """What the library calls a resource, for the server of ``address``.

    One for all threads of a process: each takes megabytes, and time to be made.
    """
    import boto3

    key = (os.getpid(),  # connections are not shared with a forked process
           address.host, address.key, address.secret, address.region, address.tls, address.style)
    with _lock:
        if key not in _resources:
            session = boto3.Session(
                aws_access_key_id=address.key or None, aws_secret_access_key=address.secret or None)
            _resources[key] = session.resource(
                "s3", region_name=address.region, endpoint_url=address.endpoint,
                config=config(address))
        return _resources[key]


def client(address: S3Address) -> Any:
    return resource(address).meta.client


def transfer_config() -> Any:
    """How much is sent at once; not several parts at a time, each of which would be in memory."""
    from boto3.s3.transfer import TransferConfig

    return TransferConfig(
        multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, use_threads=False)


@contextmanager
def errors_told(address: S3Address, name: str = "") -> Iterator[None]:
    """What the library raises becomes FileNotFoundError or StorageError."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ConnectionError,
        HTTPClientError,
    )

    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        code = error.response.get("Error", {}).get("Code", "")
        if code in ("NoSuchKey", "404", "NotFound") or (status == 404 and code != "NoSuchBucket"):
            raise FileNotFoundError(2, "No such object", f"{address}/{name}") from error
        said = error.response.get("Error", {}).get("Message") or code
        raise StorageError(f"{address} answered {status} {code}: {said}") from error
    except (HTTPClientError, ConnectionError) as error:
        raise StorageError(f"{address} cannot be reached: {error}") from error
    except (BotoCoreError, Boto3Error) as error:
        raise StorageError(f"{address}: {error}") from error


class S3Reader(io.RawIOBase):
    """An object, read from any place on; a broken connection is taken up where it broke.

    Raises FileNotFoundError when it is opened, StorageError while it is read.
    """

    def __init__(self, address: S3Address, name: str) -> None:
        self.address, self.name = address, name
        self._client = client(address)
        self._place, self._body, self._body_at = 0, None, 0
        with errors_told(address, name):
            found = self._client.head_object(Bucket=address.bucket, Key=address.named(name))
        self.size: int = found["ContentLength"]
        self.time: datetime = found["LastModified"]
        self._etag = found["ETag"]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self.size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self.size - self._place)
        if wanted <= 0:
            return 0
        for chance in range(1, TRIES + 1):
            try:
                with errors_told(self.address, self.name):
                    content = self._read(wanted)
                break
            except StorageError:
                self._drop()
                if chance == TRIES:
                    raise
        buffer[: len(content)] = content
        self._place += len(content)
        return len(content)

    def _read(self, wanted: int) -> bytes:
        if self._body is not None and 0 < self._place - self._body_at <= SKIPPED_BYTES:
            self._body_at += len(self._taken(self._place - self._body_at))
        if self._body is None or self._body_at != self._place:
            self._drop()
            self._body = self._client.get_object(
                Bucket=self.address.bucket, Key=self.address.named(self.name),
                Range=f"bytes={self._place}-{self.size - 1}", IfMatch=self._etag)["Body"]
            self._body_at = self._place
        content = self._taken(wanted)
        self._body_at += len(content)
        return content

    def _taken(self, number: int) -> bytes:
        assert self._body is not None
        try:
            content = self._body.read(number)
        except OSError as error:
            raise StorageError(f"{self.address} broke off: {error}") from error
        if not content:
            raise StorageError(f"{self.address}/{self.name} broke off")
        return content

    def _drop(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None

    def close(self) -> None:
        if not self.closed:
            self._drop()
        super().close()


def open_object(address: S3Address, name: str) -> io.BufferedReader:
    """The object ``name`` below ``address``, open for reading bytes; ``raw`` has size and time."""
    return io.BufferedReader(S3Reader(address, name), BUFFER_BYTES)


@contextmanager
def new_object(address: S3Address, name: str) -> Iterator[BinaryIO]:
    """A file to write to, whose content is the object ``name`` once the block has ended well.

    An exception in the block leaves no object. At most one part of ``PART_BYTES`` is in memory.
    """
    with fed(lambda source: put(address, name, source)) as sink:
        yield sink


def put(address: S3Address, name: str, source: Any) -> None:
    """Store what ``source.read`` gives as ``name``: all of it, or nothing when that raises."""
    with errors_told(address, name):
        client(address).upload_fileobj(
            source, address.bucket, address.named(name), Config=transfer_config())


def objects(address: S3Address) -> Iterator[Stored]:
    """All objects below ``address``, in the order of their names."""
    beginning = f"{address.prefix}/" if address.prefix else ""
    with errors_told(address):
        pages = client(address).get_paginator("list_objects_v2").paginate(
            Bucket=address.bucket, Prefix=beginning)
        for page in pages:
            for row in page.get("Contents", ()):
                if name := row["Key"].removeprefix(beginning):
                    yield Stored(name, row["Size"], row["LastModified"])


def exists(address: S3Address, name: str) -> bool:
    try:
        with errors_told(address, name):
            client(address).head_object(Bucket=address.bucket, Key=address.named(name))
    except FileNotFoundError:
        return False
    return True


def remove(address: S3Address, name: str) -> None:
    """Delete the object; none there is no error."""
    try:
        with errors_told(address, name):
            client(address).delete_object(Bucket=address.bucket, Key=address.named(name))
    except FileNotFoundError:
        return


def copy(source: S3Address, target: S3Address, name: str, to: str = "") -> None:
    """Copy an object within a storage, by the storage itself. Raises FileNotFoundError."""
    with errors_told(source, name):
        client(source).copy(
            {"Bucket": source.bucket, "Key": source.named(name)},
            target.bucket, target.named(to or name))


def move_all(source: S3Address, target: S3Address, names: Iterable[str]) -> None:
    for name in names:
        copy(source, target, name)
        remove(source, name)


def abort_uploads(address: S3Address, before: datetime) -> None:
    """Give up uploads below ``address`` that began before then and that nobody finished.

    They are no objects, but storage keeps, and charges for, their parts.
    """
    with errors_told(address):
        found = client(address).list_multipart_uploads(
            Bucket=address.bucket, Prefix=f"{address.prefix}/" if address.prefix else "")
        for upload in found.get("Uploads", ()):
            if upload["Initiated"] < before:
                client(address).abort_multipart_upload(
                    Bucket=address.bucket, Key=upload["Key"], UploadId=upload["UploadId"])
