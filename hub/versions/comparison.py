"""A page as passages in reading order, and two of its versions side by side.

Taken from what a type declares (``KnowledgePage.compared``): short fields are lines of one
passage, a text is a passage, each block of a stream is one, and so is each row with a title or a
number of its own; of a stream in such a row each block is a line. Other rows are lines of one
passage. Only what everybody may read is declared. Formatting, and where links lead, are not
compared.
"""

from dataclasses import dataclass
from itertools import groupby

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.documents import get_document_model
from wagtail.fields import StreamField
from wagtail.images import get_image_model
from wagtail.models import Page

from hub.access.readers import Reader
from hub.formatting import number, thai_date
from hub.pages.sdgs import SdgField
from hub.pages.sections import block_texts
from hub.versions.diff import Kind, Passage, passage_changes

FIRST = ["title", "summary"]
LAST = ["period_start", "period_end", "topics", "areas", "contributors", "open_attachments", "sdgs",
        "licence"]
NOT_OF_A_ROW = {"page", "locale", "translation_key", "sort_order"}
MAIN = {"what", "text"}  # what a row says; its other fields are said with their names
FEW = 2  # paragraphs that stay visible on each side of a change


@dataclass(frozen=True)
class Difference:
    """What a version of a page has that an earlier one had not, and the other way round."""

    groups: list  # (whether nothing changed in them, [PassageChange])
    added: int  # paragraphs
    removed: int
    changed: int
    moved: int  # passages and paragraphs

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed or self.moved)


def compare(old, new) -> Difference:
    """The difference between two versions of a page, ``old`` and ``new`` as pages."""
    changes = passage_changes(passages_of(old), passages_of(new))
    paragraphs = [p for change in changes for p in change.paragraphs]
    counts = {kind: sum(p.kind == kind for p in paragraphs) for kind in Kind}
    headings = sum(c.kind == Kind.CHANGED and len(c.heading) > 1 for c in changes)
    return Difference(
        groups=[
            (steady, list(group))
            for steady, group in groupby(changes, lambda c: c.kind == Kind.SAME and not c.moved)
        ],
        added=counts[Kind.ADDED], removed=counts[Kind.REMOVED],
        changed=counts[Kind.CHANGED] + headings,
        moved=sum(c.moved for c in changes) + sum(p.moved for p in paragraphs),
    )


def folded(passage) -> list:
    """The paragraphs of a passage as [(whether to fold them, paragraphs)]: long stretches
    without a change fold, but for the ``FEW`` next to one."""
    if passage.kind == Kind.SAME and not passage.moved:
        return [(False, passage.paragraphs)]  # folded as a whole
    groups = [
        (steady, list(group))
        for steady, group in groupby(
            passage.paragraphs, lambda p: p.kind == Kind.SAME and not p.moved
        )
    ]
    found = []
    for place, (steady, group) in enumerate(groups):
        head = FEW if place else 0
        tail = FEW if place < len(groups) - 1 else 0
        if steady and len(group) > head + tail + 1:
            middle = group[head : len(group) - tail]
            found += [(False, group[:head]), (True, middle), (False, group[len(group) - tail :])]
        else:
            found.append((False, group))
    return [(fold, group) for fold, group in found if group]


def passages_of(page) -> list[Passage]:
    """What every reader of ``page`` reads of it, in reading order."""
    reader = Reader.of_page(page)
    names = [*FIRST, *(page.compared or [*page.section_fields, "body"]), *LAST]
    passages, facts = [], None
    for name in names:
        field = _field(page, name)
        if field is None or isinstance(field, ForeignObjectRel):
            rows = getattr(page, name)
            passages += _rows(name, list(rows.all() if hasattr(rows, "all") else rows))
        elif isinstance(field, StreamField):
            passages += _stream(field, getattr(page, name), reader)
        elif isinstance(field, models.TextField) or name in FIRST:
            lines = _lines(getattr(page, name))
            passages.append(Passage(name, name_of(field), lines))
        else:
            if facts is None or passages[-1] is not facts:
                facts = Passage(f"facts:{name}", _("Facts"), [])
                passages.append(facts)
            if value := _value(page, field):
                facts.paragraphs.append(f"{name_of(field)}: {value}")
    return [passage for passage in passages if passage.paragraphs]


def name_of(field) -> str:
    return str(capfirst(field.verbose_name))


