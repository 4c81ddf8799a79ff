"""Template tags and filters for course runs."""

from django import template

from courses.models import CourseRun
from hub.formatting import weekday_date
from hub.models.generation import kept_of

register = template.Library()
STATUS_STYLES = {"open": "success", "full": "partial", "soon": "reported", "cancelled": "failure"}

register.filter(weekday_date)


@register.simple_tag(takes_context=True)
def upcoming_runs(context, page) -> list[CourseRun]:
    """The upcoming runs of a curriculum, in any of its languages."""
    def runs():
        upcoming = CourseRun.objects.upcoming().with_seats()
        of_page = upcoming.filter(curriculum__translation_key=page.translation_key)
        return list(of_page.select_related("area__parent").prefetch_related("meetings"))

    return kept_of(context.get("request"), page, "upcoming runs", runs)


@register.filter
def status_style(state) -> str:
    """The status style (see ``includes/labels/status.html``) of the state of a run."""
    return STATUS_STYLES.get(str(state), "no_report")
