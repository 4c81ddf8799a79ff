"""Public pages with what closed lessons have in common."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from lessons.aggregates.groups import lesson_groups


@require_safe
def group_list(request):
    """All groups that may be shown."""
    groups = lesson_groups(get_language())
    return render(request, "lessons/aggregates/list.html", {"groups": groups})


@require_safe
def group_detail(request, topic, lesson_type):
    """One group; 404 while it may not be shown, whether it has lessons or not."""
    for group in lesson_groups(get_language()):
        if (group.topic.slug, group.lesson_type) == (topic, lesson_type):
            return render(request, "lessons/aggregates/group.html", {"group": group})
    raise Http404
