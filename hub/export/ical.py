"""Calendars to subscribe to (RFC 5545): what every one of them says of itself.

Subscribed to once, a calendar follows every change of a date: identifiers never change.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpResponse
from icalendar import Calendar, Event, vDuration

REFRESH = timedelta(hours=12)


def calendar_of(title, kind, events, changed: datetime, url) -> Calendar:
    """The ``events`` as a calendar that is called ``title``; ``kind`` is the app it comes from,
    ``changed`` when they last changed, ``url`` the page they stand on."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.WAGTAIL_SITE_NAME}//{kind}//TH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    refresh = vDuration(REFRESH)
    refresh.params["VALUE"] = "DURATION"
    calendar.add("refresh-interval", refresh)
    for event in events:
        event.add("dtstamp", changed)
        event.add("last-modified", changed)
        event.add("url", url)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar


def event_of(name, summary) -> Event:
    """An event that keeps its identity by ``name``."""
    event = Event()
    event.add("uid", f"{name}@{settings.WAGTAILADMIN_BASE_URL.split('//')[-1]}")
    event.add("summary", summary)
    return event


def respond(calendar) -> HttpResponse:
    """The calendar as an answer; browsers hand it to the phone's own."""
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "public, max-age=300"
    return response
