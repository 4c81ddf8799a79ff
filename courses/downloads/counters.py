"""Counts downloads of curricula: packs, sessions, books and single handouts, without knowing who.

How, and what is kept of nobody, is said in ``hub.statistics.counters``. Kept: the curriculum, the day, the
number of its version then, what was downloaded, and how often.

Counted is an answer that brings the beginning of a file. Not counted: further parts of one that was
cut or is fetched in several (a Range from beyond byte 0), what a browser has already (304), HEAD,
refusals and errors, robots that say so, what is fetched ahead, the same thing again by the same
visitor on the same day. Unlike searches, who is signed in counts: participants have accounts, and a
download tells nothing but that there was one. Who works in the editor or may have facilitators'
files does not: they try out what they made, and their packs hold what is not for everybody.

Which handout belongs to which curriculum, whether it is open to all and which version it has is
looked up when the counts are written, so that no download waits for it. A curriculum that not
everybody may read, by its privacy or because it is a draft, is not counted at all.
"""

from collections import defaultdict
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.db.models import Max, Q

from hub.files.http_ranges import is_beginning
from hub.statistics.counters import Counts, Visitors, is_a_person

MOST_OF_A_PATH = 500  # letters


class Download(NamedTuple):
    """What is downloaded: of ``page_id`` a pack or book, or a document that may be a handout."""

    page_id: int = 0
    what: str = ""  # of courses.models.What
    session: int = 0
    document_id: int = 0


def record(request, **what) -> None:
    """Say in ``request.download`` what is answered, where it is to be counted."""
    from courses.models import may_facilitate

    user = request.user
    tries_out = may_facilitate(user) or (
        user.is_authenticated and user.has_perm("wagtailadmin.access_admin")
    )
    if not tries_out:
        request.download = Download(**what)


def count(request, response) -> None:
    """Count an answer that says in ``request.download`` what it is."""
    download = getattr(request, "download", None)
    if (
        download and is_beginning(request, response) and is_a_person(request)
        and visitors.is_new(request, ("downloaded", *download))
    ):
        counts.increment((download, _came_from(request) if download.document_id else ""))


def _came_from(request) -> str:
    """The path of the page of this site that led here; browsers send it within the site."""
    try:
        origin = urlsplit(request.META.get("HTTP_REFERER", ""))
    except ValueError:
        return ""
    return unquote(origin.path)[:MOST_OF_A_PATH] if origin.netloc == request.get_host() else ""


class DownloadCounts(Counts):
    """Waiting: a Download, and for a document the path of the page that led to it."""

    lost = "Counts of downloads were lost."

    def add(self, waiting) -> None:
        from courses.models import CurriculumPage, DownloadCount

        whats = {what for _day, what in waiting}
        holders = _holders({download.document_id for download, _path in whats} - {0})
        open_now = CurriculumPage.objects.open_to_all().filter(
            pk__in={download.page_id for download, _path in whats})
        pages = set(open_now.values_list("pk", flat=True))
        rows = defaultdict(int)
        for (day, (download, path)), times in waiting.items():
            if download.document_id:
                download = _as_handout(download, path, holders)
            if download and (download.page_id in pages or download.document_id):
                rows[day, download] += times
        versions = _versions({download.page_id for _day, download in rows})
        for day, download in sorted(rows):  # one order for all processes: none waits for another
            DownloadCount.objects.add(
                rows[day, download], page_id=download.page_id, day=day, what=download.what,
                version=versions.get(download.page_id, 0), session=download.session,
                document_id=download.document_id or None,
            )


def _holders(documents) -> dict[int, list]:
    """Document → the curricula open to all that hand it out to everybody, the first one first."""
    from courses.files import closed_documents
    from courses.models import CurriculumPage

    open_now = documents - closed_documents(documents) if documents else set()
    found = defaultdict(list)
    pages = CurriculumPage.objects.open_to_all().order_by("first_published_at", "pk")
    for pk in open_now:
        handed_out = Q(handouts__document=pk, handouts__facilitator_only=False) | Q(
            known_handouts__document=pk, known_handouts__was_public=True)
        found[pk] = list(pages.filter(handed_out).distinct())
    return found


def _as_handout(download, path, holders) -> Download | None:
    """``download`` of a document as one of a curriculum's handout.

    Of several curricula, the one whose page led to it, else the one that was published first, from
    which the others (a translation, mostly) took it over: so it is counted once, and sums hold.
    """
    from courses.models import What

    pages = holders.get(download.document_id)
    if not pages:
        return None
    addresses = {unquote(urlsplit(page.get_url() or "").path): page for page in pages}
    led = [page for address, page in addresses.items() if address and path.startswith(address)]
    return download._replace(page_id=(led or pages)[0].pk, what=What.HANDOUT.value)


def _versions(pages) -> dict[int, int]:
    """Page → the number of its newest published version."""
    from hub.models import PublishedVersion

    numbers = PublishedVersion.objects.filter(page__in=pages).order_by()
    return dict(numbers.values_list("page").annotate(Max("number")))


counts = DownloadCounts()
visitors = Visitors()
