"""Invite reviewers by e-mail, and resolve the signed links in these e-mails."""

from datetime import timedelta
from email.utils import parseaddr

from django.contrib.auth import get_user_model
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from hub.email.sending import absolute, language_of, send_email
from models_lib.models import Reviewer

SALT = "models_lib.peer_review"
MAX_REVIEWERS = 20  # of a round


def read_addresses(text) -> list[tuple[str, str]]:
    """(name, address) of each line of ``text``, e.g. ``Somchai <s@example.org>``.

    Raises ValidationError with the lines that are no addresses.
    """
    found, wrong = {}, []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, address = parseaddr(line)
        try:
            validate_email(address)
            found.setdefault(address.lower(), name[:200])
        except ValidationError:
            wrong.append(line[:80])
    if wrong:
        raise ValidationError(
            _("These are no e-mail addresses: %(lines)s") % {"lines": "; ".join(wrong)}
        )
    return [(name, address) for address, name in found.items()]


def invite(review, addresses, language) -> int:
    """E-mail each of ``addresses`` ((name, address)); returns the number of e-mails.

    Reviewers who are invited again get a new link, and the old one becomes invalid; reviewers who
    have answered get no e-mail. Raises ValidationError for more than ``MAX_REVIEWERS``.
    """
    known = {r.email: r for r in review.reviewers.select_related("review", "user")}
    new = [address for _name, address in addresses if address not in known]
    if len(known) + len(new) > MAX_REVIEWERS:
        raise ValidationError(
            _("A round takes up to %(most)s reviewers.") % {"most": MAX_REVIEWERS}
        )
    sent = 0
    for name, address in addresses:
        reviewer = known.get(address) or Reviewer(peer_review=review, email=address)
        if reviewer.submitted_review:
            continue
        reviewer.name = name or reviewer.name
        reviewer.user = _user_of(address)
        reviewer.language = language_of(reviewer.user) if reviewer.user else language
        _renew_link(reviewer)
        _send_invitation(reviewer)
        sent += 1
    return sent


def _user_of(address):
    """The active user with ``address``; None if no user or several have it."""
    users = get_user_model().objects.filter(email__iexact=address, is_active=True)
    return users.get() if users.count() == 1 else None


def _renew_link(reviewer) -> None:
    now = timezone.now()
    reviewer.key = Reviewer._meta.get_field("key").get_default()
    reviewer.invited_at, reviewer.expires_at = now, now + timedelta(days=Reviewer.LINK_VALID_DAYS)
    reviewer.revoked_at = reviewer.declined_at = None
    reviewer.save()


def _send_invitation(reviewer) -> None:
    with override(reviewer.language):
        url = absolute(reverse("peer_review", args=[token_of(reviewer)]))
    context = {
        "title": reviewer.peer_review.page.title, "url": url, "expires_at": reviewer.expires_at,
        "name": reviewer.name,
    }
    send_email(
        reviewer.email, reviewer.language, "models_lib/peer_review/emails/invitation.txt",
        gettext_lazy("Will you review a Model?"), context, valid_until=reviewer.expires_at,
    )


def token_of(reviewer) -> str:
    """The signed token in the reviewer's link."""
    return signing.Signer(salt=SALT).sign(reviewer.key.hex)


def reviewer_of(token, user) -> Reviewer | None:
    """The reviewer to whom ``token`` was sent; None if ``user`` may not use the link now."""
    try:
        key = signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature:
        return None
    reviewer = (
        Reviewer.objects.filter(key=key)
        .select_related("peer_review__page__locale", "peer_review__revision", "review").first()
    )
    return reviewer if reviewer and reviewer.may_read(user) else None
