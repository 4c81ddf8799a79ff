"""How often a curriculum was downloaded, for everybody: as a page, as CSV and as JSON.

Months are the finest that is shown; how it is counted stands in ``courses.downloads.counters``. A file that
is not, or no longer, for everybody is counted in the sums and named nowhere.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses.files import closed_documents
from courses.models.download_count import What
from hub.email.sending import absolute
from hub.export.tables import Column, Table, csv_response, json_document
from hub.versions.views import answer

SHAPE = 1  # of the JSON, raised when what is there changes its meaning
MONTHS_SHOWN = 12
ORDER = {what: place for place, what in enumerate(What)}
# The chart, in units of its view box: about a pixel on a phone.
WIDTH, ROW, LEFT, LONGEST = 330, 30, 124, 156


@dataclass(frozen=True)
class Thing:
    """What was downloaded: for a session its number, for a file its title where it may be told."""

    what: str
    session: int = 0
    title: str = ""

    @property
    def is_known(self) -> bool:
        return self.what != What.HANDOUT or bool(self.title)

    @property
    def label(self) -> str:
        if self.title:
            return self.title
        if not self.is_known:
            return _("Files that are no longer handed out to everybody")
        if self.what == What.SESSION:
            return _("Session %(number)s only (zip)") % {"number": self.session}
        return str(What(self.what).label)


@dataclass(frozen=True)
class Line:
    """So many ``times`` in a month."""

    month: date
    version: int
    thing: Thing
    times: int


@dataclass(frozen=True)
class Bar:
    """A month in the chart: the bar's place and length, and where its number stands."""

    month: date
    times: int
    y: int
    length: int

    @property
    def baseline(self) -> int:
        return self.y + 20

    @property
    def after(self) -> int:
        return LEFT + self.length + 7


class Figures:
    """The sums over the ``lines`` of a curriculum, by month, version and thing."""

    def __init__(self, page):
        counted = Counter()
        rows = list(
            page.download_counts.annotate(month=TruncMonth("day"))
            .values_list("month", "version", "what", "session", "document", "document__title",
                         "title")
            .annotate(n=Sum("times")).order_by()
        )
        closed = closed_documents({row[4] for row in rows} - {None})
        for month, version, what, session, document, title, last_title, times in rows:
            told = "" if document in closed else (title or last_title)
            counted[month, version, Thing(what, session, told)] += times
        self.lines = sorted(
            (Line(*key, times) for key, times in counted.items()),
            key=lambda line: (line.month, line.version, _place(line.thing)),
        )

    @cached_property
    def total(self) -> int:
        return sum(line.times for line in self.lines)

    @cached_property
    def since(self) -> date | None:
        """The first month in which anything was downloaded."""
        return self.lines[0].month if self.lines else None

    @cached_property
    def by_month(self) -> list[tuple]:
        """(month, times): the last twelve months to this one, none before the first counted."""
        times = _sums((line.month, line.times) for line in self.lines)
        month, found = timezone.localdate().replace(day=1), []
        while self.since and month >= self.since and len(found) < MONTHS_SHOWN:
            found.append((month, times[month]))
            month = (month - timedelta(days=1)).replace(day=1)
        return found[::-1]

    @cached_property
    def by_version(self) -> list[tuple]:
        """(number, times), the newest version first; 0 for a page without numbered versions."""
        return sorted(_sums((line.version, line.times) for line in self.lines).items(),
                      reverse=True)

    @cached_property
    def by_thing(self) -> list[tuple]:
        """(thing, times): packs, sessions, books, then files with the most wanted first."""
        sums = _sums((line.thing, line.times) for line in self.lines)
        return sorted(sums.items(), key=lambda pair: (
            *_place(pair[0])[:3], -pair[1] if pair[0].what == What.HANDOUT else 0, pair[0].title))

    @cached_property
    def bars(self) -> list[Bar]:
        most = max([times for _month, times in self.by_month] + [1])
        return [
            Bar(month, times, number * ROW, max(round(times * LONGEST / most), 1 if times else 0))
            for number, (month, times) in enumerate(self.by_month)
        ]

    @property
    def best(self) -> Bar:
        """The month with the most downloads, of several the latest."""
        return max(self.bars, key=lambda bar: (bar.times, bar.month))

    @property
    def chart(self) -> dict:
        return {"width": WIDTH, "height": ROW * len(self.bars), "left": LEFT,
                "label_end": LEFT - 8, "thickness": ROW - 10}


def _place(thing) -> tuple:
    return ORDER[thing.what], thing.session, not thing.is_known, thing.title


def _sums(pairs) -> Counter:
    sums = Counter()
    for key, times in pairs:
        sums[key] += times
    return sums


@require_safe
def figures_page(request, page):
    """The figures in words, as a chart and as tables."""
    return answer(
        page, request, "courses/download_figures.html", figures=Figures(page), below="downloads/",
        is_counted=not page.get_view_restrictions(), latest=page.current_version,
    )


@require_safe
def figures_as_csv(request, page):
    """One line a month, version and thing, which spreadsheets open with its Thai intact."""
    columns = [
        Column("month", _("Month")), Column("version", _("Version")), Column("what", _("What")),
        Column("session", _("Session")), Column("file", _("File")), Column("times", _("Times")),
    ]
    rows = [
        [f"{line.month:%Y-%m}", line.version or "",
         What(line.thing.what).label if line.thing.is_known else line.thing.label,
         line.thing.session or "", line.thing.title, line.times]
        for line in Figures(page).lines
    ]
    return csv_response(Table("downloads", columns, rows))


@require_safe
def figures_as_json(request, page):
    """The same for programs; anybody may ask, from any site."""
    figures = Figures(page)
    body = {
        "version": SHAPE,
        "page": absolute(page.get_url(request) or ""),
        "title": page.title,
        "total": figures.total,
        "since": f"{figures.since:%Y-%m}" if figures.since else None,
        "by_version": [
            {"version": number or None, "times": times} for number, times in figures.by_version
        ],
        "lines": [
            {
                "month": f"{line.month:%Y-%m}", "version": line.version or None,
                "what": line.thing.what, "session": line.thing.session or None,
                "file": line.thing.title or None, "times": line.times,
            }
            for line in figures.lines
        ],
    }
    response = json_document(body)
    response["Access-Control-Allow-Origin"] = "*"
    return response
