"""Sections of the account page: runs, groups, copies of packs and e-mail subscriptions."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import CourseCopy, CourseFollower, CourseRun, Enrolment
from courses.permissions import may_facilitate
from courses.updates.copies import changes_url, is_outdated
from hub.formatting import thai_date
from hub.people.account_pages import AccountItem, AccountSection


def my_courses(user) -> AccountSection | None:
    """The runs that ``user`` is enrolled in or waits for: the next first, then past ones."""
    enrolments = Enrolment.objects.current().filter(user=user).select_related("run__curriculum")
    in_order = sorted(enrolments, key=lambda enrolment: (
        enrolment.run.is_over, enrolment.run.begins is None, enrolment.run.begins, enrolment.pk,
    ))
    items = [
        AccountItem(
            enrolment.run.name, reverse("my_run", args=[enrolment.run_id]), _status_of(enrolment)
        )
        for enrolment in in_order
    ]
    return AccountSection(_("My courses"), items) if items else None


def _status_of(enrolment) -> str:
    run = enrolment.run
    if run.is_cancelled:
        return _("Cancelled")
    if enrolment.is_waiting:
        return _("Waiting list, place %(place)s") % {"place": enrolment.place_in_line}
    if enrolment.certificates.filter(revoked_at=None).exists():
        return _("Certificate issued")
    if run.is_over:
        return _("Over")
    upcoming = next((m for m in run.meeting_list if m.ends > timezone.now()), None)
    return _("Next meeting: %(day)s") % {"day": thai_date(upcoming.date)} if upcoming else ""


def my_groups(user) -> AccountSection | None:
    """The groups that ``user`` leads."""
    runs = CourseRun.objects.led_by(user).with_dates().select_related("curriculum")
    items = [
        AccountItem(run.name, reverse("group", args=[run.pk]), thai_date(run.first))
        for run in runs.order_by("-first", "-pk")
    ]
    return AccountSection(_("Course groups I lead"), items) if items else None


def my_copies(user) -> AccountSection | None:
    """The course packs that ``user`` downloaded, and whether they are outdated."""
    facilitates = may_facilitate(user)
    copies = CourseCopy.objects.filter(user=user).select_related("page", "edition")
    items = [
        {"copy": copy, "changes_url": changes_url(copy),
         "is_outdated": is_outdated(copy, facilitates)}
        for copy in copies if copy.page.live and not copy.page.expired
    ]
    title = _("Course packs I have downloaded")
    return AccountSection(title, items, "courses/people/copies.html") if items else None


def my_subscriptions(user) -> AccountSection | None:
    """The courses that the address of ``user`` follows by e-mail."""
    items = [
        {"page": follower.page,
         "stop_url": reverse("course_follow_stop", args=[follower.stop_token])}
        for follower in CourseFollower.objects.of_member(user).select_related("page")
        if follower.page.live
    ]
    title = _("Courses I get e-mails about")
    return AccountSection(title, items, "courses/people/subscriptions.html") if items else None
