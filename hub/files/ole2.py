"""What an OLE2 file holds: the container of .doc, .ppt and .xls, and of locked Office files.

No Django here. Source: [MS-CFB] for the header, olefile for the rest.
"""

import os
import struct
from typing import IO

import olefile

SIGNATURE = olefile.MAGIC
LOCKED_STREAMS = {"EncryptedPackage", "EncryptionInfo", "EncryptedSummary"}
SECTOR_SHIFTS = (9, 12)  # sectors of 512 bytes and of 4 KiB


def streams_of(file: IO[bytes]) -> set[str]:
    """The names of the streams at the top of the seekable binary ``file``; empty when it is no
    OLE2 file or damaged."""
    if not _has_plausible_table(file):
        return set()
    try:
        with olefile.OleFileIO(file) as container:
            return {path[0] for path in container.listdir() if len(path) == 1}
    except MemoryError:
        raise
    except Exception:  # olefile raises whatever a broken directory leads it to
        return set()


def _has_plausible_table(file: IO[bytes]) -> bool:
    """Whether the allocation table can be as long as the header says.

    olefile reads a table of any length, in quadratic time, even if its sectors go in a circle.
    """
    size = file.seek(0, os.SEEK_END) or file.tell()
    file.seek(0)
    header = file.read(512)
    file.seek(0)
    if len(header) < 512 or not header.startswith(SIGNATURE):
        return False
    shift: int = struct.unpack_from("<H", header, 30)[0]
    table_sectors: int = struct.unpack_from("<L", header, 44)[0]
    if shift not in SECTOR_SHIFTS:
        return False
    covered = (1 << shift) // 4 * (1 << shift)  # bytes that one sector of the table allocates
    return table_sectors <= 2 * (size // covered + 1)
