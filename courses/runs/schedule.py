"""Scheduled jobs of runs: reminders, and erasing personal details."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from courses.models import CourseRun, Meeting
from courses.runs import emails
from courses.runs.enrolment import lock
from hub.models.clock import deletes_by_age


def send_reminders(now=None) -> int:
    """Send reminders as many days before a meeting as its run says; returns how many e-mails.

    One e-mail covers all meetings within that many days, and each date is announced only once.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    runs = CourseRun.objects.filter(is_cancelled=False, meetings__date__gte=today).distinct()
    return sum(_send_reminders(run, now, today) for run in runs)


@transaction.atomic
def _send_reminders(run, now, today) -> int:
    run = lock(run)
    within = timedelta(days=run.reminder_days)
    upcoming = [m for m in run.meeting_list if m.begins > now and m.reminded_date != m.date]
    if not within or not upcoming or upcoming[0].date > today + within:
        return 0
    near = [m for m in upcoming if m.date <= upcoming[0].date + within]
    people = list(run.enrolments.enrolled().exclude(user=None).select_related("user"))
    for enrolment in people:
        enrolment.run = run
        emails.reminder(enrolment, near)
    for meeting in near:
        Meeting.objects.filter(pk=meeting.pk).update(reminded_date=meeting.date)
    return len(people)


@deletes_by_age
def erase_old_details(now=None) -> int:
    """Erase details, messages and unseated enrolments of runs past their retention period.

    Enrolments with a seat stay, for certificates and account pages. Returns the number of runs.
    """
    now = now or timezone.now()
    today, done = timezone.localdate(now), 0
    for run in CourseRun.objects.with_dates().filter(details_erased_at=None, last__lt=today):
        if run.last + timedelta(days=run.retention_days) >= today:
            continue
        with transaction.atomic():
            run.enrolments.exclude(state="enrolled").delete()
            run.enrolments.erase_details()
            run.enrolments.filter(user=None).update(name="")
            run.posts.all().delete()
            CourseRun.objects.filter(pk=run.pk).update(details_erased_at=now)
        done += 1
    return done
