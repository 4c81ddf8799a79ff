"""What the templates of deliberation need: names of people, words that differ, counts."""

from django import template
from django.db.models import Count, Q

from hub.versions.diff import Kind, word_changes
from policy.deliberation.participation import is_secretariat
from policy.deliberation.secretariat_views import may_adopt
from policy.models import Contribution

register = template.Library()


@register.inclusion_tag("policy/word_difference.html")
def word_difference(old, new):
    """``new`` as it differs from ``old``: words taken out and words put in, each marked."""
    return {"changes": word_changes(old, new), "Kind": Kind}


@register.simple_tag
def said_about(draft) -> dict:
    """For each paragraph of ``draft`` how much is shown about it: comments, open amendments, and
    support and objections to its words as they stand."""
    kind, shown = Contribution.Kind, Q(contributions__state=Contribution.State.SHOWN)

    def counted(**which):
        which = {f"contributions__{name}": value for name, value in which.items()}
        return Count("contributions", filter=shown & Q(**which), distinct=True)

    rows = draft.paragraphs.annotate(
        comments=counted(kind=kind.COMMENT),
        amendments=counted(kind=kind.AMENDMENT, decision=None),
        support=counted(kind=kind.STANCE, stance="support", about=None),
        objections=counted(kind=kind.STANCE, stance="object", about=None),
    ).values("pk", "comments", "amendments", "support", "objections")
    return {row["pk"]: row for row in rows}


@register.filter
def of(counts, paragraph) -> dict:
    return counts.get(paragraph.pk, {})


@register.filter
def stances(rows, stance) -> list:
    """The shown support or objections among ``rows``."""
    return [r for r in rows if r.stance == stance and r.state == Contribution.State.SHOWN]


@register.simple_tag(takes_context=True)
def rights_on(context, draft) -> dict:
    """What the reader may do beside reading: decide, adopt."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"decides": is_secretariat(draft, user), "adopts": may_adopt(draft, user)}
