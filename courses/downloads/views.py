"""Public download statistics of a curriculum: as a page, as CSV and as JSON."""

import csv

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses.downloads.statistics import DownloadStatistics
from courses.models import DownloadKind
from hub.email.sending import absolute
from hub.export.spreadsheets import no_formula
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
    """One line for each month, version and item, in UTF-8 with BOM for spreadsheet programs."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="downloads.csv"'
    writer = csv.writer(response)
    writer.writerow([_("Month"), _("Version"), _("What"), _("Session"), _("File"), _("Times")])
    for line in DownloadStatistics(page).lines:
        item = line.item
        writer.writerow([
            f"{line.month:%Y-%m}", line.version or "",
            DownloadKind(item.kind).label if item.is_named else item.label, item.session or "",
            no_formula(item.title), line.count,
        ])
    return response


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
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    return response
