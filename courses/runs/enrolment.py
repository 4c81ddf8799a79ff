"""Assigns and frees the seats of a run; the only module that changes them.

Every function locks the run first, so that of two people who enrol for the last seat one is
enrolled and the other one waits. PostgreSQL locks the row; SQLite allows one writing transaction at
a time, and every POST runs in a transaction from its beginning.
"""

from django.db import transaction
from django.utils import timezone

from courses.models import CourseRun, Enrolment
from courses.runs import emails

S = Enrolment.State


class CannotEnrol(Exception):
    """Enrolment is not open, or there is nothing to change."""


def lock(run) -> CourseRun:
    """``run`` reloaded and locked until the end of the transaction."""
    return CourseRun.objects.select_for_update().get(pk=run.pk)


@transaction.atomic
def enrol(run, user, details) -> Enrolment:
    """Give ``user`` a seat, or a place in the waiting list when all are taken.

    ``details`` are those of the form; the user has consented to storing them.
    Called again, it only updates them. Raises CannotEnrol when enrolment is not open, or the user
    was removed from the list.
    """
    run = lock(run)
    enrolment = run.enrolments.filter(user=user).first() or Enrolment(run=run, user=user)
    is_new = not (enrolment.pk and enrolment.is_current)
    if is_new:
        if enrolment.state == S.REMOVED or not run.is_accepting_enrolments:
            raise CannotEnrol
        _assign_seat(run, enrolment)
    for name, value in details.items():
        setattr(enrolment, name, value)
    enrolment.record_consent()
    enrolment.save()
    if is_new:
        emails.enrolled(enrolment)
    return enrolment


@transaction.atomic
def add(run, user, details, has_consented=False) -> Enrolment:
    """Enrol somebody else; ``user`` is None for a person without an account.

    People on the waiting list come first. Raises CannotEnrol when ``user`` is on the list already.
    """
    run = lock(run)
    enrolment = (user and run.enrolments.filter(user=user).first()) or Enrolment(
        run=run, user=user
    )
    if enrolment.pk and enrolment.is_current:
        raise CannotEnrol
    for name, value in details.items():
        setattr(enrolment, name, value)
    if has_consented:
        enrolment.record_consent()
    _assign_seat(run, enrolment)
    enrolment.save()
    emails.enrolled(enrolment, added=True)
    return enrolment


def _assign_seat(run, enrolment) -> None:
    is_free = run.enrolments.enrolled().count() < run.seats and not (
        run.enrolments.waiting().exists()
    )
    enrolment.state = S.ENROLLED if is_free else S.WAITING
    enrolment.requested_at = timezone.now()


@transaction.atomic
def leave(enrolment, state=S.LEFT) -> None:
    """Free the seat or the place in the waiting list, and erase the personal details."""
    run = lock(enrolment.run)
    enrolment = run.enrolments.get(pk=enrolment.pk)
    if not enrolment.is_current:
        return
    enrolment.state = state
    enrolment.blank_details()
    enrolment.save()
    if state == S.REMOVED:
        emails.removed(enrolment)
    move_up(run)


def move_up(run) -> None:
    """Assign free seats to the waiting list in order, until the course begins."""
    if run.is_cancelled or run.has_begun:
        return
    free = run.seats - run.enrolments.enrolled().count()
    for enrolment in run.enrolments.waiting()[:max(free, 0)]:
        enrolment.state = S.ENROLLED
        enrolment.save()
        emails.moved_up(enrolment)


@transaction.atomic
def apply_run_changes(run) -> None:
    """Apply what an editor changed in ``run``: assign additional seats, and announce other dates,
    another place or a cancellation to participants."""
    run = lock(run)
    now, before = run.announcement(), run.announced
    if before and before != now and not run.is_over:
        people = run.enrolments.current().select_related("user")
        if now["cancelled"] and not before["cancelled"]:
            announce = emails.cancelled
        elif before["cancelled"] and not now["cancelled"]:
            announce = emails.reinstated
        else:
            announce = emails.changed
        if not (now["cancelled"] and before["cancelled"]):
            for enrolment in people:
                announce(enrolment)
    if before != now:
        CourseRun.objects.filter(pk=run.pk).update(announced=now)
    move_up(run)
