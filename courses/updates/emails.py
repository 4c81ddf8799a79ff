"""E-mails about changes of a course: plain text, in the language of the subscription."""

from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from courses.short_addresses.links import short_url
from hub.email import subscriptions
from hub.email.sending import absolute


def confirmation_email(follower) -> EmailMessage:
    """Asks to confirm the address; if it is confirmed already, says so instead."""
    with override(follower.language):
        if follower.confirmed_at is None:
            name, subject = "confirm", _("Confirm your address")
        else:
            name, subject = "already_confirmed", _("You already get these e-mails")
        confirm_path = reverse("course_follow_confirm", args=[follower.confirm_token])
        return _email(follower, follower.page, name, subject, {
            "confirm_url": absolute(confirm_path), "days": follower.DAYS_TO_CONFIRM,
        })


def update_email(follower, page, withdrawn) -> EmailMessage:
    """Lists versions after the one that ``follower`` was notified of, and ``withdrawn``: pairs of
    a title and its Withdrawal."""
    newer = list(page.published_versions.filter(number__gt=follower.version).order_by("number"))
    subject = _("Changed: %(title)s") if newer else _("Withdrawn knowledge in: %(title)s")
    return _email(follower, page, "update", subject % {"title": page.title}, {
        "versions": newer, "withdrawn": withdrawn, "before": follower.version,
        "since_url": short_url(page, follower.version),
    })


def _email(follower, page, name, subject, context) -> EmailMessage:
    stop_url = absolute(reverse("course_follow_stop", args=[follower.stop_token]))
    return subscriptions.build_email(
        follower, f"courses/updates/emails/{name}.txt", subject,
        context | {"title": page.title, "page_url": short_url(page)}, stop_url,
    )
