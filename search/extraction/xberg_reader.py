"""Reads files of every kind with the library xberg. No Django here."""

import asyncio

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


def read_with_xberg(content: bytes, kind: str):
    """xberg's document. Raises RuntimeError for what it cannot read."""
    import xberg  # heavy: only the child process loads it

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
