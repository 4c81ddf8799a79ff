"""Downloads of a curriculum: the whole pack, one session, the EPUB, the PDF."""

import logging
from functools import wraps

from django.http import Http404
from django.utils.translation import gettext as _

from courses.downloads import counters
from courses.packs.build import book_name, contents_of, with_manifest
from courses.packs.copies import record_copy
from courses.packs.stream import Zip, file_response, pack_response
from courses.permissions import facilitates
from hub.access.readers import Reader
from hub.files.names import safe_filename
from hub.models.generation import kept
from hub.web.error_pages import too_busy

logger = logging.getLogger(__name__)
CONTENT_TYPES = {"epub": "application/epub+zip", "pdf": "application/pdf"}


class PackUnavailable(Exception):
    """The files of a pack are gone and cannot be built anew."""


def files_of(page, request) -> list:
    """All files of the pack for the user of ``request``; cached until public content changes or a
    file is gone. Raises PackUnavailable where they cannot be built."""
    for_facilitators = facilitates(Reader.of(request))
    try:
        return kept(
            request, ("pack", page.pk, for_facilitators),
            lambda: with_manifest(
                page, contents_of(page, for_facilitators), for_facilitators),
            is_current=lambda files: all(file.is_kept() for file in files),
        )
    except OSError as error:
        logger.exception("The pack of course %s could not be built.", page.pk)
        raise PackUnavailable from error


def or_unavailable(view):
    """``view``, which answers 503 where it finds the pack unavailable."""

    @wraps(view)
    def answering(request, *arguments, **options):
        try:
            return view(request, *arguments, **options)
        except PackUnavailable:
            return too_busy(
                request, _("The files of this course cannot be put together at this moment. Try "
                           "again later; if that does not help, tell the administrators."))

    return answering


def files_of_session(files, number) -> list:
    """Those of ``files`` that belong to one session: its handouts and its sheet."""
    return [file for file in files if file.session == number]


@or_unavailable
def whole_pack(request, page):
    """The whole pack as one zip, streamed."""
    counters.record(request, page_id=page.pk, kind="pack")
    files = files_of(page, request)
    response = pack_response(request, files, pack_name(page))
    record_copy(request, page, files, response)
    return response


@or_unavailable
def one_session(request, page, number):
    """The files of one session as a zip."""
    files = files_of_session(files_of(page, request), number)
    if not files:
        raise Http404
    counters.record(request, page_id=page.pk, kind="session", session=number)
    return pack_response(request, files, session_name(page, number))


@or_unavailable
def epub(request, page):
    return _book(request, page, "epub")


@or_unavailable
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
    """Sizes in bytes of the pack, of each session, EPUB and PDF, for the page's buttons; empty
    where the pack is unavailable."""
    try:
        files = files_of(page, request)
    except PackUnavailable:
        return {}
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
