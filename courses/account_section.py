"""What courses hold of a member: on her own page, handed over to her, forgotten when she leaves."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import (
    Certificate,
    CourseCopy,
    CourseFollower,
    CourseRun,
    Enrolment,
    GroupPost,
    may_facilitate,
)
from courses.runs.enrolment import leave
from courses.updates.copies import is_newer, since_copy
from hub.changelog.recording import record
from hub.formatting import thai_date
from hub.people.account_pages import AccountItem, AccountSection


def my_courses(user) -> AccountSection | None:
    """The runs that ``user`` takes part in or waits for, the next first, then those that are
    over."""
    enrolments = Enrolment.objects.current().filter(user=user).select_related("run__curriculum")
    found = sorted(enrolments, key=lambda one: (one.run.is_over, one.run.begins is None,
                                                one.run.begins, one.pk))
    items = [
        AccountItem(one.run.name, reverse("my_run", args=[one.run_id]), _note_of(one))
        for one in found
    ]
    return AccountSection(_("My courses"), items) if items else None


def _note_of(enrolment) -> str:
    run = enrolment.run
    if run.is_cancelled:
        return _("Cancelled")
    if enrolment.is_waiting:
        return _("Waiting list, place %(place)s") % {"place": enrolment.place_in_line}
    if enrolment.certificates.filter(revoked_at=None).exists():
        return _("Certificate issued")
    if run.is_over:
        return _("Over")
    coming = next((m for m in run.meeting_list if m.ends > timezone.now()), None)
    return _("Next meeting: %(day)s") % {"day": thai_date(coming.date)} if coming else ""


def my_groups(user) -> AccountSection | None:
    """The groups that ``user`` leads."""
    runs = CourseRun.objects.led_by(user).dated().select_related("curriculum")
    items = [
        AccountItem(run.name, reverse("group", args=[run.pk]), thai_date(run.first))
        for run in runs.order_by("-first", "-pk")
    ]
    return AccountSection(_("Course groups I lead"), items) if items else None


def my_copies(user) -> AccountSection | None:
    """The course packs that ``user`` took home, and what became of each course since."""
    facilitates = may_facilitate(user)
    copies = CourseCopy.objects.filter(user=user).select_related("page", "edition")
    items = [
        {"copy": copy, "since": since_copy(copy), "newer": is_newer(copy, facilitates)}
        for copy in copies if copy.page.live and not copy.page.expired
    ]
    title = _("Course packs I have downloaded")
    return AccountSection(title, items, "courses/member_copies.html") if items else None


def my_letters(user) -> AccountSection | None:
    """The courses that the address of ``user`` is written to about."""
    items = [
        {"page": follower.page,
         "stop_url": reverse("course_follow_stop", args=[follower.stop_token])}
        for follower in CourseFollower.objects.of_member(user).select_related("page")
        if follower.page.live
    ]
    title = _("Courses I get e-mails about")
    return AccountSection(title, items, "courses/member_letters.html") if items else None


def export_of(user) -> dict:
    """Everything that is kept of ``user``, as JSON can say it."""
    enrolments = Enrolment.objects.filter(user=user).select_related("run__curriculum")
    return {
        "enrolments": [_exported(one) for one in enrolments],
        "groups_led": [run.name for run in CourseRun.objects.led_by(user).order_by("pk")],
        "messages_sent": list(
            GroupPost.objects.filter(author=user).order_by("pk").values("text", "sent_at")
        ),
        "packs_downloaded": [
            {"course": copy.page.title, "version": copy.edition.version, "at": copy.taken_at}
            for copy in user.course_copies.select_related("page", "edition")
        ],
        "letters_about_courses": [
            {"course": follower.page.title, "since": follower.confirmed_at}
            for follower in CourseFollower.objects.of_member(user).select_related("page")
        ],
    }


def _exported(one) -> dict:
    posts = one.run.posts.prefetch_related("files") if one.is_enrolled else []
    return {
        "course": one.run.name, "state": one.state, "asked_at": one.asked_at,
        "name": one.name, "phone": one.phone, "organisation": one.organisation,
        "needs": one.needs,
        "consent": {"version": one.consent_version, "at": one.consented_at},
        "attended": [a.meeting.date for a in one.attendances.select_related("meeting")
                     .order_by("meeting__date", "pk")],
        "certificates": [
            {
                "code": c.code, "holder": c.holder, "course": c.course, "issued_at": c.issued_at,
                "revoked_at": c.revoked_at, "revoked_reason": c.revoked_reason,
            }
            for c in one.certificates.order_by("pk")
        ],
        "received": [
            {"text": post.text, "sent_at": post.sent_at,
             "files": [file.title for file in post.files.all()]}
            for post in posts
        ],
    }


@transaction.atomic
def erase_of(user) -> None:
    """Take ``user`` out of every run, and forget her copies and letters.

    A seat in a run that is not over goes to who waits. Rows with attendance or a certificate stay
    without a person, so that counts of who came stay true and an address on paper still says what
    became of the certificate; all others are deleted. Messages to groups stay under a former
    member.
    """
    for enrolment in Enrolment.objects.current().filter(user=user).select_related("run"):
        if not enrolment.run.is_over:
            leave(enrolment)
    mine = Enrolment.objects.filter(user=user)
    Certificate.objects.filter(enrolment__in=mine).update(holder="", erased_at=timezone.now())
    mine.filter(attendances=None, certificates=None).delete()
    mine.forget_details()
    mine.update(user=None, name="")
    user.course_copies.all().delete()
    CourseFollower.objects.of_member(user).delete()
    user.facilitated_runs.clear()
    user.organised_runs.clear()
    record("site")
