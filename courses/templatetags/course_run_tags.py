"""Template tags and filters for course runs."""

from django import template

from courses.models import CourseRun
from hub.formatting import weekday_date

register = template.Library()
STATUS_STYLES = {"open": "success", "full": "partial", "soon": "reported", "cancelled": "failure"}

register.filter(weekday_date)


@register.simple_tag
def upcoming_runs(page) -> list[CourseRun]:
    """The upcoming runs of a curriculum, in any of its languages."""
    runs = CourseRun.objects.upcoming().filter(curriculum__translation_key=page.translation_key)
    return list(runs.with_seats().select_related("area__parent").prefetch_related("meetings"))


@register.filter
def status_style(state) -> str:
    """The status style (see ``includes/labels/status.html``) of the state of a run."""
    return STATUS_STYLES.get(str(state), "no_report")
