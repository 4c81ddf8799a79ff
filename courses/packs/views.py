"""Downloads of a curriculum: the whole pack, one session, the EPUB, the PDF."""

from django.http import Http404

from courses.downloads import counters
from courses.packs.build import book_name, contents_of, with_manifest
from courses.packs.copies import record_copy
from courses.packs.stream import Zip, file_response, pack_response
from courses.permissions import may_facilitate
from hub.files.names import safe_filename
from hub.web.navigation import kept

CONTENT_TYPES = {"epub": "application/epub+zip", "pdf": "application/pdf"}


def files_of(page, request) -> list:
    """All files of the pack for the user of ``request``; cached until public content changes."""
    facilitates = may_facilitate(request.user)
    return kept(
        request, ("pack", page.pk, facilitates),
        lambda: with_manifest(page, contents_of(page, facilitates), facilitates),
    )


def files_of_session(files, number) -> list:
    """Those of ``files`` that belong to one session: its handouts and its sheet."""
    return [file for file in files if file.session == number]


def whole_pack(request, page):
    """The whole pack as one zip, streamed."""
    counters.record(request, page_id=page.pk, kind="pack")
    files = files_of(page, request)
    response = pack_response(request, files, pack_name(page))
    record_copy(request, page, files, response)
    return response


def one_session(request, page, number):
    """The files of one session as a zip."""
    files = files_of_session(files_of(page, request), number)
    if not files:
        raise Http404
    counters.record(request, page_id=page.pk, kind="session", session=number)
    return pack_response(request, files, session_name(page, number))


def epub(request, page):
    return _book(request, page, "epub")


def pdf(request, page):
    return _book(request, page, "pdf")


def _book(request, page, kind):
    for file in files_of(page, request):
        if file.kind == kind and not file.session:
            counters.record(request, page_id=page.pk, kind=kind)
            return file_response(request, file, book_name(page, kind), CONTENT_TYPES[kind])
    raise Http404


def pack_name(page) -> str:
    return safe_filename(f"{page.title}.zip")


def changes_name(page, number) -> str:
    now = page.current_version.number
    return safe_filename(f"{page.title[:40]} {number}-{now}.zip")


def session_name(page, number) -> str:
    return safe_filename(f"{page.title[:40]} {number:02d}.zip")


def available_downloads(page, request) -> dict:
    """Sizes in bytes of the pack, of each session, EPUB and PDF, for the page's buttons."""
    files = files_of(page, request)
    numbers = sorted({file.session for file in files if file.session})
    return {
        "count": sum(file.kind == "handout" for file in files),
        "pack": Zip(files, safe_filename(pack_name(page).removesuffix(".zip"))).size,
        "sessions": [
            (number, Zip(files_of_session(files, number), "x").size) for number in numbers
        ],
        **{
            kind: next(file.size for file in files if file.kind == kind and not file.session)
            for kind in CONTENT_TYPES
        },
    }
