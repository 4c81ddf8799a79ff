"""What templates ask about runs."""

from django import template
from django.utils.formats import date_format

from courses.models import CourseRun
from hub.templatetags.hub_tags import thai_date

register = template.Library()
TONES = {"open": "success", "full": "partial", "soon": "reported", "cancelled": "failure"}


@register.simple_tag
def coming_runs(page) -> list[CourseRun]:
    """The coming runs of a curriculum, whichever of its languages they are taught in."""
    runs = CourseRun.objects.coming().filter(curriculum__translation_key=page.translation_key)
    return list(runs.select_related("area__parent").prefetch_related("meetings"))


@register.filter
def weekday_date(day) -> str:
    """A day with its weekday: วันเสาร์ 7 มีนาคม 2569."""
    return f"{date_format(day, 'l')} {thai_date(day)}" if day else ""


@register.filter
def tone(state) -> str:
    """The mark of ``static/css/knowledge.css`` that fits a run's state."""
    return TONES.get(str(state), "no_report")
