"""The paragraphs of a draft, created from the text that its editors tabled."""

import uuid

from policy.models import DraftResolutionPage, Paragraph
from policy.models.paragraph import normalise_wording


def sync_paragraphs(draft: DraftResolutionPage) -> None:
    """Create and update the paragraphs of ``draft`` from its tabled text.

    Called at each publication; does nothing once deliberation has begun. A paragraph keeps the key
    of its block; labels follow the order.
    """
    if draft.is_deliberated:
        return
    existing = {paragraph.key: paragraph for paragraph in draft.paragraphs.all()}
    kept = []
    # Labels are unique. Temporary ones avoid collisions while paragraphs move.
    for paragraph in existing.values():
        paragraph.label = f"~{paragraph.pk}"
        paragraph.save(update_fields=["label"])
    for position, block in enumerate(draft.tabled, 1):
        key = uuid.UUID(str(block.id)) if block.id else uuid.uuid4()
        paragraph = existing.get(key) or Paragraph(draft=draft, key=key)
        paragraph.kind, paragraph.position = block.block_type, position
        paragraph.label = str(position)
        paragraph.save()
        kept.append(paragraph.pk)
        first = paragraph.wordings.first()
        text = normalise_wording(block.value)
        if first is None:
            paragraph.add_wording(text, None)
        elif first.text != text:
            first.text = text
            first.save(update_fields=["text"])
    draft.paragraphs.exclude(pk__in=kept).delete()
    draft.__dict__.pop("active_paragraphs", None)
