"""Export and erasure of what courses store about a person."""

from django.db import transaction
from django.utils import timezone

from courses.models import Certificate, CourseFollower, CourseRun, Enrolment, GroupPost
from courses.runs.enrolment import leave
from hub.changelog.recording import record


def export(user) -> dict:
    """Everything that courses store about ``user``, ready for JSON."""
    enrolments = Enrolment.objects.filter(user=user).select_related(
        "run__curriculum", "organisation"
    )
    return {
        "enrolments": [_exported_enrolment(enrolment) for enrolment in enrolments],
        "groups_led": [run.name for run in CourseRun.objects.led_by(user).order_by("pk")],
        "messages_sent": list(
            GroupPost.objects.filter(author=user).order_by("pk").values("text", "sent_at")
        ),
        "packs_downloaded": [
            {"course": copy.page.title, "version": copy.edition.version, "at": copy.downloaded_at}
            for copy in user.course_copies.select_related("page", "edition")
        ],
        "letters_about_courses": [
            {"course": follower.page.title, "since": follower.confirmed_at}
            for follower in CourseFollower.objects.of_member(user).select_related("page")
        ],
    }


def _exported_enrolment(enrolment) -> dict:
    posts = enrolment.run.posts.prefetch_related("files") if enrolment.is_enrolled else []
    return {
        "course": enrolment.run.name, "state": enrolment.state,
        "asked_at": enrolment.requested_at,
        "name": enrolment.name, "phone": enrolment.phone,
        "organisation": enrolment.affiliation, "needs": enrolment.needs,
        "consent": {"version": enrolment.consent_version, "at": enrolment.consented_at},
        "attended": [
            attendance.meeting.date
            for attendance in enrolment.attendances.select_related("meeting")
            .order_by("meeting__date", "pk")
        ],
        "certificates": [
            {
                "code": c.code, "holder": c.holder, "course": c.course, "issued_at": c.issued_at,
                "revoked_at": c.revoked_at, "revoked_reason": c.revoked_reason,
            }
            for c in enrolment.certificates.order_by("pk")
        ],
        "received": [
            {"text": post.text, "sent_at": post.sent_at,
             "files": [file.title for file in post.files.all()]}
            for post in posts
        ],
    }


@transaction.atomic
def erase(user) -> None:
    """Remove ``user`` from every run, and delete copies and subscriptions.

    Seats in runs that are not over go to the waiting list. Enrolments with attendance or a
    certificate are anonymised, so that attendance counts stay correct and the address on a printed
    certificate still works; others are deleted. Messages to groups stay, from "a former member".
    """
    for enrolment in Enrolment.objects.current().filter(user=user).select_related("run"):
        if not enrolment.run.is_over:
            leave(enrolment)
    enrolments = Enrolment.objects.filter(user=user)
    Certificate.objects.filter(enrolment__in=enrolments).update(holder="", erased_at=timezone.now())
    enrolments.filter(attendances=None, certificates=None).delete()
    enrolments.erase_details()
    enrolments.update(user=None, name="")
    user.course_copies.all().delete()
    CourseFollower.objects.at_addresses_of(user).delete()
    user.facilitated_runs.clear()
    user.organised_runs.clear()
    record("site")
