"""A page as a list of sections: what search indexes and what links can point at."""

import re
from dataclasses import dataclass
from html import unescape

from django.utils.html import strip_tags
from wagtail import blocks

from hub.thai.slugs import slugify_thai


@dataclass(frozen=True)
class Section:
    """The part of a page under one heading.

    ``anchor`` is the id of the heading in the page ("" for the top), ``text`` is plain.
    ``pictures`` are pairs of an image and its caption, in order; ``prose`` is the text without the
    captions, where there is a difference to make.
    """

    anchor: str
    heading: str
    text: str
    pictures: tuple = ()
    prose: str | None = None

    @property
    def beside_pictures(self) -> str:
        """The text where the pictures are shown with their captions."""
        return self.text if self.prose is None else self.prose


def plain(html) -> str:
    """Rich text as plain text: block ends become line ends, entities are resolved."""
    return unescape(strip_tags(re.sub(r"</(p|li|h\d|td|tr)>|<br\s*/?>", "\n", str(html)))).strip()


def heading_anchor(text: str) -> str:
    """The id of a heading: ``h-`` and its slug, the same in the template and in the index."""
    return "h-" + slugify_thai(text)[:60]


def stream_sections(stream) -> list[Section]:
    """The sections of a StreamField value, split at its heading blocks."""
    sections, anchor, heading, blocks = [], "", "", []
    for block in stream or []:
        if block.block_type == "heading":
            sections.append(_section(anchor, heading, blocks))
            heading, blocks = str(block.value), []
            anchor = heading_anchor(heading)
        else:
            blocks.append(block)
    sections.append(_section(anchor, heading, blocks))
    return [s for s in sections if s.heading or s.text.strip() or s.pictures]


def _section(anchor, heading, blocks) -> Section:
    texts = ["\n".join(block_texts(block.block, block.value)) for block in blocks]
    shown = [block.block_type == "picture" and bool(block.value.get("image")) for block in blocks]
    pictures = [(block.value["image"], block.value.get("caption") or "")
                for block, is_shown in zip(blocks, shown, strict=True) if is_shown]
    prose = [text for text, is_shown in zip(texts, shown, strict=True) if not is_shown]
    return Section(anchor, heading, "\n".join(texts), tuple(pictures),
                   "\n".join(prose) if pictures else None)


def block_texts(block, value) -> list[str]:
    """All that a reader reads in a block, in order; markup and choices' keys left out."""
    if value is None or isinstance(block, blocks.ChoiceBlock | blocks.URLBlock):
        return []
    if isinstance(block, blocks.StructBlock):
        return [t for name, child in block.child_blocks.items()
                for t in block_texts(child, value.get(name))]
    if isinstance(block, blocks.ListBlock):
        return [t for item in value for t in block_texts(block.child_block, item)]
    if isinstance(block, blocks.StreamBlock):
        return [t for item in value for t in block_texts(item.block, item.value)]
    if isinstance(block, blocks.RichTextBlock):
        return [plain(value.source)]
    if isinstance(block, blocks.FieldBlock) and isinstance(value, str | int | float):
        return [str(value)]
    return []
