"""E-mails to the caretakers of pages that rest on withdrawn knowledge."""

from collections import defaultdict

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hub.email.sending import absolute, send_email_to_user
from hub.models import KnowledgePage


def caretakers_of(page) -> set:
    """The owner of ``page`` and the caretakers that editors chose."""
    return {person for person in [page.owner, *page.caretakers.all()] if person}


def notify_caretakers(withdrawal, flags) -> None:
    """One e-mail to each caretaker of flagged pages, listing all of theirs.

    A withdrawn page that is not public is not named: the caretaker may not be among its readers.
    """
    by_key = {flag.key: flag for flag in flags}
    pages = (
        KnowledgePage.objects.filter(translation_key__in=by_key)
        .select_related("owner__wagtail_userprofile")
        .prefetch_related("caretakers__wagtail_userprofile")
        .order_by("path")
    )
    mine = defaultdict(list)
    for page in pages:
        for person in caretakers_of(page):
            mine[person].append({
                "title": page.title,
                "url": absolute(reverse("hub_review", args=[by_key[page.translation_key].pk])),
            })
    if not mine:
        return
    withdrawn = KnowledgePage.objects.open_to_all().filter(
        translation_key=withdrawal.key
    ).order_by("locale_id").first()
    for person in sorted(mine, key=lambda p: p.pk):
        send_email_to_user(
            person, "hub/withdrawals/emails/rests_on_withdrawn.txt",
            _("Please look: a page of yours rests on withdrawn knowledge"),
            {
                "pages": mine[person],
                "withdrawal": withdrawal if withdrawn else None,
                "withdrawn_url": withdrawn and absolute(withdrawn.get_url()),
                "successor": withdrawal.successor if _is_open(withdrawal.successor) else None,
            },
        )


def _is_open(page) -> bool:
    return bool(page) and KnowledgePage.objects.open_to_all().filter(pk=page.pk).exists()
