"""Reads the files of a zip, of a folder or of an upload, with their names; no database.

Names in a zip never decide where something is written: a file is unpacked into memory or a
temporary file. Its bytes are counted while unpacking, because a header can declare any size.
"""

import os
import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from hub.files.validation import (
    FREE_EXPANDED_BYTES,
    MAX_DOCUMENT_BYTES,
    MAX_RATIO,
    MEGABYTE,
    READ_BYTES,
)

MAX_FILES = 500
MAX_ALL_BYTES = 1024 * MEGABYTE
IN_MEMORY = 4 * MEGABYTE
UTF8_FLAG, ENCRYPTED_FLAG = 0x800, 0x1
UNICODE_PATH = 0x7075  # extra field of Info-ZIP: the name in UTF-8
JUNK = re.compile(r"(__MACOSX|\..*|~\$.*|thumbs\.db|desktop\.ini)", re.IGNORECASE)


class FileRejected(Exception):
    """A file that is not imported; its argument is the reason, for users."""


@dataclass(frozen=True)
class FoundFile:
    """One file: the folders above it, its name, and ``open`` → an open temporary file.

    ``problem`` is why it cannot be imported; ``is_junk`` marks files left there by programs.
    """

    folders: tuple[str, ...]
    name: str
    open: Callable
    problem: str = ""
    is_junk: bool = False

    @property
    def path(self) -> str:
        return "/".join((*self.folders, self.name))


class TooManyFiles(Exception):
    """More files than can be imported at once; its argument is their number."""


# A zip


def files_of_zip(file) -> list[FoundFile]:
    """The files in the zip ``file``, in its order; raises BadZipFile, TooManyFiles."""
    archive = zipfile.ZipFile(file)
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MAX_FILES:
        raise TooManyFiles(len(members))
    budget = Budget(MAX_ALL_BYTES)
    return [_member(archive, member, budget) for member in members]


def _member(archive, member, budget) -> FoundFile:
    name = zip_name(member)
    return _found_file(
        name, lambda: _unpack(archive, member, budget), _problem_of_member(member)
    )


def _problem_of_member(member) -> str:
    if member.flag_bits & ENCRYPTED_FLAG:
        return _("It is locked with a password. Make the zip without one.")
    if stat.S_ISLNK(member.external_attr >> 16):
        return _("It is a link to another place, not a file.")
    if member.file_size > max(FREE_EXPANDED_BYTES, MAX_RATIO * member.compress_size):
        return _("It unpacks to far more than its size, which is how harmful files are made.")
    if member.file_size > MAX_DOCUMENT_BYTES:
        return too_large()
    return ""


def too_large() -> str:
    return _("The file is larger than %(limit)s MB.") % {"limit": MAX_DOCUMENT_BYTES // MEGABYTE}


def zip_name(member) -> str:
    """The name of a member as it was before packing.

    Without the flag for UTF-8 Python reads names as IBM's code page 437. macOS writes UTF-8 and
    does not always say so; Thai Windows writes its own code page, 874.
    """
    if member.flag_bits & UTF8_FLAG:
        return member.filename
    try:
        raw = member.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    if name := _unicode_path(member.extra, raw):
        return name
    for encoding in ("utf-8", "cp874"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def _unicode_path(extra, raw) -> str:
    """The name in Info-ZIP's extra field if its checksum matches ``raw``, else ""."""
    while len(extra) >= 4:
        kind, size = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        content, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == UNICODE_PATH and content[:1] == b"\x01" and (
            int.from_bytes(content[1:5], "little") == zlib.crc32(raw)
        ):
            return content[5:].decode("utf-8", "ignore")
    return ""


class Budget:
    """Bytes that all files together may still unpack to."""

    def __init__(self, limit):
        self.left = limit


def _unpack(archive, member, budget):
    try:
        with archive.open(member) as stream:
            return _copy(stream, budget)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError,
            ValueError) as error:
        raise FileRejected(_("It is damaged in the zip.")) from error


def _copy(stream, budget):
    """``stream`` in a temporary file; raises FileRejected when it exceeds the limits."""
    copy = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the caller closes it
    size = 0
    while chunk := stream.read(READ_BYTES):
        size += len(chunk)
        budget.left -= len(chunk)
        if size > MAX_DOCUMENT_BYTES or budget.left < 0:
            copy.close()
            raise FileRejected(too_large() if budget.left >= 0 else _(
                "All files together unpack to more than %(limit)s MB. Bring in the rest another "
                "time.") % {"limit": MAX_ALL_BYTES // MEGABYTE})
        copy.write(chunk)
    copy.seek(0)
    return copy


# Folders and uploads


def files_of_folder(folder) -> list[FoundFile]:
    """The files below ``folder``, by name; links are not followed. Raises TooManyFiles."""
    folder, paths = Path(folder), []
    for above, folders, names in os.walk(folder):
        folders.sort()
        paths += [Path(above, name) for name in sorted(names)]
    if len(paths) > MAX_FILES:
        raise TooManyFiles(len(paths))
    return [
        _found_file(str(path.relative_to(folder).as_posix()), lambda path=path: path.open("rb"),
                    _problem_of_path(path))
        for path in paths
    ]


def _problem_of_path(path) -> str:
    if path.is_symlink() or not path.is_file():
        return _("It is a link to another place, not a file.")
    return too_large() if path.stat().st_size > MAX_DOCUMENT_BYTES else ""


def files_of_uploads(uploads, paths=()) -> list[FoundFile]:
    """Uploaded files; ``paths`` are their paths in the chosen folder, in the same order, if the
    browser sent them."""
    names = [*paths] if len(paths) == len(uploads) else [upload.name for upload in uploads]
    return [
        _found_file(name, lambda upload=upload: upload,
                    too_large() if upload.size > MAX_DOCUMENT_BYTES else "")
        for name, upload in zip(names, uploads, strict=True)
    ]


def _found_file(name, open_file, problem) -> FoundFile:
    """A file by its path in a zip or a folder; unsafe paths are a problem of the file."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    unsafe = name[:1] in ("/", "\\") or ".." in parts or re.match(r"[A-Za-z]:", name)
    if "\0" in name or not parts:
        parts, unsafe = ["?"], True
    if unsafe:
        problem = _("Its name leads out of the folder, which is how harmful files are made.")
    is_junk = any(JUNK.fullmatch(part) for part in parts if part != "..")
    return FoundFile(tuple(parts[:-1]), parts[-1], open_file, problem, is_junk and not unsafe)
