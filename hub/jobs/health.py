"""Checks of what works in the background: worker, schedule, tasks, clock."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_tasks_db.models import DBTaskResult

from hub.formatting import moment
from hub.health.findings import Figure, Finding, State
from hub.jobs.failed_tasks import failed, of_failed
from hub.jobs.housekeeping import DATABASE_TASKS
from hub.models import Clock
from hub.models.outbox_entry import OutboxEntry
from hub.processes import last_seen

# Longer than one look of the schedule or one task takes.
GONE_AFTER = 300.0  # seconds
SHOWN = 20  # failed tasks


def _has_worker() -> bool:
    return settings.TASKS["default"]["BACKEND"] == DATABASE_TASKS


def _seen(part: str, command: str, waits: str) -> Finding:
    seconds = last_seen.seconds_since(part)
    figures = () if seconds is None else (Figure(
        "seconds_since_seen", "Since the part was last at work.", seconds, {"part": part}),)
    advice = _("Start it: manage.py serve keeps all parts running, manage.py %(command)s is this "
               "one alone. Its last lines in the log say why it ended.") % {"command": command}
    if seconds is None:
        return Finding(State.BROKEN, _("It has never run here.") + " " + waits, advice)
    since = timezone.now() - timedelta(seconds=seconds)
    if seconds > GONE_AFTER:
        says = _("It was last at work on %(moment)s.") % {"moment": moment(since)}
        return Finding(State.BROKEN, says + " " + waits, advice, figures=figures)
    return Finding(State.WELL, _("It was at work within the last minutes."), figures=figures)


def schedule() -> Finding:
    """Whether the schedule looks."""
    return _seen(last_seen.SCHEDULE, "keep_schedule", _(
        "Until it runs, no e-mail is sent, nothing is published on time, and nothing is backed up."
    ))


def worker() -> Finding | None:
    """Whether a worker takes tasks; None where tasks are done at once."""
    if not _has_worker():
        return None
    return _seen(last_seen.WORKER, "db_worker", _(
        "Until it runs, the text of new files cannot be found."))


def tasks() -> Finding | None:
    """The queue of background tasks and those that failed; None where there is no queue."""
    if not _has_worker():
        return None
    counts = dict(DBTaskResult.objects.order_by().values_list("status").annotate(Count("pk")))
    figures = tuple(
        Figure("tasks", "Background tasks of the last days by state.", counts.get(state, 0),
               {"state": state.lower()})
        for state in ("READY", "RUNNING", "FAILED", "SUCCESSFUL"))
    number, waiting = counts.get("FAILED", 0), counts.get("READY", 0)
    waits = ngettext("%(number)s task waits.", "%(number)s tasks wait.", waiting) % {
        "number": waiting} if waiting else _("None waits.")
    if not number:
        return Finding(State.WELL, waits, figures=figures)
    says = ngettext("%(number)s task failed.", "%(number)s tasks failed.", number) % {
        "number": number}
    return Finding(
        State.LOOK, f"{says} {waits}",
        _("Mend what it says, then run the task again; “Forget” takes one off this list that "
          "nobody needs."),
        figures=figures, template="hub/jobs/failed_tasks.html",
        context={"tasks": [of_failed(row) for row in failed()[:SHOWN]],
                 "more": max(0, number - SHOWN), "all_again": reverse("hub_tasks_again")})


def clock() -> Finding:
    """Whether the clock is trusted, as the notice in the admin asks and all that deletes by age."""
    row = Clock.distrusted()
    if row is not None:
        return Finding(
            State.BROKEN,
            _("It shows %(now)s and before its jump showed %(before)s. Nothing is deleted for its "
              "age meanwhile.")
            % {"now": moment(timezone.now()), "before": moment(row.jumped_from)},
            _("If it is right now, confirm it on the first page of the admin; else set it: "
              "timedatectl set-ntp true."),
            (reverse("wagtailadmin_home"), _("To the first page")))
    if not Clock.trusted():
        return Finding(
            State.LOOK,
            _("It shows %(now)s, which is not what was expected. The schedule looks at it soon.")
            % {"now": moment(timezone.now())},
            _("If it is wrong, set it: timedatectl set-ntp true."))
    return Finding(State.WELL, _("It shows %(now)s and has run steadily.") % {
        "now": moment(timezone.now())})


def changes() -> Finding:
    """Whether what changed is taken in by the search index: the outbox."""
    oldest = OutboxEntry.objects.unprocessed().first()
    waiting = OutboxEntry.objects.unprocessed().count()
    age = (timezone.now() - oldest.created_at).total_seconds() if oldest else 0.0
    figures = (
        Figure("outbox_unprocessed", "Changes that no search index has taken in.", waiting),
        Figure("outbox_oldest_seconds", "Age of the oldest of them.", max(0.0, age)),
    )
    if oldest is None or age < GONE_AFTER:
        return Finding(State.WELL, _("All were taken in by the search.") if oldest is None else
                       ngettext("%(number)s change is being taken in.",
                                "%(number)s changes are being taken in.", waiting)
                       % {"number": waiting}, figures=figures)
    return Finding(
        State.LOOK,
        ngettext("%(number)s change waits for the search index, the oldest for %(time)s.",
                 "%(number)s changes wait for the search index, the oldest for %(time)s.", waiting)
        % {"number": waiting, "time": timesince(oldest.created_at)},
        _("Is the schedule running, and does the disk take writes? manage.py index takes them in "
          "now."), figures=figures)
