"""Signed links in reminders, valid for 30 days and one report; a new key of the party revokes them.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.utils.crypto import get_random_string

from policy.models import ClauseReport, Party

# Salts: a token for one purpose is invalid for the other.
REPORT, OPT_OUT = "policy.reminder.report", "policy.reminder.quiet"
VALID_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Link:
    party: Party
    clause_key: uuid.UUID
    digest: str  # SHA-256 of the token: identifies the link without revealing it


def token_for(party, clause_key) -> str:
    """A new token; a nonce makes it different in each e-mail to each reader."""
    return signing.dumps(
        [party.pk, clause_key.hex, party.link_key, get_random_string(8)], salt=REPORT
    )


def read(token) -> Link | None:
    """The link of ``token``; None when it is expired, revoked, used or invalid."""
    try:
        pk, clause_key, link_key, _nonce = signing.loads(token, salt=REPORT, max_age=VALID_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    party = Party.objects.filter(pk=pk, link_key=link_key).first()
    digest = hashlib.sha256(token.encode()).hexdigest()
    if party is None or ClauseReport.objects.filter(link_digest=digest).exists():
        return None
    return Link(party, uuid.UUID(clause_key), digest)


def opt_out_token(party, email) -> str:
    """A token without expiry: people must always be able to opt out."""
    return signing.dumps([party.pk, email], salt=OPT_OUT)


def read_opt_out(token) -> tuple[Party, str] | None:
    """The party and the e-mail address of ``token``; None when it is invalid."""
    try:
        pk, email = signing.loads(token, salt=OPT_OUT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    party = Party.objects.filter(pk=pk).first()
    return (party, email) if party else None
