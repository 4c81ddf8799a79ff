"""Notifies followers of a course by e-mail: of new versions, and of withdrawn knowledge in it.

Sent through ``hub.email.subscriptions``, to each address at most once a day, and only while the
course is open to everybody. Changes since the last e-mail are sent together.
"""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import override

from courses.models import CourseFollower, CurriculumPage
from courses.packs.manifest import withdrawals_of
from courses.updates import emails
from hub.access.readers import anybody
from hub.email import subscriptions

MIN_INTERVAL = timedelta(hours=23)  # below a day, so that an hourly job does not drift


def can_be_followed(page) -> bool:
    """Whether ``page`` has published versions and is open to everybody."""
    return bool(page.current_version) and anybody().may_read(page)


def public_course_of(follower) -> CurriculumPage | None:
    """The course of ``follower`` if it is open to everybody, else None."""
    return CurriculumPage.objects.open_to_all().filter(pk=follower.page_id).first()


def subscribe(page, email, language) -> None:
    """Store the address and send an e-mail to confirm it; it is notified of changes from now on."""
    subscriptions.request_subscription(CourseFollower, email, {"page": page}, {
        "language": language, "version": page.current_version.number,
        "withdrawals": [withdrawal.pk for _title, withdrawal in withdrawals_of(page)],
    })


def send_due(now=None) -> int:
    """Send an e-mail to each follower whose course changed; returns how many were sent."""
    now = now or timezone.now()
    CourseFollower.objects.delete_expired(now)
    sent = 0
    followed = CurriculumPage.objects.filter(followers__confirmed_at__isnull=False)
    for page in followed.open_to_all().distinct():
        if page.current_version:
            sent += _notify_followers(page, now)
    return sent


def _notify_followers(page, now) -> int:
    version, withdrawals = page.current_version.number, withdrawals_of(page)

    def notify(follower) -> bool:
        with override(follower.language):
            new = [(title, w) for title, w in withdrawals if w.pk not in follower.withdrawals]
            if follower.version == version and not new:
                return False
            return subscriptions.send_once(
                follower, emails.update_email(follower, page, new), "notified_at",
                {"notified_at": now, "version": version,
                 "withdrawals": [w.pk for _title, w in withdrawals]},
            )

    due = page.followers.confirmed().filter(notified_at__lte=now - MIN_INTERVAL)
    return subscriptions.send_each(due.order_by("notified_at"), notify)
