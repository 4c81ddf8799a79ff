"""Text out of attachments, part by part, so that a hit can say "page 3" or "slide 4".

No Django here. ``extract_safely`` is what the hub calls: it reads the file in a child process
with limits (``search/extraction/child_process.py``) and never raises. ``extract`` does the reading.
xberg reads every kind. PDF gets second opinions, because producers break Thai in ways that one
reader mends and another does not. What xberg 1.3.9 gets wrong about slides is in
``search/extraction/slides.py``.
"""

import asyncio
import codecs
import html
import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from search.extraction.child_process import read_in_child
from search.extraction.slides import odp_slides, pptx_notes
from search.text.quality import (
    GARBLED_COUNT,
    GARBLED_SHARE,
    THAI,
    is_no_language,
    lost_in,
    repair,
    sample_of,
    thai_quality,
)
from search.text.thai import words

OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
MIME_TYPES = {
    "pdf": "application/pdf",
    "docx": OFFICE + "wordprocessingml.document",
    "pptx": OFFICE + "presentationml.presentation",
    "xlsx": OFFICE + "spreadsheetml.sheet",
    "doc": "application/msword",
    "ppt": "application/vnd.ms-powerpoint",
    "xls": "application/vnd.ms-excel",
    "odt": OPEN_DOCUMENT + "text",
    "odp": OPEN_DOCUMENT + "presentation",
    "ods": OPEN_DOCUMENT + "spreadsheet",
    "epub": "application/epub+zip",
    "rtf": "application/rtf",
    "html": "text/html",
    "htm": "text/html",
    "txt": "text/plain",
    "csv": "text/plain",
}
ZIPPED = ("docx", "pptx", "xlsx", "odt", "odp", "ods", "epub")
PARTS = {"pdf": "page", "pptx": "slide", "xlsx": "sheet", "xls": "sheet", "ods": "sheet"}
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
DOUBTFUL_SHARE = 0.01  # of signs that stand wrong: time to look the words up
UNNAMED_SHEET = re.compile(r"(?:sheet|ชีต|แผ่นงาน|แผ่น)\s*\d*", re.IGNORECASE)


class Part(NamedTuple):
    """``number`` counts from 1 within the file; ``kind`` is page, slide, sheet or text."""

    number: int
    kind: str
    text: str


@dataclass(frozen=True)
class Limits:
    """What one file may take: seconds of wall clock and of CPU, bytes, characters."""

    seconds: int = 60
    memory_bytes: int = 1024**3  # address space; the libraries themselves take about 350 MiB
    file_bytes: int = 100 * 1024**2
    expanded_bytes: int = 500 * 1024**2
    expansion_ratio: int = 100
    free_expanded_bytes: int = 20 * 1024**2  # allowed whatever the ratio
    characters: int = 2_000_000


@dataclass(frozen=True)
class Extracted:
    """What was read. ``status`` is also the key of the message that an editor sees.

    read, empty (no text, as in a scan, or a kind that is not read), garbled, encrypted, failed,
    too_big or timeout. ``parts`` has something only when read. ``sample`` shows an editor
    garbled text: the file's, or that of parts left out. ``truncated``: the text went on beyond
    ``Limits.characters``. ``detail`` is for the log, in English.
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
    """A file that is not read; ``status`` says why."""

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
    except FileRejected as refused:
        return Extracted(refused.status, detail=str(refused))
    except MemoryError:
        raise
    except Exception as error:
        locked = re.search("password|encrypted", str(error), re.IGNORECASE)
        return Extracted("encrypted" if locked else "failed",
                         detail=f"{type(error).__name__}: {error}"[:500])
    parts, truncated = _cut(parts, limits.characters)
    lost = {part.number for part in parts if _is_mostly_lost(part.text)}
    mended = [p._replace(text=repair(p.text, from_pdf=kind == "pdf")) for p in parts]
    return _judge(mended, truncated, lost)


def _is_mostly_lost(text) -> bool:
    """Whether characters that stand for none are many beside the letters."""
    letters = sum(character.isalpha() for character in text)
    lost = lost_in(text)
    return lost >= GARBLED_COUNT and lost > GARBLED_SHARE * (letters + lost)


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
    sample = sample_of(bad[0].text) if bad else ""
    if unread * 2 > sum(len(part.text) for part in parts):
        return Extracted("garbled", sample=sample, detail=f"{len(bad)} of {len(parts)} parts")
    good = tuple(part for part in parts if part not in bad)
    return Extracted("read", good, sample, truncated)


def _is_garbled(part) -> bool:
    """By where signs stand, and for a page or a doubtful text by whether it has words at all."""
    quality = thai_quality(part.text)
    doubtful = part.kind == "page" or quality.share > DOUBTFUL_SHARE
    return quality.garbled or (doubtful and is_no_language(part.text))


def _check_size(path, kind, limits):
    """Refuse what is too big, packed or unpacked. What unpacks is counted, not believed: a
    header can declare any size."""
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
            raise FileRejected("too_big", f"unpacks to {total} bytes or more, {allowed} are allowed")
        manifest = "META-INF/manifest.xml"
        if manifest in archive.namelist() and b"manifest:encryption-data" in archive.read(manifest):
            raise FileRejected("encrypted", "OpenDocument with a password")


def _read(path, kind) -> list[Part]:
    content = path.read_bytes()
    if content.startswith(OLE2):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise FileRejected("encrypted", "Office file with a password")
        if kind not in ("doc", "ppt", "xls"):
            raise FileRejected("failed", f"an OLE2 file named .{kind}")
    if kind == "pdf":
        return _read_pdf(path, content)
    if kind in ("txt", "csv"):
        return [Part(1, "text", decode(content))]
    if kind == "odp":
        return [Part(n, "slide", text) for n, text in enumerate(odp_slides(content), start=1)]
    title = ""
    if kind in ("html", "htm"):
        # xberg takes HTML for UTF-8 whatever it declares, and leaves out the title.
        page = decode(content)
        found = re.search(r"<title[^>]*>(.*?)</title>", page, re.IGNORECASE | re.DOTALL)
        title = html.unescape(found[1]) + "\n\n" if found else ""
        page = re.sub(r"<meta\b[^>]*charset[^>]*>", "", page, flags=re.IGNORECASE)
        content = page.encode("utf-8", "replace")
    document = _by_xberg(content, kind)
    if kind == "pptx" and document.pages:
        notes = pptx_notes(content)
        return [
            Part(page.page_number, "slide", f"{page.content}\n\n{note}")
            for page, note in zip_longest(document.pages, notes, fillvalue="")
            if page
        ]
    if kind in PARTS and document.pages:
        return [Part(p.page_number, PARTS[kind], _page_text(p)) for p in document.pages]
    # Where a page of a DOCX ends is known to the program that prints it, not to the file.
    return [Part(1, "text", title + document.content)]


def _by_xberg(content: bytes, kind):
    """xberg's document; raises RuntimeError for what it cannot read."""
    import xberg

    found = xberg.ExtractInput(
        kind=xberg.ExtractInputKind.BYTES, bytes=content, mime_type=MIME_TYPES[kind]
    )
    config = xberg.ExtractionConfig(
        use_cache=False, disable_ocr=True, output_format="plain",
        enable_quality_processing=False, pages=xberg.PageConfig(extract_pages=True),
    )
    result = asyncio.run(xberg.extract(found, config))
    if not result.results:
        raise RuntimeError("; ".join(error.message for error in result.errors) or "no result")
    return result.results[0]


