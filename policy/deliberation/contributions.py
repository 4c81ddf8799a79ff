"""Storing, changing, withdrawing and moderating contributions to a draft."""

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from hub.changelog.recording import record
from policy.deliberation import emails
from policy.models import Complaint, Contribution, ContributionRevision
from policy.permissions import is_secretariat

Kind, State = Contribution.Kind, Contribution.State


def is_trusted(user) -> bool:
    """Whether a contribution of ``user`` was approved before."""
    return (
        Contribution.objects.filter(author=user, state=State.SHOWN)
        .exclude(moderated_at=None).exists()
    )


def initial_state(draft, user) -> Contribution.State:
    """Whether a new contribution of ``user`` is shown at once or held for the secretariat."""
    if (
        draft.hold_first_contributions
        and not is_trusted(user)
        and not is_secretariat(draft, user)
    ):
        return State.HELD
    return State.SHOWN


def contribute(draft, paragraph, user, kind, **fields) -> Contribution:
    """Store a contribution of ``user`` to ``paragraph``.

    A second stance on the same object replaces the first, whose text is kept for moderators.
    """
    state = initial_state(draft, user)
    if kind == Kind.STANCE:
        same = {"author": user, "paragraph": paragraph, "kind": kind, "about": fields["about"]}
        existing = Contribution.objects.select_for_update().filter(**same).first()
        if existing:
            # A hidden stance needs a moderator's approval for its new text.
            state = State.HELD if existing.state == State.HIDDEN else state
            return revise(
                existing, state=state, stance=fields["stance"], text=fields["text"]
            )
    contribution = Contribution.objects.create(
        paragraph=paragraph, author=user, kind=kind, state=state, **fields
    )
    record("site")
    return contribution


@transaction.atomic
def revise(contribution, **fields) -> Contribution:
    """Change ``fields`` of ``contribution``; the earlier text is kept for moderators."""
    ContributionRevision.objects.create(
        contribution=contribution, text=contribution.text, reason=contribution.reason
    )
    for name, value in fields.items():
        setattr(contribution, name, value)
    contribution.edited_at = timezone.now()
    contribution.save()
    record("site")
    return contribution


def withdraw(contribution) -> None:
    """Withdraw a contribution of one's own; nobody but moderators may read it after that."""
    contribution.state = State.WITHDRAWN
    contribution.save()
    record("site")


@transaction.atomic
def rebase(amendment, paragraph, text, reason) -> None:
    """Adapt a stale amendment to the current wording of ``paragraph``.

    When its text changes, stances on it are withdrawn and their authors get an e-mail.
    """
    is_same = text == amendment.text
    revise(
        amendment, paragraph=paragraph, base=paragraph.current, text=text, reason=reason
    )
    stances = amendment.answers.stances()
    stances.update(paragraph=paragraph)
    if not is_same:
        for stance in stances.filter(state=State.SHOWN).select_related("author"):
            emails.send_stance_withdrawn(stance, amendment)
        stances.update(state=State.WITHDRAWN)


def count_by_paragraph(draft) -> dict[int, dict[str, int]]:
    """Primary key of a paragraph → its numbers of public contributions.

    Keys: comments, amendments (undecided ones), support and objections (to the current wording).
    """
    shown = Q(contributions__state=State.SHOWN)

    def count(**conditions):
        conditions = {f"contributions__{name}": value for name, value in conditions.items()}
        return Count("contributions", filter=shown & Q(**conditions), distinct=True)

    Stance = Contribution.Stance
    rows = draft.paragraphs.annotate(
        comments=count(kind=Kind.COMMENT),
        amendments=count(kind=Kind.AMENDMENT, decision=None),
        support=count(kind=Kind.STANCE, stance=Stance.SUPPORT, about=None),
        objections=count(kind=Kind.STANCE, stance=Stance.OBJECT, about=None),
    ).values("pk", "comments", "amendments", "support", "objections")
    return {row.pop("pk"): row for row in rows}


# Moderation


def approve(contribution, moderator) -> None:
    _moderate(contribution, moderator, State.SHOWN, "")


def hide(contribution, moderator, reason) -> None:
    """Hide the contribution, show ``reason`` in its place, and e-mail its author."""
    _moderate(contribution, moderator, State.HIDDEN, reason)
    emails.send_contribution_hidden(contribution)


@transaction.atomic
def _moderate(contribution, moderator, state, reason):
    contribution.state, contribution.hidden_reason = state, reason
    contribution.moderated_by, contribution.moderated_at = moderator, timezone.now()
    contribution.save()
    contribution.complaints.filter(settled_at=None).update(settled_at=timezone.now())
    record("site")


def complain(contribution, user, reason) -> None:
    """Store a complaint for the secretariat; ``user`` may be None."""
    Complaint.objects.create(contribution=contribution, author=user, reason=reason)
