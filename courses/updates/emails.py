"""The letters about a course that changed: plain text, in the language they were asked for in."""

from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from courses.short_address import short_url
from hub.email import subscriptions
from hub.email.sending import absolute


def confirm_letter(follower) -> EmailMessage:
    """Asks whether it was the reader herself; says so when she already gets the letters."""
    with override(follower.language):
        is_on = follower.confirmed_at is not None
        subject = _("You already get these e-mails") if is_on else _("Confirm your address")
        return _letter(follower, follower.page, "already" if is_on else "confirm", subject, {
            "confirm_url": absolute(reverse(
                "course_follow_confirm", args=[follower.confirm_token])),
            "days": follower.DAYS_TO_CONFIRM,
        })


def news_letter(follower, page, withdrawn) -> EmailMessage:
    """Tells of versions after the one that ``follower`` knows, and of ``withdrawn``: pairs of a
    title and its Withdrawal."""
    newer = list(page.published_versions.filter(number__gt=follower.version).order_by("number"))
    subject = _("Changed: %(title)s") if newer else _("Withdrawn knowledge in: %(title)s")
    return _letter(follower, page, "news", subject % {"title": page.title}, {
        "versions": newer, "withdrawn": withdrawn, "before": follower.version,
        "since_url": short_url(page, follower.version),
    })


def _letter(follower, page, name, subject, context) -> EmailMessage:
    stop_url = absolute(reverse("course_follow_stop", args=[follower.stop_token]))
    return subscriptions.letter(follower, f"courses/follow/letters/{name}.txt", subject, context | {
        "title": page.title, "page_url": short_url(page),
    }, stop_url)
