"""Course runs: one that is over with its certificates, two open ones and a full one."""

from datetime import datetime, time, timedelta

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.utils import timezone

from courses.certificates import issuing
from courses.models import (
    Attendance,
    Certificate,
    CourseRun,
    Enrolment,
    GroupFile,
    GroupPost,
    Meeting,
)
from demonstration import texts
from demonstration.organisations import affiliation
from demonstration.process import PREFIX
from hub.models import Area

FILE = "course_runs.toml"
PEOPLE = f"{PREFIX}course-"
FIELDS = ["title", "language", "place", "seats", "contact", "note"]
NAMELESS = "ผู้เรียนตัวอย่าง (นามสมมติ)"
S = Enrolment.State


def load(pages) -> None:
    """Create the runs and their people, once; ``pages`` is that of the loader."""
    if _runs().exists():
        return
    values = texts.read(FILE)
    facilitator = _person(values["facilitator"])
    people = {number: _person(person) for number, person in enumerate(values["people"], 1)}
    organisations = {
        number: person["organisation"] for number, person in enumerate(values["people"], 1)
    }
    for fields in values["runs"]:
        run = CourseRun.objects.create(
            curriculum=pages[fields["curriculum"], fields["language"]],
            area=Area.objects.get(geocode=fields["area"]),
            required_meetings=fields.get("required_meetings"),
            **{name: fields[name] for name in FIELDS},
        )
        run.facilitators.add(facilitator)
        meetings = [_meeting(run, days) for days in fields["days"]]
        seats = {
            number: _enrol(run, people[number], state, organisations[number])
            for state in (S.ENROLLED, S.WAITING) for number in fields[state.value]
        }
        for meeting, present in zip(meetings, fields.get("attendance", []), strict=False):
            Attendance.objects.bulk_create(
                [Attendance(meeting=meeting, enrolment=seats[number]) for number in present]
            )
            meeting.recorded_at = meeting.ends
            meeting.save()
        run = CourseRun.objects.get(pk=run.pk)
        CourseRun.objects.filter(pk=run.pk).update(announced=run.announcement())
        if run.is_over:
            _finish(run, fields, seats, facilitator)


def _person(fields):
    return get_user_model().objects.get_or_create(
        username=fields["username"], defaults={"first_name": fields["name"], "is_active": False}
    )[0]


def _meeting(run, days) -> Meeting:
    day = timezone.localdate() + timedelta(days=days)
    return Meeting.objects.create(run=run, date=day, starts_at=time(9), ends_at=time(15, 30))


def _enrol(run, user, state, organisation="") -> Enrolment:
    enrolment = Enrolment(
        run=run, user=user, state=state, name=user.get_full_name() or NAMELESS,
        **affiliation(organisation),
    )
    enrolment.record_consent()
    enrolment.save()
    return enrolment


def _finish(run, fields, seats, facilitator) -> None:
    issuing.issue(run, {enrolment.pk for enrolment in seats.values()}, facilitator)
    last = run.meeting_list[-1].date
    Certificate.objects.filter(enrolment__run=run).update(
        issued_at=timezone.make_aware(datetime.combine(last, time(16)))
    )
    for number in fields["revoked"]:
        certificate = seats[number].certificates.get()
        issuing.revoke(certificate, fields["revoked_reason"])
    post = GroupPost.objects.create(run=run, author=facilitator, text=fields["message"])
    file = GroupFile(post=post, title=fields["file_name"])
    file.file.save(fields["file_name"], ContentFile(fields["file_text"].encode()))


def join(user) -> None:
    """Make the facilitator's sign-in lead every group, and enrol the member's in two runs."""
    for run in _runs():
        if user.username == "facilitator":
            run.facilitators.add(user)
        elif run.is_over:
            enrolment = _enrol(run, user, S.ENROLLED)
            Attendance.objects.bulk_create(
                [Attendance(meeting=m, enrolment=enrolment) for m in run.meeting_list]
            )
            issuing.issue(run, {enrolment.pk}, None)
        elif run.waiting_count:
            _enrol(run, user, S.WAITING)


def remove() -> None:
    """Delete the runs with everything that belongs to them, before their curricula and people."""
    runs = list(_runs())
    Certificate.objects.filter(is_demonstration=True).delete()
    Enrolment.objects.filter(run__in=runs).delete()
    for run in runs:
        run.delete()
    get_user_model().objects.filter(username__startswith=PEOPLE).delete()


def _runs():
    return CourseRun.objects.filter(curriculum__is_demonstration=True).order_by("pk")
