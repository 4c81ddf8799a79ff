"""Public pages about lessons as a whole: how often each was used, and what closed ones say."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Locale

from hub.export.tables import Column, Table, csv_response, json_document
from hub.models import KnowledgePage
from hub.web.navigation import site_of
from lessons.models import LessonPage
from lessons.privacy import aggregates
from lessons.suggestions.answers import used_by_lesson


def _rows(request) -> list[dict]:
    """Every lesson that everybody may read, with what became of it, the most used first."""
    language = get_language()
    locale = Locale.objects.get(language_code=language)
    open_pages = KnowledgePage.objects.open_to_all().of_site(site_of(request))
    lessons = list(
        LessonPage.objects.filter(pk__in=open_pages.for_readers_of(locale).values("pk"))
        .select_related("locale")
    )
    used = used_by_lesson(lessons)
    rows = [{"lesson": lesson, "used": used[lesson.translation_key]} for lesson in lessons]
    return sorted(rows, key=lambda r: (-r["used"].used, r["used"].not_used, r["lesson"].title))


@require_safe
def used(request):
    """The report, for reading."""
    return render(request, "lessons/used_report.html", {"rows": _rows(request)})


@require_safe
def used_json(request):
    return json_document({"lessons": [
        {
            "title": row["lesson"].title, "address": row["lesson"].get_full_url(request),
            "language": row["lesson"].locale.language_code,
            "used": row["used"].used, "not_used": row["used"].not_used,
            "used_by": [{"title": page.title, "address": page.get_full_url(request)}
                        for page in row["used"].places],
        }
        for row in _rows(request)
    ]})


@require_safe
def used_csv(request):
    """The same, one row for each lesson."""
    columns = [
        Column("lesson", _("Lesson")), Column("address", _("Address")),
        Column("language", _("Language")), Column("used", _("Used")),
        Column("not_used", _("Not used")), Column("used_by", _("Used by")),
    ]
    rows = [
        [row["lesson"].title, row["lesson"].get_full_url(request),
         row["lesson"].locale.language_code, row["used"].used, row["used"].not_used,
         " | ".join(page.title for page in row["used"].places)]
        for row in _rows(request)
    ]
    return csv_response(Table("lessons-used", columns, rows))


@require_safe
def all_together(request):
    """Groups of lessons that are told of together."""
    return render(request, "lessons/all_together.html", {"groups": aggregates.groups(get_language())})


@require_safe
def told_together(request, topic, lesson_type):
    """One group; 404 while it is not told of, whether there are lessons in it or not."""
    for group in aggregates.groups(get_language()):
        if (group.topic.slug, group.lesson_type) == (topic, lesson_type):
            return render(request, "lessons/told_together.html", {"group": group})
    raise Http404
