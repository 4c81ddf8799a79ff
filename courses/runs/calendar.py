"""The meetings of a run as an iCalendar file."""

from django.http import HttpResponse
from django.utils import timezone

from hub.email.sending import absolute
from hub.export.ical import calendar_of, event_of, respond


def calendar_response(run) -> HttpResponse:
    """The meetings of ``run``; those of a cancelled run are marked as cancelled."""
    url = absolute(run.get_absolute_url())
    response = respond(calendar_of(run.name, "courses", _events(run), timezone.now(), url))
    # The run of a private curriculum has a calendar for its participants only.
    response["Cache-Control"] = "private, no-cache"
    return response


def _events(run):
    for meeting in run.meeting_list:
        event = event_of(f"meeting-{meeting.pk}", run.name)
        event.add("dtstart", meeting.begins)
        event.add("dtend", meeting.ends)
        event.add("location", meeting.location)
        event.add("status", "CANCELLED" if run.is_cancelled else "CONFIRMED")
        if run.note:
            event.add("description", run.note)
        yield event
