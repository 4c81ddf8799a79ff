"""Template tags and filters for course runs."""

from django import template
from django.utils.formats import date_format

from courses.models import CourseRun
from hub.templatetags.hub_tags import thai_date

register = template.Library()
STATUS_STYLES = {"open": "success", "full": "partial", "soon": "reported", "cancelled": "failure"}


@register.simple_tag
def upcoming_runs(page) -> list[CourseRun]:
    """The upcoming runs of a curriculum, in any of its languages."""
    runs = CourseRun.objects.upcoming().filter(curriculum__translation_key=page.translation_key)
    return list(runs.select_related("area__parent").prefetch_related("meetings"))


@register.filter
def weekday_date(day) -> str:
    """A day with its weekday: วันเสาร์ 7 มีนาคม 2569."""
    return f"{date_format(day, 'l')} {thai_date(day)}" if day else ""


@register.filter
def status_style(state) -> str:
    """The status style (see ``includes/status.html``) of the state of a run."""
    return STATUS_STYLES.get(str(state), "no_report")
