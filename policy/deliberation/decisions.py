"""Decisions of the secretariat on amendments and paragraphs.

Each decision is an entry in the register, adds wordings with their sources, and is e-mailed to the
authors concerned.
"""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hub.changelog.recording import record
from policy.deliberation import emails
from policy.models import Contribution, Decision, DraftResolutionPage, Paragraph

Kind, Change = Decision.Kind, Contribution.Change


@dataclass(frozen=True)
class Ruling:
    """What all decisions have in common: by whom, why, where and when."""

    user: object
    reason: str
    meeting: str = ""
    decided_on: date | None = None


@transaction.atomic
def accept(draft, amendment, ruling) -> Decision:
    """The amendment becomes the text. Raises ValidationError when it is stale."""
    decision = _create_decision(draft, Kind.ACCEPT, ruling)
    amendment = _undecided(draft, [amendment])[0]
    paragraph = amendment.paragraph
    if amendment.is_stale:
        raise ValidationError(_(
            "“%(words)s” was proposed for words that do not stand any more: merge it into a new "
            "wording, or let its author adapt it."
        ) % {"words": amendment.text[:60]})
    if amendment.change == Change.STRIKE:
        paragraph.retired_by = decision
        paragraph.save(update_fields=["retired_by"])
    elif amendment.change == Change.ADD:
        _insert(draft, paragraph, [amendment.text], decision)
    else:
        paragraph.add_wording(amendment.text, decision)
    return _finish(draft, decision, [amendment], [paragraph])


@transaction.atomic
def merge(draft, amendments, text, ruling) -> Decision:
    """Several amendments become one new wording, of the first active paragraph among theirs.

    Raises ValidationError when none of their paragraphs is active.
    """
    decision = _create_decision(draft, Kind.MERGE, ruling)
    amendments = _undecided(draft, amendments)
    paragraph = next(
        (p for p in map(_active_paragraph, amendments) if p is not None), None
    )
    if paragraph is None:
        raise ValidationError(_("None of the paragraphs of these proposals stands any more."))
    sources = [paragraph.current, *(
        a.base for a in amendments if a.base.paragraph_id != paragraph.pk
    )]
    paragraph.add_wording(text, decision, sources)
    return _finish(draft, decision, amendments, [paragraph])


@transaction.atomic
def reject(draft, amendments, ruling) -> Decision:
    decision = _create_decision(draft, Kind.REJECT, ruling)
    return _finish(draft, decision, _undecided(draft, amendments), [])


@transaction.atomic
def split(draft, paragraph, texts, ruling) -> Decision:
    """``paragraph`` is replaced by new ones, one for each of ``texts``.

    Raises ValidationError when it is not active.
    """
    decision = _create_decision(draft, Kind.SPLIT, ruling)
    paragraph = _must_be_active(paragraph)
    _insert(draft, paragraph, texts, decision, [paragraph.current])
    paragraph.retired_by = decision
    paragraph.save(update_fields=["retired_by"])
    return _finish(draft, decision, [], [paragraph])


@transaction.atomic
def join(draft, paragraph, following, text, ruling) -> Decision:
    """``following`` is merged into ``paragraph``, whose new wording is ``text``.

    Raises ValidationError when one of them is not active.
    """
    decision = _create_decision(draft, Kind.JOIN, ruling)
    paragraph, following = _must_be_active(paragraph), _must_be_active(following)
    paragraph.add_wording(text, decision, [paragraph.current, following.current])
    following.retired_by = decision
    following.save(update_fields=["retired_by"])
    return _finish(draft, decision, [], [paragraph, following])


def successors_of(paragraph) -> list[Paragraph]:
    """The active paragraphs that replace one that was split or joined, at any depth."""
    if paragraph.retired_by_id is None:
        return [paragraph]
    direct = Paragraph.objects.filter(
        wordings__sources__paragraph=paragraph, wordings__decision=paragraph.retired_by_id
    ).exclude(pk=paragraph.pk).distinct()
    return [last for successor in direct for last in successors_of(successor)]


def _active_paragraph(amendment) -> Paragraph | None:
    return next(iter(successors_of(amendment.paragraph)), None)


def _must_be_active(paragraph) -> Paragraph:
    paragraph.refresh_from_db()
    if paragraph.retired_by_id:
        raise ValidationError(_("%(paragraph)s does not stand any more.") % {
            "paragraph": paragraph.heading})
    return paragraph


def _create_decision(draft, kind, ruling) -> Decision:
    """The next entry of the register.

    Locks the draft until the transaction ends, so that concurrent decisions run in turn. Raises
    ValidationError when the draft is closed.
    """
    locked = DraftResolutionPage.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if locked.adopted_as or not locked.live:
        raise ValidationError(_("This draft is closed: nothing more is decided on it."))
    last = draft.decisions.order_by("number").last()
    return Decision.objects.create(
        draft=draft, number=last.number + 1 if last else 1, kind=kind, reason=ruling.reason,
        meeting=ruling.meeting, decided_by=ruling.user,
        decided_on=ruling.decided_on or timezone.localdate(),
    )


def _undecided(draft, amendments) -> list[Contribution]:
    """The amendments, read again after the draft was locked.

    Raises ValidationError when one of them was decided meanwhile.
    """
    found = list(
        Contribution.objects.undecided()
        .filter(paragraph__draft=draft, pk__in=[a.pk for a in amendments])
        .select_related("paragraph", "base", "author")
    )
    if not found or len(found) != len({a.pk for a in amendments}):
        raise ValidationError(_("Somebody has decided on this meanwhile. Look again."))
    return found


def _insert(draft, after, texts, decision, sources=()) -> None:
    """Add paragraphs behind ``after``, labelled as its parts (2.1, 2.2)."""
    taken = set(draft.paragraphs.values_list("label", flat=True))
    new = []
    for text in texts:
        number = next(n for n in range(1, len(taken) + 2) if f"{after.label}.{n}" not in taken)
        label = f"{after.label}.{number}"
        taken.add(label)
        paragraph = Paragraph.objects.create(
            draft=draft, label=label, kind=after.kind, position=after.position
        )
        wording = paragraph.add_wording(text, decision)
        wording.sources.set(sources)
        new.append(paragraph)
    others = list(draft.paragraphs.exclude(pk__in=[p.pk for p in new]))
    at = next(n for n, p in enumerate(others) if p.pk == after.pk) + 1
    for position, paragraph in enumerate(others[:at] + new + others[at:], 1):
        if paragraph.position != position:
            Paragraph.objects.filter(pk=paragraph.pk).update(position=position)


def _finish(draft, decision, amendments, changed) -> Decision:
    """Close ``amendments`` and e-mail their authors, and those whose amendments became stale."""
    now = timezone.now()
    for amendment in amendments:
        amendment.decision = decision
        if amendment.state == Contribution.State.HELD:  # a decision publishes it
            amendment.state, amendment.moderated_at = Contribution.State.SHOWN, now
            amendment.moderated_by = decision.decided_by
        amendment.save()
        emails.send_decision(amendment)
    stale = Contribution.objects.undecided().filter(paragraph__in=changed).select_related(
        "author", "paragraph")
    for amendment in stale:
        emails.send_amendment_outdated(amendment, decision)
    draft.__dict__.pop("active_paragraphs", None)
    record("page", draft.pk)
    return decision
