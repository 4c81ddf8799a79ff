"""An assembly's process as an iCalendar feed: its stages, its hearings and the assembly itself."""

from datetime import timedelta

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar

from hub.export import ical
from hub.export.ical import event_of

DEFAULT_DURATION = timedelta(hours=2)  # of a hearing without an end


def calendar_of(assembly) -> Calendar:
    """The calendar of ``assembly``: stages are whole days, hearings have times where known."""
    return ical.calendar_of(
        assembly.title, "policy", _events(assembly),
        assembly.last_published_at or timezone.now(), assembly.full_url,
    )


def calendar(request, assembly) -> HttpResponse:
    return ical.respond(calendar_of(assembly))


def _events(assembly):
    for stage in assembly.stages:
        event = event_of(f"stage-{stage.key}", f"{stage.get_kind_display()} – {assembly.title}")
        _add_days(event, stage.starts, stage.ends)
        if stage.note:
            event.add("description", stage.note)
        yield event
    for hearing in assembly.hearing_list:
        about = (assembly.readable_draft_of(hearing) or assembly).title
        event = event_of(
            f"hearing-{hearing.key}", _("Hearing: %(about)s") % {"about": about}
        )
        if hearing.start:
            event.add("dtstart", hearing.start)
            event.add("dtend", hearing.end or hearing.start + DEFAULT_DURATION)
        else:
            _add_days(event, hearing.date, hearing.date)
        event.add("location", hearing.place)
        if hearing.note:
            event.add("description", hearing.note)
        yield event
    event = event_of(f"assembly-{assembly.translation_key}", assembly.title)
    _add_days(event, assembly.held_on, assembly.held_on)
    event.add("location", assembly.place)
    yield event


def _add_days(event, first, last):
    """Add whole days. In RFC 5545 the end is the day after the last."""
    event.add("dtstart", first)
    event.add("dtend", (last or first) + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
