"""Counts downloads of curricula: packs, sessions, books and single handouts, without personal data.

``hub.statistics.counters`` explains how counting works and what is not stored. Stored are the
curriculum, the day, the number of its version on that day, the kind of download, and a count.

A response is counted when it brings the beginning of a file. Not counted: further parts of a file
that is resumed or fetched in several parts (a Range from beyond byte 0), 304, HEAD, refusals and
errors, robots that identify themselves, prefetching, and the same download again by the same
visitor on the same day. Unlike searches, downloads of signed-in users count: participants have
accounts. Editors and facilitators are not counted: they try out what they publish, and their packs
contain files that are not for everybody.

Which curriculum a handout belongs to, whether it is open to everybody and which version it has is
looked up when the counts are written, so that no download is delayed. A curriculum that is private
or a draft is not counted at all.
"""

from collections import defaultdict
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.db.models import Max, Q

from courses.models import CurriculumPage, DownloadCount, DownloadKind
from courses.permissions import may_facilitate
from hub.access.readers import anybody
from hub.files.http_ranges import is_beginning
from hub.models import HubDocument, PublishedVersion
from hub.statistics.counters import Counts, Visitors, is_a_person

MAX_REFERRER_LENGTH = 500  # characters of a path


class Download(NamedTuple):
    """A download: a pack or book of the page ``page_id``, or a document that may be a handout."""

    page_id: int = 0
    kind: str = ""  # a DownloadKind
    session: int = 0
    document_id: int = 0


def record(request, **download) -> None:
    """Set ``request.download`` from the fields of ``Download``, unless the user is not counted."""
    user = request.user
    is_staff = may_facilitate(user) or (
        user.is_authenticated and user.has_perm("wagtailadmin.access_admin")
    )
    if not is_staff:
        request.download = Download(**download)


def count(request, response) -> None:
    """Count ``response`` if its view recorded a download."""
    download = getattr(request, "download", None)
    if (
        download and is_beginning(request, response) and is_a_person(request)
        and visitors.is_new(request, ("downloaded", *download))
    ):
        counts.increment((download, _referrer_path(request) if download.document_id else ""))


def _referrer_path(request) -> str:
    """The path of the page of this site with the link; "" when it is unknown or elsewhere."""
    try:
        origin = urlsplit(request.META.get("HTTP_REFERER", ""))
    except ValueError:
        return ""
    return unquote(origin.path)[:MAX_REFERRER_LENGTH] if origin.netloc == request.get_host() else ""


class DownloadCounts(Counts):
    """Counts by (``Download``, path of the linking page for a document, else "")."""

    lost = "Counts of downloads were lost."

    def add(self, waiting) -> None:
        downloads = {key for _day, key in waiting}
        pages_of = _pages_with({download.document_id for download, _path in downloads} - {0})
        open_now = CurriculumPage.objects.open_to_all().filter(
            pk__in={download.page_id for download, _path in downloads})
        pages = set(open_now.values_list("pk", flat=True))
        rows = defaultdict(int)
        for (day, (download, path)), number in waiting.items():
            if download.document_id:
                download = _as_handout(download, path, pages_of)
            if download and (download.page_id in pages or download.document_id):
                rows[day, download] += number
        versions = _versions({download.page_id for _day, download in rows})
        for day, download in sorted(rows):  # one order in all processes avoids deadlocks
            DownloadCount.objects.increment(
                rows[day, download], page_id=download.page_id, day=day, kind=download.kind,
                version=versions.get(download.page_id, 0), session=download.session,
                document_id=download.document_id or None,
            )


def _pages_with(documents) -> dict[int, list]:
    """Document → the curricula open to all that hand it out to everybody, oldest first."""
    open_now = anybody().having_by_id(HubDocument, documents) if documents else {}
    found = defaultdict(list)
    pages = CurriculumPage.objects.open_to_all().order_by("first_published_at", "pk")
    for pk in open_now:
        handed_out = Q(handouts__document=pk, handouts__facilitator_only=False) | Q(
            known_handouts__document=pk, known_handouts__was_public=True)
        found[pk] = list(pages.filter(handed_out).distinct())
    return found


def _as_handout(download, path, pages_of) -> Download | None:
    """``download`` of a document as the download of a curriculum's handout; None if it is none.

    Of several curricula, it counts for the one whose page has the link, else for the one published
    first, since the others are mostly its translations: each download is counted once.
    """
    pages = pages_of.get(download.document_id)
    if not pages:
        return None
    addresses = {unquote(urlsplit(page.get_url() or "").path): page for page in pages}
    linking = [
        page for address, page in addresses.items() if address and path.startswith(address)
    ]
    return download._replace(page_id=(linking or pages)[0].pk, kind=DownloadKind.HANDOUT.value)


def _versions(pages) -> dict[int, int]:
    """Page → the number of its newest published version."""
    numbers = PublishedVersion.objects.filter(page__in=pages).order_by()
    return dict(numbers.values_list("page").annotate(Max("number")))


counts = DownloadCounts()
visitors = Visitors()
