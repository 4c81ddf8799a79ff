"""CRC-32 and SHA-256 of documents: computed when a file is first handed out, then stored."""

import hashlib
import zlib
from dataclasses import dataclass

from courses.models.checksum import Checksum
from hub.files.http_ranges import BLOCK


@dataclass(frozen=True)
class Sums:
    """Size in bytes, CRC-32 and SHA-256 (hex) of a file."""

    bytes: int
    crc32: int
    sha256: str


def sums_of(file) -> Sums:
    """The sums of an open binary file, which is read once and closed."""
    digest, crc, size = hashlib.sha256(), 0, 0
    with file:
        while block := file.read(BLOCK):
            digest.update(block)
            crc = zlib.crc32(block, crc)
            size += len(block)
    return Sums(size, crc, digest.hexdigest())


def sums_of_documents(documents) -> dict[int, Sums]:
    """Primary key → sums; documents whose file is missing are left out."""
    stored = {row.document_id: row for row in Checksum.objects.filter(document__in=documents)}
    found = {}
    for document in documents:
        row = stored.get(document.pk)
        if row and (row.file_name, row.file_hash) == (document.file.name, document.file_hash):
            found[document.pk] = Sums(row.bytes, row.crc32, row.sha256)
            continue
        try:
            sums = sums_of(document.file.storage.open(document.file.name))
        except FileNotFoundError:
            continue
        Checksum.objects.update_or_create(document=document, defaults={
            "file_name": document.file.name, "file_hash": document.file_hash,
            "bytes": sums.bytes, "crc32": sums.crc32, "sha256": sums.sha256,
        })
        found[document.pk] = sums
    return found
