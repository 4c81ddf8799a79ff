"""The files of a course pack, with sizes and checksums known before it is sent."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.core.files.storage import FileSystemStorage

from courses.packs.checksums import Sums, sums_of_documents
from hub.access.readers import Reader
from hub.files.names import safe_filename


@dataclass(frozen=True)
class PackFile:
    """A file of the pack: ``path`` in the zip without the top folder, ``size`` in bytes."""

    path: str
    size: int
    sha256: str
    crc32: int
    title: str
    kind: str  # handout, page, epub, pdf or site
    session: int | None = None
    facilitator_only: bool = False
    document: int | None = None
    open_file: Callable = field(default=None, compare=False, repr=False)
    is_kept: Callable[[], bool] = field(default=None, compare=False, repr=False)

    def open(self):
        """The file, open for reading bytes from its storage, which may be remote."""
        return self.open_file()


def handouts_of(page, user_may_facilitate: bool) -> list:
    """The handouts that go into the pack, in order: what all who get the pack may have."""
    return page.handouts_for(Reader.of_page(page, facilitator=user_may_facilitate))


def handout_files(handouts) -> list[PackFile]:
    """The handouts as files of the pack; one whose file is gone from the storage is left out."""
    sums = sums_of_documents([h.document for h in handouts])
    handouts = [h for h in handouts if h.document_id in sums]
    return [
        PackFile(
            path=f"files/{name}", size=found.bytes, sha256=found.sha256, crc32=found.crc32,
            title=handout.document.title, kind="handout", session=handout.session_number,
            facilitator_only=handout.facilitator_only, document=handout.document_id,
            open_file=partial(handout.document.file.storage.open, handout.document.file.name),
            is_kept=partial(_is_kept, handout.document.file),
        )
        for name, handout in zip(names_in_pack(handouts), handouts, strict=True)
        for found in [sums[handout.document_id]]
    ]


def _is_kept(file) -> bool:
    """Whether the uploaded ``file`` is still there, as far as a look costs nothing.

    On this machine a folder may be cleared away. Other storage is asked when the file is sent: at
    each visit, for each file, every page would wait for it.
    """
    on_disk = isinstance(file.storage, FileSystemStorage)
    return file.storage.exists(file.name) if on_disk else True


def file_on_disk(path: Path, name: str, sums: Sums, title: str, kind: str, **fields) -> PackFile:
    """The generated file at ``path`` as a file of the pack, called ``name`` there."""
    return PackFile(path=name, size=sums.bytes, sha256=sums.sha256, crc32=sums.crc32, title=title,
                    kind=kind, open_file=partial(path.open, "rb"), is_kept=path.exists, **fields)


def names_in_pack(handouts) -> list[str]:
    """A unique file name for each handout, numbered by session."""
    names, used = [], set()
    for handout in handouts:
        name = safe_filename(handout.document.filename)
        if handout.session_number:
            name = f"{handout.session_number:02d} {name}"
        unique, number = name, 1
        while unique.casefold() in used:
            number += 1
            stem, dot, extension = name.rpartition(".")
            unique = f"{stem} ({number}){dot}{extension}" if dot else f"{name} ({number})"
        used.add(unique.casefold())
        names.append(unique)
    return names
