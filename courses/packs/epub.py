"""Builds an EPUB 3 of chapters; reproducible: the same chapters give the same bytes."""

import io
import uuid
import zipfile
from datetime import UTC, datetime

from django.template.loader import render_to_string

STYLE = """body { line-height: 1.7; margin: 0 4%; }
h1 { line-height: 1.5; } h2, h3 { line-height: 1.5; margin-top: 1.6em; }
dt { font-weight: bold; } dd { margin: 0 0 .6em 1em; }
table { border-collapse: collapse; width: 100%; }
td, th { border-bottom: 1px solid; padding: .4em; text-align: left; vertical-align: top; }
.small { font-size: .85em; }
img { display: block; max-width: 100%; height: auto; }
.qr { width: 9em; }
"""
CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)


def epub_of(chapters, title, language, authors, address, version, licence, changed) -> bytes:
    """The EPUB of ``chapters``; ``changed`` is a datetime or None, ``version`` a number.

    The identifier depends on the version; changes within a version only change
    ``dcterms:modified``. Together they identify the release, as EPUB 3 defines it.
    """
    context = {
        "chapters": chapters, "title": title, "language": language, "authors": authors,
        "address": address, "licence": licence,
        "identifier": uuid.uuid5(uuid.NAMESPACE_URL, f"{address}#{version}"),
        "modified": (changed or datetime(2025, 1, 1, tzinfo=UTC))
        .astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        _add(archive, "META-INF/container.xml", CONTAINER)
        for name in ("package.opf", "nav.xhtml"):
            _add(archive, f"book/{name}", render_to_string(f"courses/packs/epub/{name}", context))
        _add(archive, "book/style.css", STYLE)
        for chapter in chapters:
            _add(archive, f"book/{chapter.name}.xhtml", render_to_string(
                "courses/packs/epub/chapter.xhtml",
                {"language": language, "title": chapter.title, "body": chapter.plain},
            ))
    return buffer.getvalue()


def _add(archive, name, text, compression=zipfile.ZIP_DEFLATED):
    info = zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0))
    info.compress_type = compression
    archive.writestr(info, text)
