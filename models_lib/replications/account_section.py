"""What one person reported, for "My page", for taking one's data along and for erasing it."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from hub.people.account_pages import AccountItem, AccountSection
from models_lib.models import ReplicationContact, ReplicationPage, ReplicationReport


def reports_of(user):
    """The reports of ``user``, what was touched last first; each knows its ``state``."""
    return ReplicationReport.objects.of(user)


def section(user) -> AccountSection | None:
    items = [
        AccountItem(report.model.title, reverse("replications_mine"), str(report.state.label))
        for report in reports_of(user)
    ]
    return AccountSection(_("My reports"), items) if items else None


def export_of(user) -> list[dict]:
    """All that is kept of the reports of ``user``, as JSON takes it."""
    return [
        {
            "model": report.model.title,
            "state": str(report.state),
            "begun": report.created_at.isoformat(),
            "sent": report.sent_at.isoformat() if report.sent_at else None,
            "page": report.page.title if report.page else None,
            "answers": report.typed,
            "contact": ReplicationContact.objects.filter(report=report)
            .values("name", "phone", "email").first(),
            "photos": [photo.alt_text for photo in report.photos.all()],
            "answer_of_the_editors": report.question,
        }
        for report in reports_of(user)
    ]


@transaction.atomic
def erase_of(user) -> int:
    """Forget who reported; returns how many reports were forgotten.

    What was published stays, for others rely on it, without its reporter; what was not goes.
    """
    reports = list(reports_of(user))
    for report in reports:
        page = report.page
        was_public = page is not None and page.first_published_at is not None
        report.delete()
        if page and not was_public:
            page.delete()
    ReplicationPage.objects.filter(owner=user).update(owner=None)
    return len(reports)
