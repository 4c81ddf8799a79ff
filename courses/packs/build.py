"""Builds the generated files of a pack: offline pages, EPUB, PDF, search index and manifest.

They are built once for the same content, into a folder named by the digest of that content, where
every process finds them; a request builds nothing unless the content changed.
"""

import hashlib
import json
import os
import shutil
import time
import unicodedata
import uuid
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import override

from courses.models.pack_edition import PackEdition
from courses.packs.chapters import chapters_of
from courses.packs.checksums import Sums, sums_of
from courses.packs.contents import PackFile, file_on_disk, handout_files, handouts_of
from courses.packs.epub import epub_of
from courses.packs.manifest import changed_at, citation_of, manifest_of, withdrawn_of
from courses.short_addresses.links import current_short_url
from hub.email.sending import absolute
from hub.export.pdf import pdf_of
from hub.files.names import safe_filename
from hub.pages.page_search import words_of

BUILD_VERSION = 1  # raised when the same content should be built differently
SECONDS_KEPT = 24 * 3600  # so that an interrupted download can be resumed the next day
FONTS = [f"plex-looped-{script}-{weight}.woff2"
         for script in ("thai", "latin") for weight in (400, 600)]
SITE = Path(__file__).parent / "site"  # files that all offline pages share
_build_lock = Lock()


def contents_of(page, user_may_facilitate: bool) -> list[PackFile]:
    """Everything in the pack except its manifest: handouts first, then the generated files."""
    handouts = handout_files(handouts_of(page, user_may_facilitate))
    return handouts + built_files(page, handouts, user_may_facilitate)


def built_files(page, handouts, user_may_facilitate: bool) -> list[PackFile]:
    """The generated files of the pack with ``handouts`` (``PackFile``), without the manifest."""
    chapters = chapters_of(page, handouts, user_may_facilitate)
    with override(page.locale.language_code):
        texts = _texts(page, chapters, handouts)
        digest = _digest(page, chapters, texts, handouts)
        audience = "facilitators" if user_may_facilitate else "public"
        folder = settings.PACKS_DIR / f"{page.pk}-{audience}" / digest
        if not _is_whole(folder):
            with _build_lock:
                if not _is_whole(folder):
                    _build(folder, page, chapters, texts)
                    _delete_old_builds(folder)
    sums = json.loads((folder / "sums.json").read_text("utf-8"))
    return [
        file_on_disk(folder / row["name"], row["path"], Sums(*row["sums"]), row["title"],
                     row["kind"], session=row["session"])
        for row in sums
    ]


def with_manifest(page, files, user_may_facilitate: bool) -> list[PackFile]:
    """The manifest of ``files``, then ``files``; stores the edition of the pack."""
    manifest = manifest_of(page, files)
    content = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
    digest = hashlib.sha256(content).hexdigest()
    PackEdition.objects.record(page, manifest, digest, user_may_facilitate)
    audience = "facilitators" if user_may_facilitate else "public"
    path = settings.PACKS_DIR / f"{page.pk}-{audience}" / f"manifest-{digest[:32]}.json"
    if not path.exists():
        _write(path, content)
    return [file_on_disk(path, "manifest.json", sums_of(path.open("rb")), "manifest.json", "site"),
            *files]


def _is_whole(folder) -> bool:
    """Whether all that was built in ``folder`` is there: somebody may have cleared it away."""
    try:
        rows = json.loads((folder / "sums.json").read_text("utf-8"))
    except FileNotFoundError:
        return False
    return all((folder / row["name"]).exists() for row in rows)


def book_name(page, extension) -> str:
    """The name of the EPUB or PDF of ``page`` in its pack."""
    return safe_filename(f"{page.title}.{extension}")


def _texts(page, chapters, handouts) -> dict[str, bytes]:
    """The offline pages and their search index: path in the pack → content."""
    address = current_short_url(page)
    context = {
        "title": page.title, "language": page.locale.language_code, "chapters": chapters,
        "pdf": book_name(page, "pdf"), "epub": book_name(page, "epub"),
        "address": address, "shown_address": address,
        "withdrawn": withdrawn_of(page), "licence": page.get_licence_display(),
        "citation": citation_of(page), "handouts": handouts,
        "version": page.current_version.number if page.current_version else None,
    }
    found = {"README.txt": b"\xef\xbb\xbf" + render_to_string(
        "courses/packs/readme.txt", context).replace("\n", "\r\n").encode()}
    for number, chapter in enumerate(chapters):
        up = "../" if number else ""
        name = f"pages/{chapter.name}.html" if number else "index.html"
        found[name] = render_to_string("courses/packs/site.html", context | {
            "name": chapter.name, "chapter_title": chapter.title, "up": up,
            "body": chapter.body(up or "./"),
        }).encode()
    found["site/words.js"] = _search_index(chapters).encode()
    for name in ("pack.css", "search.js"):
        found[f"site/{name}"] = (SITE / name).read_bytes()
    for name in FONTS:
        found[f"site/{name}"] = Path(finders.find(f"fonts/{name}")).read_bytes()
    return found


