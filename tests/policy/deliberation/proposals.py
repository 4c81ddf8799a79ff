"""Shortcuts for tests of deliberation: paragraphs by label, contributions, decisions."""

from policy.deliberation import decisions
from policy.deliberation.decisions import Ruling
from policy.models import Contribution


def paragraph(draft, label="2"):
    return draft.paragraphs.get(label=label)


def amend(draft, user, text, label="2", change="reword", **fields):
    at = paragraph(draft, label)
    return Contribution.objects.create(
        paragraph=at, author=user, kind="amendment", change=change, base=at.current, text=text,
        reason="เพราะจำเป็น", **fields,
    )


def comment(draft, user, text, label="2", **fields):
    return Contribution.objects.create(
        paragraph=paragraph(draft, label), author=user, kind="comment", text=text, **fields
    )


def ruling(user, reason="ตกลงกันแล้ว"):
    return Ruling(user, reason)


def active_text(draft):
    """The current text: label → wording."""
    return {p.label: p.current.text for p in draft.paragraphs.active()}


def accept(draft, amendment, user):
    return decisions.accept(draft, amendment, ruling(user))
