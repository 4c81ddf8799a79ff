"""The public report about which lessons are used, as HTML, CSV and JSON."""

from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Locale

from hub.export.tables import Column, Table, csv_response, json_document
from hub.models import KnowledgePage
from hub.web.navigation import site_of
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
    return json_document({"lessons": [
        {
            "title": row["lesson"].title, "address": row["lesson"].get_full_url(request),
            "language": row["lesson"].locale.language_code,
            "used": row["usage"].used, "not_used": row["usage"].not_used,
            "used_by": [{"title": page.title, "address": page.get_full_url(request)}
                        for page in row["usage"].pages],
        }
        for row in _rows(request)
    ]})


@require_safe
def report_csv(request):
    """The report as CSV, one row a lesson."""
    columns = [
        Column("lesson", _("Lesson")), Column("address", _("Address")),
        Column("language", _("Language")), Column("used", _("Used")),
        Column("not_used", _("Not used")), Column("used_by", _("Used by")),
    ]
    rows = [
        [row["lesson"].title, row["lesson"].get_full_url(request),
         row["lesson"].locale.language_code, row["usage"].used, row["usage"].not_used,
         " | ".join(page.title for page in row["usage"].pages)]
        for row in _rows(request)
    ]
    return csv_response(Table("lessons-used", columns, rows))
