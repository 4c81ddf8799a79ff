"""What a course pack holds, file by file, with sizes and checksums known before it is sent."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from courses.packs.checksums import Sums, sums_of_documents
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
    opener: Callable = field(default=None, compare=False, repr=False)

    def open(self):
        """The file, open for reading bytes; the storage's, which may be far away."""
        return self.opener()


def handouts_of(page, user_may_facilitate: bool) -> list:
    """The handouts that go into the pack, in order."""
    return page._handouts() if user_may_facilitate else page.public_handouts


def handout_files(handouts) -> list[PackFile]:
    """The handouts as files of the pack; one whose file is gone from the storage is left out."""
    sums = sums_of_documents([h.document for h in handouts])
    handouts = [h for h in handouts if h.document_id in sums]
    return [
        PackFile(
            path=f"files/{name}", size=found.bytes, sha256=found.sha256, crc32=found.crc32,
            title=handout.document.title, kind="handout", session=handout.session_number,
            facilitator_only=handout.facilitator_only, document=handout.document_id,
            opener=partial(handout.document.file.storage.open, handout.document.file.name),
        )
        for name, handout in zip(names_in_pack(handouts), handouts, strict=True)
        for found in [sums[handout.document_id]]
    ]


def contents_of(page, user_may_facilitate: bool) -> list[PackFile]:
    """Everything in the whole pack but its manifest: handouts first, then what is made of them."""
    from courses.packs.build import made_files  # which needs PackFile

    handouts = handout_files(handouts_of(page, user_may_facilitate))
    return made_files(page, handouts, user_may_facilitate)


def file_on_disk(path: Path, name: str, sums: Sums, title: str, kind: str, **more) -> PackFile:
    """A generated file that lies at ``path`` as a file of the pack."""
    return PackFile(path=name, size=sums.bytes, sha256=sums.sha256, crc32=sums.crc32, title=title,
                    kind=kind, opener=partial(path.open, "rb"), **more)


def names_in_pack(handouts) -> list[str]:
    """A file name for each handout: numbered by session, never twice the same."""
    names, taken = [], set()
    for handout in handouts:
        name = safe_filename(handout.document.filename)
        if handout.session_number:
            name = f"{handout.session_number:02d} {name}"
        unique, number = name, 1
        while unique.casefold() in taken:
            number += 1
            stem, dot, extension = name.rpartition(".")
            unique = f"{stem} ({number}){dot}{extension}" if dot else f"{name} ({number})"
        taken.add(unique.casefold())
        names.append(unique)
    return names
