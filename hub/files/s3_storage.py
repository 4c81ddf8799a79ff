"""Uploaded files on S3-like storage, under the same rules as on disk.

Nothing in the bucket is public: ``url`` is the hub's own address, behind which a view looks who may
have the file and reads it out of the storage.
"""

from __future__ import annotations

import io
import posixpath
from functools import cached_property
from typing import Any, cast
from urllib.parse import urljoin

from django.core.files.base import File
from django.utils.deconstruct import deconstructible
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from hub.files.names import is_alone_in_its_folder, safe_filename
from hub.storage import s3
from hub.storage.address import S3Address, s3_address
from hub.storage.uploads import BACKUP_MARKS, HELD, MEDIA


class StoredFile(File):  # type: ignore[type-arg]
    """A file that is read out of the storage as far as somebody reads it."""

    def __init__(self, address: S3Address, name: str) -> None:
        super().__init__(s3.open_object(address, name), name)
        self.address, self.mode = address, "rb"

    def open(self, *_arguments: object, **_options: object) -> StoredFile:
        if self.closed:
            self.file = s3.open_object(self.address, str(self.name))
        else:
            self.seek(0)
        return self

    @cached_property
    def size(self) -> int:
        return cast(s3.S3Reader, cast(io.BufferedReader, self.file).raw).size


@deconstructible
class ThaiNameS3Storage(S3Storage):
    """Files in a bucket under names made by ``safe_filename``.

    Uploads lie below ``media/`` in the address; beside them what ``hub.backup`` keeps while it
    works. Raises FileNotFoundError, and StorageError where the storage does not do as asked.
    """

    def __init__(self, address: str, base_url: str = "/media/") -> None:
        self.root = s3_address(address)
        self.address = self.root.below(MEDIA)
        self.base_url = base_url
        super().__init__(
            bucket_name=self.address.bucket, location=self.address.prefix,
            access_key=self.address.key or None, secret_key=self.address.secret or None,
            endpoint_url=self.address.endpoint, region_name=self.address.region,
            use_ssl=self.address.tls, client_config=s3.config(self.address),
            transfer_config=s3.transfer_config(), file_overwrite=False, default_acl=None,
            gzip=False, cloudfront_signer=None,
        )

    @property
    def connection(self) -> Any:
        """One for all threads: each would take megabytes, and most of its time to be made."""
        return s3.resource(self.address)

    @property
    def bucket(self) -> Any:
        return self.connection.Bucket(self.bucket_name)

    def get_valid_name(self, name: str) -> str:
        return safe_filename(name)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """A name that nobody else takes at the same moment: a look whether it is free would not
        keep two uploads of one name apart, and the later would take the earlier one's place."""
        name = clean_name(name)
        if not is_alone_in_its_folder(name):
            folder, last = posixpath.split(name)
            stem, extension = posixpath.splitext(last)
            name = posixpath.join(folder, self.get_alternative_name(stem, extension))
        return super().get_available_name(name, max_length)

    def url(self, name: str, *_arguments: object, **_options: object) -> str:
        return urljoin(self.base_url, filepath_to_uri(name).lstrip("/"))

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        if "w" in mode:
            with s3.errors_told(self.address, name):
                return super()._open(name, mode)
        name = clean_name(name)
        self._normalize_name(name)  # refuses what lies elsewhere
        return StoredFile(self.address, name)

    def _save(self, name: str, content: Any) -> str:
        with s3.errors_told(self.address, name):
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        with s3.errors_told(self.address, name):
            if any(True for _mark in s3.objects(self.root.below(BACKUP_MARKS))):
                self._hold(clean_name(name))
            super().delete(name)

    def _hold(self, name: str) -> None:
        try:
            s3.copy(self.address, self.root.below(HELD), name)
        except FileNotFoundError:
            return

    def exists(self, name: str) -> bool:
        with s3.errors_told(self.address, name):
            return super().exists(name)

    def size(self, name: str) -> int:
        with s3.errors_told(self.address, name):
            return super().size(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with s3.errors_told(self.address, name):
            return super().listdir(name)

    def get_modified_time(self, name: str) -> Any:
        with s3.errors_told(self.address, name):
            return super().get_modified_time(name)
