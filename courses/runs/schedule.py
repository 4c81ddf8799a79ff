"""What happens to runs by the clock: reminders by day, and forgetting."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from courses.models import CourseRun, Meeting
from courses.runs import emails
from courses.runs.enrolment import lock


def remind(now=None) -> int:
    """Write as many days before a meeting as its run says; returns how many letters.

    One letter tells of all meetings that follow within as many days, and no date is reminded of
    twice.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    runs = CourseRun.objects.filter(is_cancelled=False, meetings__date__gte=today).distinct()
    return sum(_remind(run, now, today) for run in runs)


@transaction.atomic
def _remind(run, now, today) -> int:
    run = lock(run)
    within = timedelta(days=run.remind_days)
    coming = [m for m in run.meeting_list if m.begins > now and m.reminded_of != m.date]
    if not within or not coming or coming[0].date > today + within:
        return 0
    near = [m for m in coming if m.date <= coming[0].date + within]
    people = list(run.enrolments.enrolled().exclude(user=None).select_related("user"))
    for enrolment in people:
        enrolment.run = run
        emails.reminder(enrolment, near)
    for meeting in near:
        Meeting.objects.filter(pk=meeting.pk).update(reminded_of=meeting.date)
    return len(people)


def forget(now=None) -> int:
    """Erase what was asked for the meetings of runs long over, and who was not in them at the end;
    returns the number of runs. Who had a seat stays, for the certificate and her own page."""
    now = now or timezone.now()
    today, done = timezone.localdate(now), 0
    for run in CourseRun.objects.dated().filter(forgotten_at=None, last__lt=today):
        if run.last + timedelta(days=run.keep_days) >= today:
            continue
        with transaction.atomic():
            run.enrolments.exclude(state="enrolled").delete()
            run.enrolments.forget_details()
            run.enrolments.filter(user=None).update(name="")
            run.posts.all().delete()
            CourseRun.objects.filter(pk=run.pk).update(forgotten_at=now)
        done += 1
    return done
