"""Streams a zip whose layout is known before any file is opened.

Files are stored, not compressed (PDF and PPTX are compressed already), and their checksums are
known. So any part of the pack can be read without what comes before it, and the same files always
give the same bytes: times are fixed, the ETag is strong. Names are UTF-8 in NFC with the UTF-8
flag, which Windows, Android and macOS read alike. zip64 where a size or offset needs more than 32
bits.
"""

import hashlib
import struct
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from urllib.parse import quote

from hub.files.http_ranges import in_parts, read_part
from hub.files.names import safe_filename
from hub.web.concurrency_limit import close_connections

LIMIT = 0xFFFFFFFF
MANY = 0xFFFF
UTF8 = 0x800
MADE_ON_UNIX = 3 << 8
REGULAR_FILE = 0o100644 << 16
DATE = (2025 - 1980) << 9 | 1 << 5 | 1  # 1 January 2025: fixed, for reproducible bytes


@dataclass
class Zip:
    """``files`` (``PackFile``) in ``folder`` as a zip: headers and files, with their offsets."""

    files: list
    folder: str
    pieces: list = field(default_factory=list)  # bytes, or a PackFile
    ends: list = field(default_factory=list)  # where each piece ends

    def __post_init__(self):
        place, directory = 0, b""
        for file in self.files:
            name = f"{self.folder}/{file.path}".encode()
            directory += _directory_entry(file, name, place)
            header = _header(file, name)
            self.pieces += [header, file]
            place += len(header) + file.size
        self.pieces.append(directory + _end(len(self.files), len(directory), place))
        self.ends = list(accumulate(len(p) if isinstance(p, bytes) else p.size
                                    for p in self.pieces))

    @property
    def size(self) -> int:
        return self.ends[-1]

    @property
    def etag(self) -> str:
        """Strong: computed from everything that determines the bytes."""
        digest = hashlib.sha256(self.folder.encode())
        for file in self.files:
            digest.update(f"\0{file.path}\0{file.size}\0{file.sha256}".encode())
        return f'"{digest.hexdigest()[:32]}"'

    def read(self, start, stop):
        """Yield the bytes from ``start`` to ``stop``; at most one file is open at a time."""
        number = bisect_right(self.ends, start)
        while start < stop:
            piece = self.pieces[number]
            begin = self.ends[number - 1] if number else 0
            until = min(stop, self.ends[number])
            if isinstance(piece, bytes):
                yield piece[start - begin:until - begin]
            elif until > start:
                yield from read_part(piece.open(), start - begin, until - begin)
            start = until
            number += 1


def _header(file, name) -> bytes:
    big = file.size >= LIMIT
    extra = struct.pack("<HHQQ", 1, 16, file.size, file.size) if big else b""
    size = LIMIT if big else file.size
    return struct.pack(
        "<4sHHHHHLLLHH", b"PK\x03\x04", 45 if big else 20, UTF8, 0, 0, DATE, file.crc32, size, size,
        len(name), len(extra),
    ) + name + extra


def _directory_entry(file, name, place) -> bytes:
    wide = [file.size, file.size] if file.size >= LIMIT else []
    wide += [place] if place >= LIMIT else []
    extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    size = min(file.size, LIMIT)
    version = 45 if wide else 20
    return struct.pack(
        "<4sHHHHHHLLLHHHHHLL", b"PK\x01\x02", MADE_ON_UNIX | version, version, UTF8, 0, 0, DATE,
        file.crc32, size, size, len(name), len(extra), 0, 0, 0, REGULAR_FILE, min(place, LIMIT),
    ) + name + extra


def _end(count, size, place) -> bytes:
    wide = b""
    if count >= MANY or size >= LIMIT or place >= LIMIT:
        wide = struct.pack(
            "<4sQHHLLQQQQ", b"PK\x06\x06", 44, MADE_ON_UNIX | 45, 45, 0, 0, count, count, size,
            place,
        ) + struct.pack("<4sLQL", b"PK\x06\x07", 0, place + size, 1)
    return wide + struct.pack(
        "<4sHHHHLLH", b"PK\x05\x06", 0, 0, min(count, MANY), min(count, MANY), min(size, LIMIT),
        min(place, LIMIT), 0,
    )


def pack_response(request, files, filename, folder=None):
    """Stream ``files`` as the zip ``filename``, or the requested range of it.

    They are in one folder, named like the zip or like ``folder`` (with its extension).
    """
    pack = Zip(files, safe_filename((folder or filename).removesuffix(".zip")))
    return in_parts(request, pack.size, pack.etag, _without_connection(pack.read),
                    download_headers(filename, "application/zip"))


def file_response(request, file, filename, content_type):
    """One generated file of a pack, EPUB or PDF; resumable like the pack."""
    return in_parts(
        request, file.size, f'"{file.sha256[:32]}"',
        _without_connection(lambda start, stop: read_part(file.open(), start, stop)),
        download_headers(filename, content_type),
    )


def download_headers(filename, content_type) -> dict:
    """Only cached by the reader's own browser: the contents depend on the user."""
    extension = filename.rpartition(".")[2]
    return {
        "Content-Type": content_type,
        "Content-Disposition": f'attachment; filename="pack.{extension}"; '
                               f"filename*=UTF-8''{quote(filename)}",
        "Cache-Control": "private, no-cache",
        "Vary": "Cookie",
        "X-Content-Type-Options": "nosniff",
    }


def _without_connection(read):
    """Release the database connection before streaming: a download may take an hour."""

    def read_without_connection(start, stop):
        close_connections()
        yield from read(start, stop)

    return read_without_connection
