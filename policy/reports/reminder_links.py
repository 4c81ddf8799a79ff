"""The links in reminders: signed, good for 30 days and one report, void with the party's key."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.utils.crypto import get_random_string

from policy.models import ClauseReport, Party

# What the signatures are for: one does not do for the other.
REPORT, QUIET = "policy.reminder.report", "policy.reminder.quiet"
GOOD_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Link:
    party: Party
    clause_key: uuid.UUID
    digest: str  # tells this link from all others, and does not give it away


def token_for(party, clause_key) -> str:
    """A new token: each letter to each reader has its own."""
    said = [party.pk, clause_key.hex, party.key, get_random_string(8)]
    return signing.dumps(said, salt=REPORT)


def read(token) -> Link | None:
    """What ``token`` is good for, None when it is too old, revoked, used or was never made."""
    try:
        pk, key, of_party, _chance = signing.loads(token, salt=REPORT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    party = Party.objects.filter(pk=pk, key=of_party).first()
    digest = hashlib.sha256(token.encode()).hexdigest()
    if party is None or ClauseReport.objects.filter(link_digest=digest).exists():
        return None
    return Link(party, uuid.UUID(key), digest)


def quiet_token(party, email) -> str:
    """A token that never grows old: stopping must always work."""
    return signing.dumps([party.pk, email], salt=QUIET)


def read_quiet(token) -> tuple[Party, str] | None:
    try:
        pk, email = signing.loads(token, salt=QUIET)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    party = Party.objects.filter(pk=pk).first()
    return (party, email) if party else None