def _page_text(page) -> str:
    """The text of a sheet: its name and its rows, a line each."""
    if page.sheet_name is None:
        return page.content
    name = "" if UNNAMED_SHEET.fullmatch(page.sheet_name) else page.sheet_name
    rows = [" ".join(filter(None, row)) for table in page.tables for row in table.cells]
    return "\n".join(filter(None, [name, *rows]))


def _read_pdf(path, content) -> list[Part]:
    """One part a page. Text with Thai in it, without any, with few letters or garbled is read by
    every reader at hand; each page is taken from the one that made the best Thai of it."""
    readings, trouble = [], None
    try:
        document = _by_xberg(content, "pdf")
        readings.append([page.content for page in document.pages or []])
    except Exception as error:
        if re.search("password|encrypted", str(error), re.IGNORECASE):
            raise
        trouble = error
    pages = readings[0] if readings else []
    text = "".join(pages)
    letters = sum(map(str.isalpha, text))
    doubtful = letters * 2 < len("".join(text.split())) or thai_quality(text).garbled
    if THAI.search(text) or not all(map(str.strip, pages or [""])) or doubtful:
        readings += filter(None, (_by_pdfium(content), _by_poppler(path)))
    if not readings:
        raise trouble
    count = max(map(len, readings))
    readings = [reading for reading in readings if len(reading) == count]
    return [
        Part(number, "page", best_reading(candidates))
        for number, candidates in enumerate(zip(*readings, strict=True), start=1)
    ]


def _by_pdfium(content: bytes) -> list[str] | None:
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(content) as document:
            return [page.get_textpage().get_text_range() for page in document]
    except pypdfium2.PdfiumError:
        return None


def _by_poppler(path) -> list[str] | None:
    """By the program ``pdftotext``, where it is installed; it best keeps cairo-made Thai."""
    program = shutil.which("pdftotext")
    if program is None:
        return None
    try:
        output = subprocess.run(
            [program, "-enc", "UTF-8", str(path), "-"], capture_output=True, timeout=20, check=True
        ).stdout
    except (subprocess.SubprocessError, OSError):
        return None
    return output.decode("utf-8", "replace").removesuffix("\f").split("\f")


def best_reading(candidates) -> str:
    """The one of several readings of a page that has the best Thai, as it was read; the first
    when alike."""
    mended = [repair(text, from_pdf=True) for text in candidates]
    if len({"".join(text.split()) for text in mended}) == 1:
        return candidates[0]
    most = max(thai_quality(text).thai for text in mended)
    # xberg leaves out what stands for no letter, so that only the others show that much is lost.
    lost = next(filter(_is_mostly_lost, candidates), "")
    if lost and most * 20 < len(lost):
        return lost
    if not most:
        return next((c for c, text in zip(candidates, mended, strict=True) if text), "")
    whole = [n for n, text in enumerate(mended) if thai_quality(text).thai >= 0.7 * most]
    return candidates[min(whole, key=lambda n: _badness(mended[n]))]


def _badness(text) -> float:
    """Words per Thai character, misplaced signs weighing five: broken text falls to pieces."""
    quality = thai_quality(text)
    pieces = sum(1 for word in words(text) if THAI.match(word))
    return (pieces + 5 * (quality.illegal + quality.private + quality.lost)) / quality.thai


def decode(content: bytes) -> str:
    """Text of unknown encoding: by its byte order mark or what HTML declares, else UTF-8,
    Windows-874 (TIS-620) or Windows-1252, whichever fits."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    declared = CHARSET.search(content[:2048])
    for encoding in ("utf-8-sig", declared and declared[1].decode("ascii")):
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError, TypeError):
            pass
    thai = content.decode("cp874", "replace")
    western = thai_quality(thai).share > GARBLED_SHARE
    return content.decode("cp1252", "replace") if western else thai