def _search_index(chapters) -> str:
    """The text of all chapters and its words, as a script: pages opened from disk cannot fetch."""
    pages = [
        {
            "address": f"pages/{chapter.name}.html" if number else "index.html",
            "title": chapter.title, "text": " ".join(chapter.text.split()),
            "words": "\n" + "\n".join(sorted({
                unicodedata.normalize("NFC", word).lower()
                for word in words_of(f"{chapter.title} {chapter.text}") if word.strip()
            })) + "\n",
        }
        for number, chapter in enumerate(chapters)
    ]
    data = json.dumps(pages, ensure_ascii=False)
    return "window.PACK = " + data.replace("\u2028", " ").replace("\u2029", " ") + ";\n"


def _digest(page, chapters, texts, handouts) -> str:
    digest = hashlib.sha256(f"{BUILD_VERSION} {page.pk}".encode())
    for path, content in texts.items():
        digest.update(path.encode() + b"\0" + content + b"\0")
    for chapter in chapters:
        digest.update(chapter.plain.encode())
    for file in handouts:
        digest.update(f"{file.path}\0{file.sha256}".encode())
    return digest.hexdigest()[:32]


def _build(folder, page, chapters, texts) -> None:
    """Write everything beside ``folder``, then rename it in one step."""
    version = page.current_version
    language, licence = page.locale.language_code, str(page.get_licence_display())
    rows = [(path, content, path, "page" if path.endswith(".html") else "site", None)
            for path, content in texts.items()]
    epub = epub_of(
        chapters, page.title, language, [str(c) for c in page.contributors.all()],
        absolute(page.get_url() or ""), version.number if version else 0, licence,
        changed_at(page),
    )
    rows.append((book_name(page, "epub"), epub, page.title, "epub", None))
    printed = {"title": page.title, "language": language,
               "footer": " · ".join(filter(None, [page.title[:60], licence]))}
    rows.append((book_name(page, "pdf"), pdf_of("courses/packs/book.html", printed | {
        "bodies": [chapter.plain for chapter in chapters]}), page.title, "pdf", None))
    for chapter in chapters:
        if chapter.session:
            sheet = pdf_of("courses/packs/book.html", printed | {"bodies": [chapter.plain]})
            rows.append((f"sessions/{chapter.session:02d}.pdf", sheet, chapter.title, "pdf",
                         chapter.session))
    unfinished = folder.with_name(f"building-{uuid.uuid4().hex}")
    unfinished.mkdir(parents=True)
    sums = []
    for number, (path, content, title, kind, session) in enumerate(rows):
        name = f"{number:04d}"  # paths in a pack may be too long for the file system
        (unfinished / name).write_bytes(content)
        found = sums_of((unfinished / name).open("rb"))
        sums.append({"name": name, "path": path, "title": title, "kind": kind, "session": session,
                     "sums": [found.bytes, found.crc32, found.sha256]})
    (unfinished / "sums.json").write_text(json.dumps(sums, ensure_ascii=False), "utf-8")
    if folder.exists() and not _is_whole(folder):
        shutil.rmtree(folder, ignore_errors=True)
    try:
        unfinished.rename(folder)
    except OSError:  # another process was first, with the same bytes
        shutil.rmtree(unfinished)


def _write(path, content) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"building-{uuid.uuid4().hex}")
    unfinished.write_bytes(content)
    os.replace(unfinished, path)


def _delete_old_builds(folder) -> None:
    """Delete what was built of earlier content and is no longer being downloaded."""
    for other in folder.parent.iterdir():
        if other != folder and other.stat().st_mtime < time.time() - SECONDS_KEPT:
            if other.is_dir():
                shutil.rmtree(other, ignore_errors=True)
            else:
                other.unlink(missing_ok=True)
