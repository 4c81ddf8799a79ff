"""What people may say about a draft and when, and how it is kept, changed and moderated."""

from django.db import transaction
from django.utils import timezone

from hub.changelog.recording import record
from policy.deliberation import emails
from policy.deliberation.participation import is_secretariat
from policy.models import Complaint, Contribution, EarlierText

Kind, State = Contribution.Kind, Contribution.State


def is_trusted(user) -> bool:
    """Whether something that ``user`` said was approved before."""
    return (
        Contribution.objects.filter(author=user, state=State.SHOWN)
        .exclude(moderated_at=None).exists()
    )


def state_for(draft, user) -> Contribution.State:
    """Whether a new contribution of ``user`` is shown at once or waits for the secretariat."""
    if draft.hold_first and not is_trusted(user) and not is_secretariat(draft, user):
        return State.HELD
    return State.SHOWN


def contribute(draft, paragraph, user, kind, **said) -> Contribution:
    """Keep what ``user`` says about ``paragraph``; a second stance on the same replaces the first,
    whose text is kept for moderators."""
    state = state_for(draft, user)
    if kind == Kind.STANCE:
        same = {"author": user, "paragraph": paragraph, "kind": kind, "about": said["about"]}
        earlier = Contribution.objects.select_for_update().filter(**same).first()
        if earlier:
            # What a moderator hid stays hidden until a moderator looks at the new words.
            state = State.HELD if earlier.state == State.HIDDEN else state
            return rewrite(earlier, state=state, stance=said["stance"], text=said["text"])
    made = Contribution.objects.create(
        paragraph=paragraph, author=user, kind=kind, state=state, **said
    )
    record("site")
    return made


@transaction.atomic
def rewrite(contribution, **changed) -> Contribution:
    """Give ``contribution`` other words; the earlier ones are kept for moderators."""
    EarlierText.objects.create(
        contribution=contribution, text=contribution.text, reason=contribution.reason
    )
    for name, value in changed.items():
        setattr(contribution, name, value)
    contribution.edited_at = timezone.now()
    contribution.save()
    record("site")
    return contribution


def withdraw(contribution) -> None:
    """Take back what one said oneself; nobody but moderators reads it any more."""
    contribution.state = State.WITHDRAWN
    contribution.save()
    record("site")


@transaction.atomic
def rebase(amendment, paragraph, text, reason) -> None:
    """Make a stale amendment for the wording that stands now. Who took a stance on other words
    than these is told, and the stance is taken off."""
    is_same = text == amendment.text
    rewrite(
        amendment, paragraph=paragraph, base=paragraph.current, text=text, reason=reason
    )
    stances = amendment.answers.stances()
    stances.update(paragraph=paragraph)
    if not is_same:
        for stance in stances.filter(state=State.SHOWN).select_related("author"):
            emails.words_changed(stance, amendment)
        stances.update(state=State.WITHDRAWN)


# Moderation


def approve(contribution, moderator) -> None:
    _moderate(contribution, moderator, State.SHOWN, "")


def hide(contribution, moderator, reason) -> None:
    """Hide it from everybody, say why in its place, and write to its author."""
    _moderate(contribution, moderator, State.HIDDEN, reason)
    emails.hidden(contribution)


@transaction.atomic
def _moderate(contribution, moderator, state, reason):
    contribution.state, contribution.hidden_reason = state, reason
    contribution.moderated_by, contribution.moderated_at = moderator, timezone.now()
    contribution.save()
    contribution.complaints.filter(settled_at=None).update(settled_at=timezone.now())
    record("site")


def complain(contribution, user, reason) -> None:
    """Tell the secretariat that ``contribution`` does not belong here; ``user`` may be None."""
    Complaint.objects.create(contribution=contribution, author=user, reason=reason)
