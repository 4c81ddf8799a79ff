"""Letters when a course changes: a new version, or what it rests on was withdrawn.

Sent as ``hub.email.subscriptions`` has it, to each address at most once a day, and only while everybody
may read the course. What came meanwhile is told together.
"""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import override

from courses.models import CourseFollower, CurriculumPage
from courses.packs.manifest import withdrawals_of
from courses.updates import emails
from hub.email import subscriptions

BETWEEN_LETTERS = timedelta(hours=23)  # an hourly look must not make each day's letter later


def may_be_followed(page) -> bool:
    """Whether there is something to write of that everybody may read."""
    open_now = CurriculumPage.objects.open_to_all()
    return bool(page.current_version) and open_now.filter(pk=page.pk).exists()


def readable(follower) -> CurriculumPage | None:
    """The course that ``follower`` is written to about, while everybody may read it."""
    return CurriculumPage.objects.open_to_all().filter(pk=follower.page_id).first()


def ask(page, email, language) -> None:
    """Keep the address and write to it to confirm; it is told of what comes from now on."""
    subscriptions.ask(CourseFollower, email, {"page": page}, {
        "language": language, "version": page.current_version.number,
        "withdrawals": [withdrawal.pk for _title, withdrawal in withdrawals_of(page)],
    })


def write_due(now=None) -> int:
    """Write to everybody for whom there is news; returns how many letters."""
    now = now or timezone.now()
    CourseFollower.objects.forgotten(now).delete()
    sent = 0
    followed = CurriculumPage.objects.filter(followers__confirmed_at__isnull=False)
    for page in followed.open_to_all().distinct():
        if page.current_version:
            sent += _write_of(page, now)
    return sent


def _write_of(page, now) -> int:
    version, withdrawals = page.current_version.number, withdrawals_of(page)

    def look(follower) -> bool:
        with override(follower.language):
            fresh = [(title, w) for title, w in withdrawals if w.pk not in follower.withdrawals]
            if follower.version == version and not fresh:
                return False
            return subscriptions.send_once(
                follower, emails.news_letter(follower, page, fresh), "told_at",
                {"told_at": now, "version": version,
                 "withdrawals": [w.pk for _title, w in withdrawals]},
            )

    waiting = page.followers.confirmed().filter(told_at__lte=now - BETWEEN_LETTERS)
    return subscriptions.send_each(waiting.order_by("told_at"), look)
