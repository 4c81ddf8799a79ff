"""Template tags of policy: timelines, clauses with their status, contributions to a draft."""

from django import template

from hub.versions.diff import Kind, word_changes
from policy import permissions
from policy.deliberation.contributions import count_by_paragraph
from policy.ledger.amendments import amendments_of
from policy.ledger.clause_party_status import with_clauses, with_status
from policy.models import Contribution
from policy.process.timeline import timeline_of, timelines_of_issue

register = template.Library()


# Process


@register.simple_tag
def assembly_timeline(assembly):
    """The ``Timeline`` of an assembly, or None."""
    return timeline_of(assembly)


@register.simple_tag
def draft_timeline(draft):
    """The ``Timeline`` of a draft's assembly, with actions that lead to the draft, or None."""
    return timeline_of(draft.assembly, draft)


@register.simple_tag
def issue_timelines(issue) -> list:
    """The timelines of the assemblies that have an issue on their agenda."""
    return timelines_of_issue(issue)


# Ledger


@register.simple_tag
def clauses_with_status(resolution) -> list:
    """The clauses of a resolution in order, each with its status, cells and records."""
    return with_status(list(resolution.clauses.all()), with_records=True)


@register.simple_tag
def amendments_of_resolution(resolution) -> list:
    """The amendments of a resolution with what each changed, newest first."""
    return amendments_of(resolution.translation_key)


@register.simple_tag
def resolutions_with_clauses(assembly) -> list:
    """The public resolutions of an assembly, each with its clauses and their status."""
    return with_clauses(assembly.resolutions)


# Deliberation


@register.inclusion_tag("policy/deliberation/includes/word_difference.html")
def word_difference(old, new):
    """``new`` compared with ``old``, with deleted and inserted words marked."""
    return {"changes": word_changes(old, new), "Kind": Kind}


@register.simple_tag
def paragraphs_with_counts(draft) -> list:
    """The paragraphs of the text in order, each with ``counts`` of public contributions."""
    counts = count_by_paragraph(draft)
    for paragraph in draft.active_paragraphs:
        paragraph.counts = counts.get(paragraph.pk, {})
    return draft.active_paragraphs


@register.filter
def stances(rows, stance) -> list:
    """The public stances among ``rows`` that are ``stance``: support or object."""
    return [r for r in rows if r.stance == stance and r.state == Contribution.State.SHOWN]


@register.simple_tag(takes_context=True)
def permissions_on(context, draft) -> dict:
    """What the reader may do with a draft besides contributing: ``decide`` and ``adopt``."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {
        "decide": permissions.is_secretariat(draft, user),
        "adopt": permissions.may_adopt(draft, user),
    }