def _field(page, name):
    try:
        return page._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _lines(text) -> list[str]:
    return [line.strip() for line in str(text or "").splitlines() if line.strip()]


def _value(instance, field) -> str:
    """What a reader sees of a field; "" when it is empty."""
    value = getattr(instance, field.name)
    if field.many_to_many:
        return ", ".join(str(item) for item in value.all())
    if value is None or value == "" or value is False:
        return ""
    if field.choices:
        return str(getattr(instance, f"get_{field.name}_display")())
    if isinstance(field, SdgField):
        return ", ".join(str(goal) for goal in value)
    if isinstance(field, models.BooleanField):
        return str(field.verbose_name)
    if isinstance(field, models.DateField):
        return thai_date(value)
    if isinstance(field, models.IntegerField):
        return number(value)
    return str(value)


def _rows(name, rows) -> list[Passage]:
    """Rows with a title or a number: a passage each; of other rows, a line each."""
    if not rows:
        return []
    model = type(rows[0])
    fields = [
        f for f in model._meta.get_fields()
        if f.concrete and f.editable and f.name not in NOT_OF_A_ROW and not f.primary_key
        and not isinstance(f, models.UUIDField)  # what programs hold on to
    ]
    head = next((f for f in fields if f.name in ("title", "number")), None)
    if head is None:
        lines = [_in_a_line(row, fields) for row in rows]
        return [Passage(name, str(capfirst(model._meta.verbose_name_plural)), lines)]
    kind = str(capfirst(model._meta.verbose_name))
    passages = []
    for row in rows:
        key = getattr(row, "translation_key", None) or getattr(row, "key", None) or row.pk
        paragraphs = []
        for f in fields:
            if isinstance(f, StreamField):
                paragraphs += [" · ".join(block_texts(item.block, item.value))
                               for item in getattr(row, f.name) or []]
            elif f is not head and (value := _value(row, f)):
                plain = f.name in MAIN or isinstance(f, models.BooleanField)
                label = "" if plain else f"{name_of(f)}: "
                paragraphs += _lines(label + value)
        heading = f"{kind}: {getattr(row, head.name)}"
        passages.append(Passage(f"{name}:{key}" if key else "", heading, paragraphs))
    return passages


def _in_a_line(row, fields) -> str:
    said = []
    for f in fields:
        if value := _value(row, f):
            is_number = isinstance(f, models.IntegerField | models.DateField)
            said.append(f"{name_of(f)}: {value}" if is_number else value)
    return " · ".join(" ".join(value.split()) for value in said)


def _stream(field, value, reader) -> list[Passage]:
    """A passage for each block; of a stream that holds one kind only, a line for each."""
    label = name_of(field)
    if len(field.stream_block.child_blocks) == 1:
        lines = [" · ".join(block_texts(item.block, item.value)) for item in value or []]
        return [Passage(field.name, label, lines)]
    return [
        Passage(f"{field.name}:{item.id}" if item.id else "", str(capfirst(item.block.label)),
                _block_lines(item.block, item.value, reader))
        for item in value or []
    ]


def _block_lines(block, value, reader) -> list[str]:
    """The paragraphs of one block: a row of a table or an entry of a list is one."""
    if value is None:
        return []
    if isinstance(block, TableBlock):
        return [" | ".join(str(cell or "") for cell in row) for row in value.get("data") or []]
    if isinstance(block, blocks.ListBlock):
        return [" · ".join(block_texts(block.child_block, item)) for item in value]
    if isinstance(block, blocks.StructBlock):
        chosen = [value.get(name) for name, child in block.child_blocks.items()
                  if isinstance(child, blocks.ChooserBlock)]
        if any(file and not _is_shown(file, reader) for file in chosen):
            return []  # the page leaves it out, with its caption
        return [line for name, child in block.child_blocks.items()
                for line in _block_lines(child, value.get(name), reader)]
    if isinstance(block, blocks.ChooserBlock):
        return [str(value)] if _is_shown(value, reader) else []
    return [line for text in block_texts(block, value) for line in _lines(text)]


def _is_shown(chosen, reader) -> bool:
    """Whether ``reader`` may have what a block shows: a page, a document or a picture."""
    if isinstance(chosen, Page):
        return reader.may_read(chosen)
    is_file = isinstance(chosen, get_document_model() | get_image_model())
    return not is_file or reader.may_have(chosen)
