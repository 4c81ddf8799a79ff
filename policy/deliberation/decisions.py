"""The secretariat's decisions: each is an entry in the register, makes the next wordings, keeps
what they grew from, and is told to everybody whose words it was about."""

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
    """What every decision says: by whom, why, where and when."""

    user: object
    reason: str
    meeting: str = ""
    decided_on: date | None = None


@transaction.atomic
def accept(draft, amendment, ruling) -> Decision:
    """The proposal becomes the text. Raises ValidationError when other words stand by now."""
    decision = _decision(draft, Kind.ACCEPT, ruling)
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
        paragraph.reworded(amendment.text, decision)
    return _decided(draft, decision, [amendment], [paragraph])


@transaction.atomic
def merge(draft, amendments, text, ruling) -> Decision:
    """One wording takes up several proposals for a paragraph that stands; the paragraph of the
    first that does is reworded."""
    decision = _decision(draft, Kind.MERGE, ruling)
    amendments = _undecided(draft, amendments)
    paragraph = next(
        (p for p in map(_standing, amendments) if p is not None), None
    )
    if paragraph is None:
        raise ValidationError(_("None of the paragraphs of these proposals stands any more."))
    sources = [paragraph.current, *(
        a.base for a in amendments if a.base.paragraph_id != paragraph.pk
    )]
    paragraph.reworded(text, decision, sources)
    return _decided(draft, decision, amendments, [paragraph])


@transaction.atomic
def reject(draft, amendments, ruling) -> Decision:
    decision = _decision(draft, Kind.REJECT, ruling)
    return _decided(draft, decision, _undecided(draft, amendments), [])


@transaction.atomic
def split(draft, paragraph, texts, ruling) -> Decision:
    """``paragraph`` is replaced by new ones, one for each of ``texts``."""
    decision = _decision(draft, Kind.SPLIT, ruling)
    paragraph = _must_stand(paragraph)
    _insert(draft, paragraph, texts, decision, [paragraph.current])
    paragraph.retired_by = decision
    paragraph.save(update_fields=["retired_by"])
    return _decided(draft, decision, [], [paragraph])


@transaction.atomic
def join(draft, paragraph, following, text, ruling) -> Decision:
    """``following`` goes into ``paragraph``, which says ``text`` from now on."""
    decision = _decision(draft, Kind.JOIN, ruling)
    paragraph, following = _must_stand(paragraph), _must_stand(following)
    paragraph.reworded(text, decision, [paragraph.current, following.current])
    following.retired_by = decision
    following.save(update_fields=["retired_by"])
    return _decided(draft, decision, [], [paragraph, following])


def successors_of(paragraph) -> list[Paragraph]:
    """The paragraphs that stand in place of one that was split or joined, at any depth."""
    if paragraph.retired_by_id is None:
        return [paragraph]
    found = Paragraph.objects.filter(
        wordings__sources__paragraph=paragraph, wordings__decision=paragraph.retired_by_id
    ).exclude(pk=paragraph.pk).distinct()
    return [last for near in found for last in successors_of(near)]


def _standing(amendment) -> Paragraph | None:
    return next(iter(successors_of(amendment.paragraph)), None)


def _must_stand(paragraph) -> Paragraph:
    paragraph.refresh_from_db()
    if paragraph.retired_by_id:
        raise ValidationError(_("%(paragraph)s does not stand any more.") % {
            "paragraph": paragraph.heading})
    return paragraph


def _decision(draft, kind, ruling) -> Decision:
    """The next entry of the register. Holds the draft until the transaction ends, so that two
    people who decide at once do so one after the other."""
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
    """The same amendments as they are now, after the draft was locked."""
    found = list(
        Contribution.objects.undecided()
        .filter(paragraph__draft=draft, pk__in=[a.pk for a in amendments])
        .select_related("paragraph", "base", "author")
    )
    if not found or len(found) != len({a.pk for a in amendments}):
        raise ValidationError(_("Somebody has decided on this meanwhile. Look again."))
    return found


def _insert(draft, after, texts, decision, sources=()) -> None:
    """New paragraphs behind ``after``, labelled as its parts."""
    taken = set(draft.paragraphs.values_list("label", flat=True))
    made = []
    for text in texts:
        number = next(n for n in range(1, len(taken) + 2) if f"{after.label}.{n}" not in taken)
        label = f"{after.label}.{number}"
        taken.add(label)
        paragraph = Paragraph.objects.create(
            draft=draft, label=label, kind=after.kind, position=after.position
        )
        wording = paragraph.reworded(text, decision)
        wording.sources.set(sources)
        made.append(paragraph)
    others = list(draft.paragraphs.exclude(pk__in=[p.pk for p in made]))
    at = next(n for n, p in enumerate(others) if p.pk == after.pk) + 1
    for position, paragraph in enumerate(others[:at] + made + others[at:], 1):
        if paragraph.position != position:
            Paragraph.objects.filter(pk=paragraph.pk).update(position=position)


def _decided(draft, decision, amendments, touched) -> Decision:
    """Close ``amendments``, and write to their authors and to those whose words are stale now."""
    now = timezone.now()
    for amendment in amendments:
        amendment.decision = decision
        if amendment.state == Contribution.State.HELD:  # deciding publishes it
            amendment.state, amendment.moderated_at = Contribution.State.SHOWN, now
            amendment.moderated_by = decision.decided_by
        amendment.save()
        emails.decided(amendment)
    stale = Contribution.objects.undecided().filter(paragraph__in=touched).select_related(
        "author", "paragraph")
    for amendment in stale:
        emails.stale(amendment, decision)
    draft.__dict__.pop("text", None)
    record("page", draft.pk)
    return decision
