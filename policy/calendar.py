"""An assembly's process as an iCalendar feed (RFC 5545): its stages, hearings and the day itself.

Subscribed to once, a calendar follows every change of a date: identifiers never change.
"""

from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDuration

REFRESH = timedelta(hours=12)


def calendar_of(assembly) -> Calendar:
    """The calendar of ``assembly``: whole days for stages, moments for hearings that have them."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.WAGTAIL_SITE_NAME}//policy//TH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", assembly.title)
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    refresh = vDuration(REFRESH)
    refresh.params["VALUE"] = "DURATION"
    calendar.add("refresh-interval", refresh)
    changed = assembly.last_published_at or timezone.now()
    for event in _events(assembly):
        event.add("dtstamp", changed)
        event.add("last-modified", changed)
        event.add("url", assembly.full_url)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar


def respond(assembly) -> HttpResponse:
    """The feed as an answer; browsers hand it to the phone's calendar."""
    response = HttpResponse(
        calendar_of(assembly).to_ical(), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "public, max-age=300"
    return response


def _events(assembly):
    for stage in assembly.stages:
        event = _event(f"stage-{stage.key}", f"{stage.get_kind_display()} – {assembly.title}")
        _days(event, stage.starts, stage.ends)
        if stage.note:
            event.add("description", stage.note)
        yield event
    for hearing in assembly.hearing_list:
        is_named = hearing.draft_id and hearing.draft.is_readable
        about = hearing.draft.title if is_named else assembly.title
        event = _event(
            f"hearing-{hearing.key}", _("Hearing: %(about)s") % {"about": about}
        )
        if hearing.begins:
            event.add("dtstart", hearing.begins)
            event.add("dtend", hearing.finishes or hearing.begins + timedelta(hours=2))
        else:
            _days(event, hearing.date, hearing.date)
        event.add("location", hearing.place)
        if hearing.note:
            event.add("description", hearing.note)
        yield event
    event = _event(f"assembly-{assembly.translation_key}", assembly.title)
    _days(event, assembly.held_on, assembly.held_on)
    event.add("location", assembly.place)
    yield event


def _event(name, summary) -> Event:
    event = Event()
    event.add("uid", f"{name}@{settings.WAGTAILADMIN_BASE_URL.split('//')[-1]}")
    event.add("summary", summary)
    return event


def _days(event, first, last):
    """Whole days; the end of RFC 5545 is the day after the last."""
    event.add("dtstart", first)
    event.add("dtend", (last or first) + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
