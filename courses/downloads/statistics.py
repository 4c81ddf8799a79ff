"""Download statistics of a curriculum: sums by month, version and downloaded item.

Months are the finest resolution that is shown; ``courses.downloads.counters`` explains what is
counted. A file that is not, or no longer, for everybody is in the sums but is not named.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from courses.models import DownloadKind
from hub.access.readers import Reader
from hub.models import HubDocument

MONTHS_SHOWN = 12
ORDER = {kind: place for place, kind in enumerate(DownloadKind)}
# The chart, in units of its view box: about a pixel on a phone.
WIDTH, ROW_HEIGHT, LEFT, MAX_BAR_LENGTH = 330, 30, 124, 156


@dataclass(frozen=True)
class DownloadedItem:
    """What was downloaded: for a session its number, for a file its title unless that is private.
    """

    kind: str
    session: int = 0
    title: str = ""

    @property
    def is_named(self) -> bool:
        return self.kind != DownloadKind.HANDOUT or bool(self.title)

    @property
    def label(self) -> str:
        if self.title:
            return self.title
        if not self.is_named:
            return _("Files that are no longer handed out to everybody")
        if self.kind == DownloadKind.SESSION:
            return _("Session %(number)s only (zip)") % {"number": self.session}
        return str(DownloadKind(self.kind).label)


@dataclass(frozen=True)
class Line:
    """``count`` downloads of ``item`` in the month that begins on ``month``."""

    month: date
    version: int
    item: DownloadedItem
    count: int


@dataclass(frozen=True)
class Bar:
    """A month in the chart: place and length of the bar, and place of its number."""

    month: date
    count: int
    y: int
    length: int

    @property
    def baseline(self) -> int:
        return self.y + 20

    @property
    def number_x(self) -> int:
        return LEFT + self.length + 7


class DownloadStatistics:
    """Sums over the download counts of ``page``; ``lines`` has them by month, version and item."""

    def __init__(self, page):
        sums = Counter()
        rows = list(
            page.download_counts.annotate(month=TruncMonth("day"))
            .values_list("month", "version", "kind", "session", "document", "document__title",
                         "title")
            .annotate(n=Sum("count")).order_by()
        )
        documents = {row[4] for row in rows} - {None}
        had = Reader.of_page(page).having_by_id(HubDocument, documents)
        for month, version, kind, session, document, title, last_title, count in rows:
            shown_title = (title or last_title) if document is None or document in had else ""
            sums[month, version, DownloadedItem(kind, session, shown_title)] += count
        self.lines = sorted(
            (Line(*key, count) for key, count in sums.items()),
            key=lambda line: (line.month, line.version, _sort_key(line.item)),
        )

    @cached_property
    def total(self) -> int:
        return sum(line.count for line in self.lines)

    @cached_property
    def since(self) -> date | None:
        """The first month in which anything was downloaded."""
        return self.lines[0].month if self.lines else None

    @cached_property
    def by_month(self) -> list[tuple[date, int]]:
        """(month, count) of up to twelve months to the current one, from the first counted."""
        sums = _sums((line.month, line.count) for line in self.lines)
        month, found = timezone.localdate().replace(day=1), []
        while self.since and month >= self.since and len(found) < MONTHS_SHOWN:
            found.append((month, sums[month]))
            month = (month - timedelta(days=1)).replace(day=1)
        return found[::-1]

    @cached_property
    def by_version(self) -> list[tuple[int, int]]:
        """(number, count), the newest version first; 0 for a page without numbered versions."""
        return sorted(_sums((line.version, line.count) for line in self.lines).items(),
                      reverse=True)

    @cached_property
    def by_item(self) -> list[tuple[DownloadedItem, int]]:
        """(item, count): packs, sessions, books, then files by count."""
        sums = _sums((line.item, line.count) for line in self.lines)
        return sorted(sums.items(), key=lambda pair: (
            *_sort_key(pair[0])[:3], -pair[1] if pair[0].kind == DownloadKind.HANDOUT else 0,
            pair[0].title))

    @cached_property
    def bars(self) -> list[Bar]:
        most = max([count for _month, count in self.by_month] + [1])
        return [
            Bar(month, count, number * ROW_HEIGHT,
                max(round(count * MAX_BAR_LENGTH / most), 1 if count else 0))
            for number, (month, count) in enumerate(self.by_month)
        ]

    @property
    def peak(self) -> Bar:
        """The month with the most downloads, of several the latest."""
        return max(self.bars, key=lambda bar: (bar.count, bar.month))

    @property
    def chart(self) -> dict:
        return {"width": WIDTH, "height": ROW_HEIGHT * len(self.bars), "left": LEFT,
                "label_end": LEFT - 8, "thickness": ROW_HEIGHT - 10}


def _sort_key(item) -> tuple:
    return ORDER[item.kind], item.session, not item.is_named, item.title


def _sums(pairs) -> Counter:
    sums = Counter()
    for key, count in pairs:
        sums[key] += count
    return sums
