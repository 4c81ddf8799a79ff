"""Inviting reviewers, the links in their letters, and what happens when a round ends."""

from datetime import timedelta
from email.utils import parseaddr

from django.contrib.auth import get_user_model
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from wagtail.models import Workflow

from hub.email.sending import absolute, language_of, write_to, write_to_user
from models_lib.models import PeerReview, PeerReviewTask, Reviewer

SALT = "models_lib.peer_review"
MOST = 20  # reviewers of a round


def read_addresses(text) -> list[tuple[str, str]]:
    """(name, address) of each line of ``text``, e.g. ``Somchai <s@example.org>``.

    Raises ValidationError that names the lines that are none.
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
    """Write to each of ``addresses`` ((name, address)); returns how many letters went out.

    Whoever is asked again gets a new link and the old one dies; whoever has answered is left alone.
    Raises ValidationError where it would be more than a round takes.
    """
    known = {r.email: r for r in review.reviewers.select_related("review", "user")}
    new = [address for _name, address in addresses if address not in known]
    if len(known) + len(new) > MOST:
        raise ValidationError(
            _("A round takes up to %(most)s reviewers.") % {"most": MOST}
        )
    sent = 0
    for name, address in addresses:
        reviewer = known.get(address) or Reviewer(peer_review=review, email=address)
        if reviewer.said:
            continue
        reviewer.name = name or reviewer.name
        reviewer.user = _user_of(address)
        reviewer.language = language_of(reviewer.user) if reviewer.user else language
        _renew(reviewer)
        _write(reviewer)
        sent += 1
    return sent


def _user_of(address):
    """The one active user who has ``address``; nobody where two share it."""
    users = get_user_model().objects.filter(email__iexact=address, is_active=True)
    return users.get() if users.count() == 1 else None


def _renew(reviewer) -> None:
    now = timezone.now()
    reviewer.key = Reviewer._meta.get_field("key").get_default()
    reviewer.invited_at, reviewer.expires_at = now, now + timedelta(days=Reviewer.DAYS)
    reviewer.revoked_at = reviewer.declined_at = None
    reviewer.save()


def _write(reviewer) -> None:
    with override(reviewer.language):
        url = absolute(reverse("peer_review", args=[token_of(reviewer)]))
    context = {
        "title": reviewer.peer_review.page.title, "url": url, "expires_at": reviewer.expires_at,
        "name": reviewer.name,
    }
    write_to(
        reviewer.email, reviewer.language, "models_lib/letters/peer_review_invitation.txt",
        gettext_lazy("Will you review a Model?"), context,
    )


def token_of(reviewer) -> str:
    """What the link holds: who was invited, signed by this site."""
    return signing.Signer(salt=SALT).sign(reviewer.key.hex)


def reviewer_of(token, user) -> Reviewer | None:
    """Whom ``token`` was sent to, while the link is good for ``user``."""
    try:
        key = signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature:
        return None
    reviewer = (
        Reviewer.objects.filter(key=key)
        .select_related("peer_review__page__locale", "peer_review__revision", "review").first()
    )
    return reviewer if reviewer and reviewer.may_read(user) else None


def take_in(reviewer, review) -> None:
    """Save what a reviewer said; the first time that it is enough, the moderators hear of it."""
    before = PeerReview.objects.get(pk=reviewer.peer_review_id).is_enough
    review.reviewer = reviewer
    review.save()
    Reviewer.objects.filter(pk=reviewer.pk).update(declined_at=None)
    now = PeerReview.objects.select_related("page", "task_state__task").get(
        pk=reviewer.peer_review_id
    )
    if now.is_enough and not before and now.task_state:
        url = absolute(reverse("models_lib_peer_review", args=[now.page_id]))
        users = get_user_model().objects.filter(
            groups__in=now.task_state.task.specific.groups.all()
        ).distinct()
        for user in users:
            write_to_user(
                user, "models_lib/letters/peer_review_enough.txt",
                gettext_lazy("Enough reviews are in"), {"title": now.page.title, "url": url},
            )


# Starting and ending a round


def workflow() -> Workflow | None:
    """The workflow that begins with a peer review."""
    return (
        Workflow.objects.active()
        .filter(workflow_tasks__task__in=PeerReviewTask.objects.filter(active=True))
        .order_by("pk").first()
    )


def may_start(user, page) -> bool:
    """Whoever may edit a Model may have it reviewed, while no workflow is at work on it."""
    return (
        page.permissions_for_user(user).can_edit()
        and page.current_workflow_state is None
        and page.latest_revision_id is not None
    )


@transaction.atomic
def start(page, user) -> None:
    workflow().start(page, user)


def _closes_with(result):
    def receiver(sender, instance, **kwargs):
        for review in PeerReview.objects.open().filter(task_state_id=instance.pk):
            review.close(result)

    return receiver


passed = _closes_with(PeerReview.Result.PASSED)
changes_asked_for = _closes_with(PeerReview.Result.CHANGES)
cancelled = _closes_with(PeerReview.Result.CANCELLED)
