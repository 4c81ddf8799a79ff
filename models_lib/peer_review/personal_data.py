"""A reviewer's invitations and reviews: in their data export, and their erasure.

Invitations belong to an account or, of those who were invited without one, to an address.
"""

import uuid

from django.db import transaction
from django.db.models import Q, QuerySet

from hub.changelog.recording import record
from hub.models.addresses import at_addresses_of
from models_lib.models import Review, Reviewer


def invitations_of(user) -> QuerySet:
    return Reviewer.objects.filter(Q(user=user) | at_addresses_of(user)).order_by("pk")


def export(user) -> list[dict]:
    """The invitations of ``user``, each with the review if there is one, ready for JSON."""
    return [
        {
            "model": reviewer.peer_review.page.title, "name": reviewer.name,
            "email": reviewer.email, "invited": reviewer.invited_at,
            "declined": reviewer.declined_at,
            "review": Review.objects.filter(reviewer=reviewer).values(
                "evidence", "evidence_text", "conditions", "conditions_text", "costs",
                "costs_text", "replicability", "replicability_text", "recommendation", "text",
                "interest", "signed_name", "texts_are_public", "sent_at",
            ).first(),
        }
        for reviewer in invitations_of(user).select_related("peer_review__page")
    ]


@transaction.atomic
def erase(user) -> None:
    """Delete invitations without a review, and take the person out of the others.

    Verdicts and texts stay, since the result of the round rests on them.
    """
    invitations = invitations_of(user)
    invitations.filter(review=None).delete()
    Review.objects.filter(reviewer__in=invitations).update(signed_name="", interest="")
    for reviewer in invitations:
        reviewer.name, reviewer.email, reviewer.user = "", "", None
        reviewer.key = uuid.uuid4()  # the link in the e-mail leads nowhere now
        reviewer.save()
    record("site")  # pages show who signed
