"""Reads the text of a PDF, each page by the reader that gets the best Thai. No Django here.

Producers break Thai in ways that one reader repairs and another does not.
"""

import re
import shutil
import subprocess

from search.extraction.xberg_reader import read_with_xberg
from search.text.quality import THAI, is_mostly_lost, repair, thai_quality
from search.text.thai import words


def read_pdf(path, content: bytes) -> list[str]:
    """The text of each page of the PDF at ``path``, whose bytes are ``content``.

    Text with Thai in it, without any, with few letters or garbled is read by every available
    reader; each page is that of the reader with the best Thai. Raises what xberg raises where no
    reader succeeds.
    """
    readings, xberg_error = [], None
    try:
        document = read_with_xberg(content, "pdf")
        readings.append([page.content for page in document.pages or []])
    except Exception as error:
        if re.search("password|encrypted", str(error), re.IGNORECASE):
            raise
        xberg_error = error
    pages = readings[0] if readings else []
    text = "".join(pages)
    letters = sum(map(str.isalpha, text))
    doubtful = letters * 2 < len("".join(text.split())) or thai_quality(text).garbled
    if THAI.search(text) or not all(map(str.strip, pages or [""])) or doubtful:
        readings += filter(None, (_read_with_pdfium(content), _read_with_poppler(path)))
    if not readings:
        raise xberg_error
    count = max(map(len, readings))
    readings = [reading for reading in readings if len(reading) == count]
    return [best_reading(candidates) for candidates in zip(*readings, strict=True)]


def _read_with_pdfium(content: bytes) -> list[str] | None:
    import pypdfium2  # heavy: only the child process loads it

    try:
        with pypdfium2.PdfDocument(content) as document:
            return [page.get_textpage().get_text_range() for page in document]
    except pypdfium2.PdfiumError:
        return None


def _read_with_poppler(path) -> list[str] | None:
    """With the program ``pdftotext``, where it is installed; it is best for Thai from cairo."""
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
    """The reading of a page with the best Thai, unrepaired; the first of equal ones."""
    repaired = [repair(text, from_pdf=True) for text in candidates]
    if len({"".join(text.split()) for text in repaired}) == 1:
        return candidates[0]
    most = max(thai_quality(text).thai for text in repaired)
    # xberg leaves replacement characters out, so only the other readers show that much is lost.
    lost = next(filter(is_mostly_lost, candidates), "")
    if lost and most * 20 < len(lost):
        return lost
    if not most:
        return next((c for c, text in zip(candidates, repaired, strict=True) if text), "")
    complete = [n for n, text in enumerate(repaired) if thai_quality(text).thai >= 0.7 * most]
    return candidates[min(complete, key=lambda n: _badness(repaired[n]))]


def _badness(text) -> float:
    """Words per Thai character plus five times the share of wrong signs: broken text is segmented
    into many short words."""
    quality = thai_quality(text)
    count = sum(1 for word in words(text) if THAI.match(word))
    return (count + 5 * (quality.illegal + quality.private + quality.lost)) / quality.thai
