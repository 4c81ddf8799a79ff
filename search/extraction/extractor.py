"""The text of a file, part by part, so that a hit can say "page 3" or "slide 4".

No Django here. ``extract_safely`` reads the file in a child process with limits
(``search/extraction/child_process.py``) and never raises; ``extract`` does the reading there.
xberg reads every kind; ``search/extraction/pdf.py`` adds other readers for PDF, and
``search/extraction/slides.py`` what xberg gets wrong about slides.
"""

import html
import io
import os
import re
import zipfile
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from hub.files import ole2
from hub.files.text_encoding import encoding_of
from search.extraction.child_process import read_in_child
from search.extraction.pdf import read_pdf
from search.extraction.slides import odp_slides, pptx_notes
from search.extraction.xberg_reader import MIME_TYPES, read_with_xberg
from search.text.quality import (
    GARBLED_SHARE,
    garbled_sample,
    is_gibberish,
    is_mostly_lost,
    repair,
    thai_quality,
)

ZIPPED = ("docx", "pptx", "xlsx", "odt", "odp", "ods", "epub")
PARTS = {"pptx": "slide", "xlsx": "sheet", "xls": "sheet", "ods": "sheet"}
CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
DOUBTFUL_SHARE = 0.01  # of wrong signs: from here on the words are checked too
UNNAMED_SHEET = re.compile(r"(?:sheet|ชีต|แผ่นงาน|แผ่น)\s*\d*", re.IGNORECASE)


class Part(NamedTuple):
    """``number`` counts from 1 within the file; ``kind`` is page, slide, sheet or text."""

    number: int
    kind: str
    text: str


@dataclass(frozen=True)
class Limits:
    """The limits of one extraction: seconds of wall clock and of CPU, bytes, characters."""

    seconds: int = 60
    memory_bytes: int = 1024**3  # address space; the libraries themselves take about 350 MiB
    file_bytes: int = 100 * 1024**2
    expanded_bytes: int = 500 * 1024**2
    expansion_ratio: int = 100
    free_expanded_bytes: int = 20 * 1024**2  # allowed whatever the ratio
    characters: int = 2_000_000


@dataclass(frozen=True)
class Extracted:
    """The result of an extraction. ``status`` is one of ``DocumentText.Status``.

    read, empty (no text, as in a scan, or an unsupported kind), garbled, encrypted, failed, too_big
    or timeout. ``parts`` is empty unless read. ``sample`` shows an editor garbled text: the file's,
    or that of parts left out. ``truncated``: the text is longer than ``Limits.characters``.
    ``detail`` is for the log, in English.
    """

    status: str
    parts: tuple[Part, ...] = ()
    sample: str = ""
    truncated: bool = False
    detail: str = ""

    def as_dict(self) -> dict:
        return asdict(self) | {"parts": [list(part) for part in self.parts]}

    @classmethod
    def from_dict(cls, fields: dict) -> "Extracted":
        return cls(**{**fields, "parts": tuple(Part(*p) for p in fields.get("parts", ()))})


class FileRejected(Exception):
    """A file is not read; ``status`` says why."""

    def __init__(self, status, detail):
        super().__init__(detail)
        self.status = status


def extract_safely(path, *, filename: str, limits: Limits | None = None) -> Extracted:
    """Read the text of the file at ``path`` in a child process; ``filename`` tells its kind.

    Whatever the file does to the child (a crash, endless work, too much memory) is a status
    here, never an exception.
    """
    try:
        return Extracted.from_dict(
            read_in_child(path, str(filename), asdict(limits or Limits()))
        )
    except Exception as error:
        return Extracted("failed", detail=f"{type(error).__name__}: {error}"[:500])


def extract(path, *, filename: str, limits: Limits) -> Extracted:
    """Read the text of the file at ``path`` in this process; raises nothing but MemoryError."""
    kind = os.path.splitext(filename)[1][1:].lower()
    if kind not in MIME_TYPES:
        return Extracted("empty", detail=f"no text is read out of .{kind}")
    try:
        _check_size(path, kind, limits)
        parts = _read(Path(path), kind)
    except FileRejected as error:
        return Extracted(error.status, detail=str(error))
    except MemoryError:
        raise
    except Exception as error:
        is_encrypted = re.search("password|encrypted", str(error), re.IGNORECASE)
        return Extracted("encrypted" if is_encrypted else "failed",
                         detail=f"{type(error).__name__}: {error}"[:500])
    parts, truncated = _cut(parts, limits.characters)
    lost = {part.number for part in parts if is_mostly_lost(part.text)}
    repaired = [p._replace(text=repair(p.text, from_pdf=kind == "pdf")) for p in parts]
    return _judge(repaired, truncated, lost)


def _cut(parts, room):
    """The parts up to ``room`` characters, and whether more was there."""
    kept = []
    for part in parts:
        if room <= 0:
            return kept, True
        kept.append(part._replace(text=part.text[:room]))
        room -= len(part.text)
    return kept, room < 0


