"""Taking seats and giving them back: one at a time for each run.

Everything here locks the run first, so of two people at the last seat one is enrolled and the other
waits. PostgreSQL holds the lock on the row; SQLite lets one transaction write at a time, and every
POST is one from its beginning.
"""

from django.db import transaction
from django.utils import timezone

from courses.models import CourseRun, Enrolment
from courses.runs import emails

S = Enrolment.State


class CannotEnrol(Exception):
    """Enrolment is not open, or there is nothing to change."""


def lock(run) -> CourseRun:
    """``run`` as the database has it now, for this transaction alone."""
    return CourseRun.objects.select_for_update().get(pk=run.pk)


@transaction.atomic
def enrol(run, user, details) -> Enrolment:
    """Give ``user`` a seat, or a place in line when there is none. ``details``: name, phone,
    organisation, needs; she has agreed to their being kept. Done twice, only they change."""
    run = lock(run)
    enrolment = run.enrolments.filter(user=user).first() or Enrolment(run=run, user=user)
    is_new = not (enrolment.pk and enrolment.is_current)
    if is_new:
        if enrolment.state == S.REMOVED or not run.takes_people:
            raise CannotEnrol
        _seat(run, enrolment)
    for name, value in details.items():
        setattr(enrolment, name, value)
    enrolment.agree()
    enrolment.save()
    if is_new:
        emails.enrolled(enrolment)
    return enrolment


@transaction.atomic
def add(run, user, details, has_agreed=False) -> Enrolment:
    """Put somebody on the list for her; ``user`` is None for who has no account. Nobody passes
    those who wait."""
    run = lock(run)
    enrolment = (user and run.enrolments.filter(user=user).first()) or Enrolment(
        run=run, user=user
    )
    if enrolment.pk and enrolment.is_current:
        raise CannotEnrol
    for name, value in details.items():
        setattr(enrolment, name, value)
    if has_agreed:
        enrolment.agree()
    _seat(run, enrolment)
    enrolment.save()
    emails.enrolled(enrolment, added=True)
    return enrolment


def _seat(run, enrolment) -> None:
    is_free = run.enrolments.enrolled().count() < run.seats and not (
        run.enrolments.waiting().exists()
    )
    enrolment.state = S.ENROLLED if is_free else S.WAITING
    enrolment.asked_at = timezone.now()


@transaction.atomic
def leave(enrolment, state=S.LEFT) -> None:
    """Give the seat back, or the place in line; what was told for the course is erased."""
    run = lock(enrolment.run)
    enrolment = run.enrolments.get(pk=enrolment.pk)
    if not enrolment.is_current:
        return
    enrolment.state = state
    enrolment.name = enrolment.phone = enrolment.organisation = enrolment.needs = ""
    enrolment.save()
    if state == S.REMOVED:
        emails.removed(enrolment)
    move_up(run)


def move_up(run) -> None:
    """Give free seats to those who wait, the first in line first, until the course begins."""
    if run.is_cancelled or run.has_begun:
        return
    free = run.seats - run.enrolments.enrolled().count()
    for enrolment in run.enrolments.waiting()[:max(free, 0)]:
        enrolment.state = S.ENROLLED
        enrolment.save()
        emails.moved_up(enrolment)


@transaction.atomic
def run_saved(run) -> None:
    """After an editor saved ``run``: more seats move people up, and who takes part hears of other
    dates, another place, or that it is cancelled."""
    run = lock(run)
    now, before = run.announcement(), run.announced
    if before and before != now and not run.is_over:
        people = run.enrolments.current().select_related("user")
        if now["cancelled"] and not before["cancelled"]:
            tell = emails.cancelled
        elif before["cancelled"] and not now["cancelled"]:
            tell = emails.on_again
        else:
            tell = emails.changed
        if not (now["cancelled"] and before["cancelled"]):
            for enrolment in people:
                tell(enrolment)
    if before != now:
        CourseRun.objects.filter(pk=run.pk).update(announced=now)
    move_up(run)
