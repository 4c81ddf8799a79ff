"""The public report about which lessons are used, as HTML, CSV and JSON."""

import csv

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Locale

from hub.models import KnowledgePage
from hub.pages.navigation import site_of
from lessons.models import LessonPage
from lessons.usage.counts import usage_by_lesson


def _rows(request) -> list[dict]:
    """Every public lesson with its usage, the most used first."""
    language = get_language()
    locale = Locale.objects.get(language_code=language)
    open_pages = KnowledgePage.objects.open_to_all().of_site(site_of(request))
    lessons = list(
        LessonPage.objects.filter(pk__in=open_pages.for_readers_of(locale).values("pk"))
        .select_related("locale")
    )
    usage = usage_by_lesson(lessons)
    rows = [{"lesson": lesson, "usage": usage[lesson.translation_key]} for lesson in lessons]
    return sorted(
        rows, key=lambda r: (-r["usage"].used, r["usage"].not_used, r["lesson"].title)
    )


@require_safe
def report(request):
    """The report as a page."""
    return render(request, "lessons/usage/report.html", {"rows": _rows(request)})


@require_safe
def report_json(request):
    """The report as JSON."""
    return JsonResponse({"lessons": [
        {
            "title": row["lesson"].title, "address": row["lesson"].get_full_url(request),
            "language": row["lesson"].locale.language_code,
            "used": row["usage"].used, "not_used": row["usage"].not_used,
            "used_by": [{"title": page.title, "address": page.get_full_url(request)}
                        for page in row["usage"].pages],
        }
        for row in _rows(request)
    ]}, json_dumps_params={"ensure_ascii": False})


@require_safe
def report_csv(request):
    """The report as CSV, one row a lesson; the byte order mark tells Excel that it is UTF-8."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="lessons-used.csv"'
    table = csv.writer(response)
    table.writerow([_("Lesson"), _("Address"), _("Language"), _("Used"), _("Not used"),
                    _("Used by")])
    for row in _rows(request):
        lesson, usage = row["lesson"], row["usage"]
        table.writerow([
            no_formula(lesson.title), lesson.get_full_url(request), lesson.locale.language_code,
            usage.used, usage.not_used, no_formula(" | ".join(p.title for p in usage.pages)),
        ])
    return response


def no_formula(text) -> str:
    """``text`` escaped so that no spreadsheet program evaluates it as a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
