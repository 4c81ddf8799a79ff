"""E-mails in the queue as personal data of who gets them."""

from allauth.account.models import EmailAddress
from django.db.models import QuerySet

from hub.email.content import hash_of
from hub.models import QueuedEmail


def emails_to(user) -> QuerySet:
    """Those to any address of ``user``, and the records of them."""
    addresses = set(EmailAddress.objects.filter(user=user).values_list("email", flat=True))
    hashes = [hash_of(address) for address in addresses | {user.email} if address]
    return QueuedEmail.objects.filter(address_hash__in=hashes).order_by("pk")


def export(user) -> list[dict]:
    """What waits or was sent. Not its text: a link in it signs in whoever has the file."""
    return [
        {"kind": row.kind, "state": row.state, "written": row.created_at, "done": row.finished_at}
        for row in emails_to(user)
    ]


def erase(user) -> None:
    emails_to(user).delete()
