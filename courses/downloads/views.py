"""Public download statistics of a curriculum: as a page, as CSV and as JSON."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses.downloads.statistics import DownloadStatistics
from courses.models import DownloadKind
from hub.email.sending import absolute
from hub.export.tables import Column, Table, csv_response, json_document
from hub.versions.views import answer

FORMAT = 1  # of the JSON; raised when the meaning of a field changes


@require_safe
def statistics_page(request, page):
    """The statistics in words, as a chart and as tables."""
    return answer(
        page, request, "courses/downloads/statistics.html", below="downloads/",
        statistics=DownloadStatistics(page), latest=page.current_version,
        is_counted=not page.get_view_restrictions(),
    )


@require_safe
def statistics_as_csv(request, page):
    """One line for each month, version and item."""
    columns = [
        Column("month", _("Month")), Column("version", _("Version")), Column("what", _("What")),
        Column("session", _("Session")), Column("file", _("File")), Column("times", _("Times")),
    ]
    rows = [
        [f"{line.month:%Y-%m}", line.version or "",
         DownloadKind(line.item.kind).label if line.item.is_named else line.item.label,
         line.item.session or "", line.item.title, line.count]
        for line in DownloadStatistics(page).lines
    ]
    return csv_response(Table("downloads", columns, rows))


@require_safe
def statistics_as_json(request, page):
    """The same for programs; readable from any origin."""
    statistics = DownloadStatistics(page)
    body = {
        "version": FORMAT,
        "page": absolute(page.get_url(request) or ""),
        "title": page.title,
        "total": statistics.total,
        "since": f"{statistics.since:%Y-%m}" if statistics.since else None,
        "by_version": [
            {"version": number or None, "times": count} for number, count in statistics.by_version
        ],
        "lines": [
            {
                "month": f"{line.month:%Y-%m}", "version": line.version or None,
                "what": line.item.kind, "session": line.item.session or None,
                "file": line.item.title or None, "times": line.count,
            }
            for line in statistics.lines
        ],
    }
    response = json_document(body)
    response["Access-Control-Allow-Origin"] = "*"
    return response
