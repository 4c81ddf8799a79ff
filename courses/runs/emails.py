"""E-mails to participants, in their language; people without an account get none."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from hub.email.sending import absolute, language_of, send_email_to_user


def enrolled(enrolment, added=False) -> None:
    """Confirms a seat or a place in the waiting list; ``added`` by a leader of the group."""
    if enrolment.is_enrolled:
        subject = _("You have a seat in the course")
    else:
        subject = _("You are on the waiting list of the course")
    send(enrolment, "enrolled", subject, added=added, place=enrolment.place_in_line)


def moved_up(enrolment) -> None:
    send(enrolment, "moved_up", _("A seat is free: you are in the course"))


def removed(enrolment) -> None:
    send(enrolment, "removed", _("You were taken off the list of a course"))


def changed(enrolment) -> None:
    send(enrolment, "changed", _("Date or place of your course has changed"))


def cancelled(enrolment) -> None:
    send(enrolment, "cancelled", _("Your course is cancelled"))


def reinstated(enrolment) -> None:
    send(enrolment, "reinstated", _("Your course takes place after all"))


def reminder(enrolment, meetings) -> None:
    send(
        enrolment, "reminder", _("Your course is soon"), meetings=meetings,
        valid_until=meetings[-1].begins,
    )


def group_message(enrolment, post) -> None:
    send(enrolment, "group_message", _("A message to your course group"), post=post)


def send(
    enrolment, name, subject, folder="courses/runs/emails", valid_until=None, **context
) -> None:
    """Send the text ``name`` from ``folder`` to the participant, if there is an account.

    Values of ``context`` that are callables are called in the participant's language, for
    addresses that depend on it.
    """
    user, run = enrolment.user, enrolment.run
    if user is None:
        return
    with override(language_of(user)):  # addresses contain the language
        context = {name: value() if callable(value) else value for name, value in context.items()}
        context["url"] = absolute(reverse("my_run", args=[run.pk]))
        context["run_url"] = absolute(reverse("course_run", args=[run.pk]))
    send_email_to_user(user, f"{folder}/{name}.txt", subject, context | {
        "run": run, "enrolment": enrolment,
    }, valid_until=valid_until)
