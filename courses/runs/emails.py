"""Letters to those who take part; each in its reader's language, none to who has no account."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from hub.email.sending import absolute, language_of, write_to_user


def enrolled(enrolment, added=False) -> None:
    """That one has a seat, or which place in line; ``added`` by who leads the group."""
    if enrolment.is_enrolled:
        subject = _("You have a seat in the course")
    else:
        subject = _("You are on the waiting list of the course")
    _write(enrolment, "enrolled", subject, added=added, place=enrolment.place_in_line)


def moved_up(enrolment) -> None:
    _write(enrolment, "moved_up", _("A seat is free: you are in the course"))


def removed(enrolment) -> None:
    _write(enrolment, "removed", _("You were taken off the list of a course"))


def changed(enrolment) -> None:
    _write(enrolment, "changed", _("Date or place of your course has changed"))


def cancelled(enrolment) -> None:
    _write(enrolment, "cancelled", _("Your course is cancelled"))


def on_again(enrolment) -> None:
    _write(enrolment, "on_again", _("Your course takes place after all"))


def reminder(enrolment, meetings) -> None:
    _write(enrolment, "reminder", _("Your course is soon"), meetings=meetings)


def sent(enrolment, post) -> None:
    _write(enrolment, "sent", _("A message to your course group"), post=post)


def certified(certificate) -> None:
    _write(certificate.enrolment, "certified", _("Your certificate"), certificate=certificate,
           certificate_path=lambda: reverse("certificate", args=[certificate.code]))


def revoked(certificate) -> None:
    if certificate.enrolment:
        _write(certificate.enrolment, "revoked", _("A certificate of yours no longer counts"),
               certificate=certificate,
               certificate_path=lambda: reverse("certificate", args=[certificate.code]))


def _write(enrolment, name, subject, certificate_path=None, **context) -> None:
    user, run = enrolment.user, enrolment.run
    if user is None:
        return
    with override(language_of(user)):  # addresses below /en/ for who reads English
        context["url"] = absolute(reverse("my_run", args=[run.pk]))
        context["run_url"] = absolute(reverse("course_run", args=[run.pk]))
        if certificate_path:
            context["certificate_url"] = absolute(certificate_path())
    write_to_user(user, f"courses/letters/{name}.txt", subject, context | {
        "run": run, "enrolment": enrolment,
    })
