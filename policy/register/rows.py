"""The rows of a draft's register: every public proposal and every decision."""

from dataclasses import dataclass

from django.db.models import Q

from policy.models import Contribution, Decision


@dataclass(frozen=True)
class Row:
    """A proposal and its decision, if any; splits and joins have no ``amendment``."""

    paragraph: str  # label of the paragraph
    amendment: Contribution | None
    decision: Decision | None
    support: int = 0
    objections: int = 0

    @property
    def text(self) -> str:
        """The proposed text; empty when it was hidden."""
        if self.amendment is None or self.amendment.state == Contribution.State.HIDDEN:
            return ""
        if self.amendment.change == Contribution.Change.STRIKE:
            return str(self.amendment.get_change_display())
        return self.amendment.text

    @property
    def reason(self) -> str:
        is_shown = self.amendment and self.amendment.state == Contribution.State.SHOWN
        return self.amendment.reason if is_shown else ""


def rows_of(draft) -> list[Row]:
    """The public register: proposals in the order of the paragraphs, then splits and joins.

    Held and withdrawn proposals, and those hidden before a decision, are not part of it.
    """
    S = Contribution.State
    amendments = (
        Contribution.objects.amendments().filter(paragraph__draft=draft)
        .filter(Q(state=S.SHOWN) | Q(state=S.HIDDEN, decision__isnull=False))
        .select_related("paragraph", "base", "author", "decision").prefetch_related("answers")
    )
    rows = []
    for amendment in sorted(amendments, key=lambda a: (a.paragraph.position, a.pk)):
        stances = [s.stance for s in amendment.answers.all() if s.state == S.SHOWN]
        rows.append(Row(
            amendment.paragraph.label, amendment, amendment.decision,
            stances.count(Contribution.Stance.SUPPORT), stances.count(Contribution.Stance.OBJECT),
        ))
    others = draft.decisions.filter(kind__in=[Decision.Kind.SPLIT, Decision.Kind.JOIN])
    for decision in others.prefetch_related("retired"):
        labels = ", ".join(p.label for p in decision.retired.all())
        rows.append(Row(labels, None, decision))
    return rows


def undecided_rows(draft) -> list[Row]:
    """The proposals without a decision."""
    return [row for row in rows_of(draft) if row.decision is None]
