"""Certificates: given to who came often enough, once a facilitator confirms it; taken back with a
reason."""

from django.db import transaction
from django.utils import timezone

from courses.models import Certificate
from courses.runs import emails
from courses.runs.attendance import Row, rows_of
from courses.runs.enrolment import lock


@transaction.atomic
def confirm(run, chosen, user) -> list[Certificate]:
    """As ``issue``, with a letter to each."""
    made = issue(run, chosen, user)
    for certificate in made:
        emails.certified(certificate)
    return made


@transaction.atomic
def issue(run, chosen, user) -> list[Certificate]:
    """Give a certificate to each of ``chosen`` (pks of enrolments) who fulfils the rule and has
    none yet."""
    run = lock(run)
    return [
        _certificate(run, row, user) for row in rows_of(run)
        if row.enrolment.pk in chosen and row.is_enough and row.certificate is None
    ]


def _certificate(run, row: Row, user) -> Certificate:
    return Certificate.objects.create(
        enrolment=row.enrolment, holder=row.enrolment.name, said=_said_of(run),
        run_title=run.title, place=run.place, first_day=run.meeting_list[0].date,
        last_day=run.meeting_list[-1].date, minutes=row.minutes, attended=row.attended,
        meetings=len(run.meeting_list), issued_by=user,
        is_demonstration=bool(run.curriculum and run.curriculum.is_demonstration),
    )


def _said_of(run) -> dict:
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
    """Let the certificate no longer count; its page says so and why. Done twice, the first
    reason stays."""
    changed = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if changed.counts:
        changed.revoked_at, changed.revoked_reason = timezone.now(), reason
        changed.save()
        emails.revoked(changed)


@transaction.atomic
def erase_name(certificate) -> None:
    """Take out the name of a holder without an account, who asked for it; with an account one
    does so oneself, by leaving."""
    certificate.holder, certificate.erased_at = "", timezone.now()
    certificate.save(update_fields=["holder", "erased_at"])
    enrolment = certificate.enrolment
    enrolment.name = enrolment.phone = enrolment.organisation = enrolment.needs = ""
    enrolment.save()
