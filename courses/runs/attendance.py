"""Who came to which meeting, and whether that is enough."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from courses.models import Attendance, Certificate, Enrolment


@dataclass(frozen=True)
class Row:
    """A participant beside the meetings of the run."""

    enrolment: Enrolment
    came: list[tuple]  # (meeting, whether she came), of each meeting in order
    certificate: Certificate | None  # the one that counts
    was_revoked: bool  # and none was issued since
    needed: int

    @property
    def attended(self) -> int:
        return sum(came for _meeting, came in self.came)

    @property
    def minutes(self) -> int:
        """Length of the meetings she came to."""
        return sum(meeting.minutes for meeting, came in self.came if came)

    @property
    def is_enough(self) -> bool:
        return self.needed > 0 and self.attended >= self.needed


def rows_of(run) -> list[Row]:
    """Everybody who has a seat, by name, with what she attended."""
    came = set(
        Attendance.objects.filter(meeting__run=run).values_list("enrolment_id", "meeting_id")
    )
    certificates, revoked = {}, set()
    for certificate in Certificate.objects.filter(enrolment__run=run):
        if certificate.counts:
            certificates[certificate.enrolment_id] = certificate
        else:
            revoked.add(certificate.enrolment_id)
    people = run.enrolments.enrolled().select_related("user").order_by("name", "pk")
    return [
        Row(
            enrolment, [(m, (enrolment.pk, m.pk) in came) for m in run.meeting_list],
            certificates.get(enrolment.pk),
            enrolment.pk in revoked and enrolment.pk not in certificates, run.needed,
        )
        for enrolment in people
    ]


@transaction.atomic
def record(meeting, chosen) -> None:
    """Note that of those with a seat ``chosen`` (pks of enrolments) came to ``meeting``, and
    nobody else."""
    there = set(
        meeting.run.enrolments.enrolled().filter(pk__in=chosen).values_list("pk", flat=True)
    )
    before = set(meeting.attendances.values_list("enrolment_id", flat=True))
    gone = before - there
    meeting.attendances.filter(enrolment__in=gone, enrolment__state="enrolled").delete()
    Attendance.objects.bulk_create(
        [Attendance(meeting=meeting, enrolment_id=pk) for pk in sorted(there - before)],
        ignore_conflicts=True,
    )
    meeting.recorded_at = timezone.now()
    meeting.save(update_fields=["recorded_at"])