def _judge(parts, truncated, lost=()) -> Extracted:
    """Leave out garbled parts, and those numbered in ``lost``; the file is garbled when most of
    its text is."""
    parts = [part for part in parts if part.text]
    if not parts:
        return Extracted("empty")
    bad = [part for part in parts if part.number in lost or _is_garbled(part)]
    unread = sum(len(part.text) for part in bad)
    sample = garbled_sample(bad[0].text) if bad else ""
    if unread * 2 > sum(len(part.text) for part in parts):
        return Extracted("garbled", sample=sample, detail=f"{len(bad)} of {len(parts)} parts")
    good = tuple(part for part in parts if part not in bad)
    return Extracted("read", good, sample, truncated)


def _is_garbled(part) -> bool:
    """By the positions of signs; for a page or a doubtful text also by whether it has words."""
    quality = thai_quality(part.text)
    doubtful = part.kind == "page" or quality.share > DOUBTFUL_SHARE
    return quality.garbled or (doubtful and is_gibberish(part.text))


def _check_size(path, kind, limits):
    """Raise FileRejected for a file that is too big, compressed or expanded. The expanded bytes
    are counted, because a header can declare any size."""
    size = os.path.getsize(path)
    if size > limits.file_bytes:
        raise FileRejected("too_big", f"{size} bytes")
    if kind not in ZIPPED or not zipfile.is_zipfile(path):
        return
    allowed = min(limits.expanded_bytes,
                  max(limits.free_expanded_bytes, size * limits.expansion_ratio))
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        total = sum(member.file_size for member in members)
        if total <= allowed:
            total = 0
            for member in members:
                if member.flag_bits & 1:
                    raise FileRejected("encrypted", "a member of the zip is encrypted")
                with archive.open(member) as stream:
                    while total <= allowed and (chunk := stream.read(1024**2)):
                        total += len(chunk)
        if total > allowed:
            raise FileRejected("too_big", f"expands to {total} bytes or more of {allowed}")
        manifest = "META-INF/manifest.xml"
        if manifest in archive.namelist() and b"manifest:encryption-data" in archive.read(manifest):
            raise FileRejected("encrypted", "OpenDocument with a password")


def _read(path, kind) -> list[Part]:
    content = path.read_bytes()
    if content.startswith(ole2.SIGNATURE):
        if ole2.streams_of(io.BytesIO(content)) & ole2.LOCKED_STREAMS:
            raise FileRejected("encrypted", "Office file with a password")
        if kind not in ("doc", "ppt", "xls"):
            raise FileRejected("failed", f"an OLE2 file named .{kind}")
    if kind == "pdf":
        return [Part(n, "page", text) for n, text in enumerate(read_pdf(path, content), start=1)]
    if kind in ("txt", "csv"):
        return [Part(1, "text", decode(content))]
    if kind == "odp":
        return [Part(n, "slide", text) for n, text in enumerate(odp_slides(content), start=1)]
    title = ""
    if kind in ("html", "htm"):
        # xberg reads HTML as UTF-8 whatever it declares, and leaves out the title.
        page = decode(content)
        found = re.search(r"<title[^>]*>(.*?)</title>", page, re.IGNORECASE | re.DOTALL)
        title = html.unescape(found[1]) + "\n\n" if found else ""
        page = re.sub(r"<meta\b[^>]*charset[^>]*>", "", page, flags=re.IGNORECASE)
        content = page.encode("utf-8", "replace")
    document = read_with_xberg(content, kind)
    if kind == "pptx" and document.pages:
        notes = pptx_notes(content)
        return [
            Part(page.page_number, "slide", f"{page.content}\n\n{note}")
            for page, note in zip_longest(document.pages, notes, fillvalue="")
            if page
        ]
    if kind in PARTS and document.pages:
        return [Part(p.page_number, PARTS[kind], _page_text(p)) for p in document.pages]
    # A DOCX does not store where its pages end.
    return [Part(1, "text", title + document.content)]


def _page_text(page) -> str:
    """The text of a sheet: its name and its rows, a line each."""
    if page.sheet_name is None:
        return page.content
    name = "" if UNNAMED_SHEET.fullmatch(page.sheet_name) else page.sheet_name
    rows = [" ".join(filter(None, row)) for table in page.tables for row in table.cells]
    return "\n".join(filter(None, [name, *rows]))


def decode(content: bytes) -> str:
    """Text of unknown encoding: UTF-16 by its mark or its zero bytes, else what HTML declares,
    UTF-8, Windows-874 (TIS-620) or Windows-1252, whichever fits."""
    known = encoding_of(content)
    if known and known.startswith("utf-16"):
        return content.decode(known, "replace")
    declared = CHARSET.search(content[:2048])
    for encoding in ("utf-8-sig", declared and declared[1].decode("ascii")):
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError, TypeError):
            pass
    thai = content.decode("cp874", "replace")
    western = thai_quality(thai).share > GARBLED_SHARE
    return content.decode("cp1252", "replace") if western else thai
