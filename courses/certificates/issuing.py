"""Issues certificates to participants with enough attendance, and revokes them."""

from django.db import transaction
from django.utils import timezone

from courses.certificates import emails
from courses.models import Certificate
from courses.runs.attendance import AttendanceRow, attendance_rows
from courses.runs.enrolment import lock


@transaction.atomic
def issue_and_notify(run, chosen, user) -> list[Certificate]:
    """As ``issue``, with an e-mail to each holder."""
    certificates = issue(run, chosen, user)
    for certificate in certificates:
        emails.issued(certificate)
    return certificates


@transaction.atomic
def issue(run, chosen, user) -> list[Certificate]:
    """Issue a certificate to each of ``chosen`` (pks of enrolments) who attended enough meetings
    and has none yet."""
    run = lock(run)
    return [
        _create_certificate(run, row, user) for row in attendance_rows(run)
        if row.enrolment.pk in chosen and row.is_enough and row.certificate is None
    ]


def _create_certificate(run, row: AttendanceRow, user) -> Certificate:
    return Certificate.objects.create(
        enrolment=row.enrolment, holder=row.enrolment.name, texts=_texts_of(run),
        run_title=run.title, place=run.place, first_day=run.meeting_list[0].date,
        last_day=run.meeting_list[-1].date, minutes=row.minutes, attended=row.attended,
        meetings=len(run.meeting_list), issued_by=user,
        is_demonstration=bool(run.curriculum and run.curriculum.is_demonstration),
    )


def _texts_of(run) -> dict:
    """Course and competences in each language that the curriculum is published in."""
    if run.curriculum is None:
        return {run.language: {"course": run.title, "competences": []}}
    pages = run.curriculum.get_translations(inclusive=True).live().specific()
    return {
        page.locale.language_code: {
            "course": page.title, "competences": [str(item.value) for item in page.competences],
        }
        for page in pages
    }


@transaction.atomic
def revoke(certificate, reason) -> None:
    """Make the certificate invalid; its page shows the reason. Idempotent: the first reason stays.
    """
    current = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if current.is_valid:
        current.revoked_at, current.revoked_reason = timezone.now(), reason
        current.save()
        emails.revoked(current)


@transaction.atomic
def erase_name(certificate) -> None:
    """Erase the name of a holder without an account, at the holder's request."""
    certificate.holder, certificate.erased_at = "", timezone.now()
    certificate.save(update_fields=["holder", "erased_at"])
    enrolment = certificate.enrolment
    enrolment.blank_details()
    enrolment.save()
