"""Attendance of meetings, and whether it is enough for a certificate."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from courses.models import Attendance, Certificate, Enrolment


@dataclass(frozen=True)
class AttendanceRow:
    """The attendance of a participant."""

    enrolment: Enrolment
    came: list[tuple]  # (meeting, whether the participant came), in order
    certificate: Certificate | None  # the valid one
    was_revoked: bool  # and none was issued since
    required: int

    @property
    def attended(self) -> int:
        return sum(came for _meeting, came in self.came)

    @property
    def minutes(self) -> int:
        """Total length of the attended meetings."""
        return sum(meeting.minutes for meeting, came in self.came if came)

    @property
    def is_enough(self) -> bool:
        return self.required > 0 and self.attended >= self.required


def attendance_rows(run) -> list[AttendanceRow]:
    """The attendance of everybody who has a seat, by name."""
    came = set(
        Attendance.objects.filter(meeting__run=run).values_list("enrolment_id", "meeting_id")
    )
    certificates, revoked = {}, set()
    for certificate in Certificate.objects.filter(enrolment__run=run):
        if certificate.is_valid:
            certificates[certificate.enrolment_id] = certificate
        else:
            revoked.add(certificate.enrolment_id)
    people = run.enrolments.enrolled().select_related("user", "organisation")
    return [
        AttendanceRow(
            enrolment, [(m, (enrolment.pk, m.pk) in came) for m in run.meeting_list],
            certificates.get(enrolment.pk),
            enrolment.pk in revoked and enrolment.pk not in certificates, run.required_attendance,
        )
        for enrolment in people.order_by("name", "pk")
    ]


@transaction.atomic
def record(meeting, chosen) -> None:
    """Store that, among those with a seat, exactly ``chosen`` (pks of enrolments) came."""
    present = set(
        meeting.run.enrolments.enrolled().filter(pk__in=chosen).values_list("pk", flat=True)
    )
    before = set(meeting.attendances.values_list("enrolment_id", flat=True))
    absent = before - present
    meeting.attendances.filter(enrolment__in=absent, enrolment__state="enrolled").delete()
    Attendance.objects.bulk_create(
        [Attendance(meeting=meeting, enrolment_id=pk) for pk in sorted(present - before)],
        ignore_conflicts=True,
    )
    meeting.recorded_at = timezone.now()
    meeting.save(update_fields=["recorded_at"])
