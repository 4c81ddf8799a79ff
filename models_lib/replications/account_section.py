"""The reports of a member: on their account page, in their data export, and their erasure."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from hub.people.account_pages import AccountItem, AccountSection
from models_lib.models import ReplicationContact, ReplicationPage, ReplicationReport


def section(user) -> AccountSection | None:
    items = [
        AccountItem(report.model.title, reverse("replications_mine"), str(report.state.label))
        for report in ReplicationReport.objects.reported_by(user)
    ]
    return AccountSection(_("My reports"), items) if items else None


def export_of(user) -> list[dict]:
    """Everything stored about the reports of ``user``, as JSON-serialisable values."""
    return [
        {
            "model": report.model.title,
            "state": str(report.state),
            "begun": report.created_at.isoformat(),
            "sent": report.sent_at.isoformat() if report.sent_at else None,
            "page": report.page.title if report.page else None,
            "answers": report.answers,
            "contact": ReplicationContact.objects.filter(report=report)
            .values("name", "phone", "email").first(),
            "photos": [photo.alt_text for photo in report.photos.all()],
            "answer_of_the_editors": report.moderator_comment,
        }
        for report in ReplicationReport.objects.reported_by(user)
    ]


@transaction.atomic
def erase_of(user) -> int:
    """Delete the reports of ``user``; returns their number.

    Published pages stay without their reporter, since others rely on them; unpublished ones are
    deleted.
    """
    reports = list(ReplicationReport.objects.reported_by(user))
    for report in reports:
        page = report.page
        was_public = page is not None and page.first_published_at is not None
        report.delete()
        if page and not was_public:
            page.delete()
    ReplicationPage.objects.filter(owner=user).update(owner=None)
    return len(reports)
