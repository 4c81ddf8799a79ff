"""What amendments changed in a resolution, for readers."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hub.formatting import language
from hub.thai.dates import format_date
from policy.models import Amendment, Clause, ClauseTerms
from policy.models.clause_terms import HELD_ONCE
from policy.models.report import amount

LABELS = {
    "number": _("number"), "text": _("text"), "parties": _("responsible parties"),
    "channel": _("channel"), "due": _("due"), "measure": _("what it is measured by"),
    "milestones": _("milestones"), "target": _("target"), "target_unit": _("unit of the target"),
}


@dataclass(frozen=True)
class Change:
    """One thing that an amendment changed in a clause, before and after, as readers see it."""

    clause: str  # number of the clause before
    clause_key: object
    name: str
    before: str
    after: str

    @property
    def label(self):
        return LABELS[self.name]


@dataclass
class AmendmentShown:
    """An amendment with its changes."""

    amendment: Amendment
    changes: list[Change] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """The reason and every change, as one text."""
        changes = "; ".join(f"{c.label}: {c.before} → {c.after}" for c in self.changes)
        return f"{self.amendment.reason} ({changes})"


def amendments_of(resolution_key) -> list[AmendmentShown]:
    """The amendments of a resolution with what each changed, newest first; in three queries."""
    terms = ClauseTerms.objects.filter(resolution_key=resolution_key).select_related("amendment")
    before, shown = {}, {}
    for each in terms.prefetch_related("parties"):
        if each.amendment:
            entry = shown.setdefault(each.amendment_id, AmendmentShown(each.amendment))
            entry.changes += changes_between(before[each.clause_key], each)
        before[each.clause_key] = each
    return sorted(
        shown.values(), key=lambda s: (s.amendment.recorded_on, s.amendment.pk), reverse=True)


def amendments_of_clause(clause) -> list[AmendmentShown]:
    """As ``amendments_of`` the resolution, with what they changed in this clause alone."""
    found = [
        AmendmentShown(shown.amendment, [
            c for c in shown.changes if c.clause_key == clause.translation_key])
        for shown in amendments_of(clause.page.translation_key)
    ]
    return [shown for shown in found if shown.changes]


def due_days_of(clause) -> list:
    """The due dates that have been in force on their day, in order."""
    terms = list(ClauseTerms.objects.filter(clause_key=clause.translation_key))
    if not terms:
        return [clause.due] if clause.due else []
    ends = [each.since for each in terms[1:]] + [date.max]
    return sorted({
        each.due for each, end in zip(terms, ends, strict=True) if each.due and each.due < end
    })


def changes_between(before, after) -> list[Change]:
    """What differs between two ``ClauseTerms`` of one clause."""
    found = []
    for name in (*HELD_ONCE, "parties"):
        old, new = shown_value(before, name), shown_value(after, name)
        if old != new:
            found.append(Change(before.number, before.clause_key, name, old, new))
    for code in sorted({*before.texts, *after.texts}, key=lambda code: code != get_language()):
        old, new = before.texts.get(code, ""), after.texts.get(code, "")
        if old != new:
            found.append(Change(before.number, before.clause_key, "text", old, new))
    return found


def shown_value(terms, name) -> str:
    """A value of terms in words; "–" where there is none."""
    if name == "parties":
        return ", ".join(sorted(party.name for party in terms.parties.all())) or "–"
    value = getattr(terms, name)
    if value is None or value == "":
        return "–"
    if name == "due":
        return format_date(value, language())
    if name == "channel":
        return str(Clause.Channel(value).label)
    return amount(value, "") if name == "target" else str(value)
