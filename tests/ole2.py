"""OLE2 files for tests: a header, one sector of table and one sector of directory."""

import struct

from hub.files import ole2

END, TABLE, NOBODY = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5


def ole2_file(*streams, inside=None) -> bytes:
    """A file with one to three empty ``streams``, at the top or in a storage named ``inside``."""
    header = bytearray(b"\xff" * 512)
    header[:76] = ole2.SIGNATURE + bytes(16) + struct.pack(
        "<HHHHH6xIIIIIIIII", 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0)
    header[76:80] = struct.pack("<I", 0)
    table = struct.pack("<II", TABLE, END) + b"\xff" * 504
    entries = [_entry("Root Entry", ROOT, child=1)]
    if inside:
        entries.append(_entry(inside, STORAGE, child=2))
    for name in streams:
        right = NOBODY if name == streams[-1] else len(entries) + 1
        entries.append(_entry(name, STREAM, right=right))
    return bytes(header) + table + b"".join(entries).ljust(512, b"\0")


def _entry(name, kind, right=NOBODY, child=NOBODY):
    encoded = name.encode("utf-16-le")
    return encoded.ljust(64, b"\0") + struct.pack(
        "<HBBIII36xII4x", len(encoded) + 2, kind, 1, NOBODY, right, child, END, 0)
