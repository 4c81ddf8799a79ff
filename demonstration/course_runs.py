"""Course runs to try: one that is over with its certificates, two that are open, a full one."""

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
from demonstration import content
from demonstration.process import PREFIX
from hub.models import Area

FILE = "course_runs.toml"
PEOPLE = f"{PREFIX}course-"
FIELDS = ["title", "language", "place", "seats", "contact", "note"]
NAMELESS = "ผู้เรียนตัวอย่าง (นามสมมติ)"
S = Enrolment.State


def load(pages) -> None:
    """Make the runs and their people once. ``pages`` is the loader's."""
    if _runs().exists():
        return
    values = content.read(FILE)
    facilitator = _person(values["facilitator"])
    people = {number: _person(said) for number, said in enumerate(values["people"], 1)}
    organisations = {
        number: said["organisation"] for number, said in enumerate(values["people"], 1)
    }
    for said in values["runs"]:
        run = CourseRun.objects.create(
            curriculum=pages[said["curriculum"], said["language"]],
            area=Area.objects.get(geocode=said["area"]),
            required_meetings=said.get("required_meetings"),
            **{name: said[name] for name in FIELDS},
        )
        run.facilitators.add(facilitator)
        meetings = [_meeting(run, days) for days in said["days"]]
        seats = {
            number: _enrol(run, people[number], state, organisations[number])
            for state in (S.ENROLLED, S.WAITING) for number in said[state.value]
        }
        for meeting, came in zip(meetings, said.get("came", []), strict=False):
            Attendance.objects.bulk_create(
                [Attendance(meeting=meeting, enrolment=seats[number]) for number in came]
            )
            meeting.recorded_at = meeting.ends
            meeting.save()
        run = CourseRun.objects.get(pk=run.pk)
        CourseRun.objects.filter(pk=run.pk).update(announced=run.announcement())
        if run.is_over:
            _finish(run, said, seats, facilitator)


def _person(said):
    return get_user_model().objects.get_or_create(
        username=said["username"], defaults={"first_name": said["name"], "is_active": False}
    )[0]


def _meeting(run, days) -> Meeting:
    day = timezone.localdate() + timedelta(days=days)
    return Meeting.objects.create(run=run, date=day, starts_at=time(9), ends_at=time(15, 30))


def _enrol(run, user, state, organisation="") -> Enrolment:
    enrolment = Enrolment(
        run=run, user=user, state=state, name=user.get_full_name() or NAMELESS,
        organisation=organisation,
    )
    enrolment.record_consent()
    enrolment.save()
    return enrolment


def _finish(run, said, seats, facilitator) -> None:
    issuing.issue(run, {one.pk for one in seats.values()}, facilitator)
    last = run.meeting_list[-1].date
    Certificate.objects.filter(enrolment__run=run).update(
        issued_at=timezone.make_aware(datetime.combine(last, time(16)))
    )
    for number in said["revoked"]:
        certificate = seats[number].certificates.get()
        issuing.revoke(certificate, said["revoked_reason"])
    post = GroupPost.objects.create(run=run, author=facilitator, text=said["message"])
    file = GroupFile(post=post, title=said["file_name"])
    file.file.save(said["file_name"], ContentFile(said["file_text"].encode()))


def join(user) -> None:
    """Let the facilitator to try with lead every group, and the member take part in two."""
    for run in _runs():
        if user.username == "facilitator":
            run.facilitators.add(user)
        elif run.is_over:
            enrolment = _enrol(run, user, S.ENROLLED)
            Attendance.objects.bulk_create(
                [Attendance(meeting=m, enrolment=enrolment) for m in run.meeting_list]
            )
            issuing.issue(run, {enrolment.pk}, None)
        elif run.waiting:
            _enrol(run, user, S.WAITING)


def remove() -> None:
    """The runs with everything of them; before their curricula and people go."""
    runs = list(_runs())
    Certificate.objects.filter(is_demonstration=True).delete()
    Enrolment.objects.filter(run__in=runs).delete()
    for run in runs:
        run.delete()
    get_user_model().objects.filter(username__startswith=PEOPLE).delete()


def _runs():
    return CourseRun.objects.filter(curriculum__is_demonstration=True).order_by("pk")
