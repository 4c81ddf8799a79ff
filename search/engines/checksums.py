"""Whether the files of a tantivy index are as tantivy wrote them.

A file of a segment never changes once it is written. It ends with a footer: a line of JSON with
the CRC-32 of all before it, the length of that line, and a magic number. ``meta.json`` names the
segments. No Django here.
"""

import json
import os
import struct
import time
import uuid
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

COMPONENTS = ("fast", "fieldnorm", "idx", "pos", "store", "term")  # a file each, of every segment
MAGIC = 1337
TAIL = struct.Struct("<II")  # length of the JSON, magic number
MAX_FOOTER = 4096
CHUNK = 1 << 20
LEDGER = "verified.json"
Stamp: TypeAlias = tuple[int, int, int]  # time of the last change, inode, size


def stamp(path: Path | str) -> Stamp:
    """What changes when somebody writes into the file or puts another in its place."""
    found = os.stat(path)
    return found.st_mtime_ns, found.st_ino, found.st_size


def segment_files(folder: Path) -> list[Path]:
    """The files of the index in ``folder`` as of its last commit. Raises OSError, ValueError,
    KeyError or TypeError for an unreadable ``meta.json``."""
    found = []
    for segment in json.loads((folder / "meta.json").read_text())["segments"]:
        name = segment["segment_id"].replace("-", "")
        found += [folder / f"{name}.{component}" for component in COMPONENTS]
        if segment["deletes"]:
            found.append(folder / f"{name}.{segment['deletes']['opstamp']}.del")
    return found


def damage_of(path: Path) -> str:
    """What is wrong with a file, by its footer; empty when nothing is."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL.size))
            length, magic = TAIL.unpack(file.read())
            if magic != MAGIC or length > min(MAX_FOOTER, size - TAIL.size):
                return "it has no footer"
            end = size - TAIL.size - length
            file.seek(end)
            expected = json.loads(file.read(length))["crc"]
            file.seek(0)
            actual = 0
            while end > 0 and (chunk := file.read(min(CHUNK, end))):
                actual = zlib.crc32(chunk, actual)
                end -= len(chunk)
    except FileNotFoundError:
        return "it is missing"
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    except (struct.error, ValueError, KeyError, TypeError):
        return "its footer cannot be read"
    return "" if actual == expected else "its checksum does not fit"


class Ledger:
    """The files of one folder whose checksums were right, and when; shared by all processes.

    A file that is listed with its present stamp need not be read again when an index is opened.
    Without a readable ledger all files are.
    """

    def __init__(self, folder: Path):
        self.path = folder / LEDGER
        self.verified: dict[str, tuple[Stamp, float]] = {}
        try:
            for name, (mtime, inode, size, moment) in json.loads(self.path.read_text()).items():
                self.verified[str(name)] = (mtime, inode, size), float(moment)
        except (OSError, ValueError, TypeError, AttributeError):
            self.verified = {}

    def when(self, path: Path) -> float:
        """When the file, as it is now, was last verified; 0 when it never was."""
        known, moment = self.verified.get(path.name, (None, 0.0))
        try:
            return moment if known == stamp(path) else 0.0
        except OSError:
            return 0.0

    def damaged(self, paths: Iterable[Path]) -> dict[str, str]:
        """Read ``paths`` and list those that are right; name → what is wrong with the others."""
        wrong = {}
        for path in paths:
            try:
                before = stamp(path)
            except OSError:
                wrong[path.name] = "it is missing"
                continue
            if problem := damage_of(path):
                wrong[path.name] = problem
            else:
                self.verified[path.name] = before, time.time()
        return wrong

    def save(self, names: Iterable[str]) -> None:
        """Keep what is known of ``names``, for other processes; nothing when the disk is full."""
        kept = set(names)
        rows = {
            name: [*known, moment] for name, (known, moment) in self.verified.items()
            if name in kept
        }
        draft = self.path.with_name(f"{LEDGER}.{uuid.uuid4().hex}")
        try:
            draft.write_text(json.dumps(rows))
            draft.replace(self.path)
        except OSError:
            draft.unlink(missing_ok=True)
