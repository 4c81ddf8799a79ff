"""What templates ask about runs."""

from django import template

from courses.models import CourseRun
from hub.formatting import weekday_date

register = template.Library()
register.filter(weekday_date)
TONES = {"open": "success", "full": "partial", "soon": "reported", "cancelled": "failure"}


@register.simple_tag
def coming_runs(page) -> list[CourseRun]:
    """The coming runs of a curriculum, whichever of its languages they are taught in."""
    runs = CourseRun.objects.coming().filter(curriculum__translation_key=page.translation_key)
    return list(runs.select_related("area__parent").prefetch_related("meetings"))


@register.filter
def tone(state) -> str:
    """The mark of ``static/css/knowledge.css`` that fits a run's state."""
    return TONES.get(str(state), "no_report")
