"""The register as a DOCX document to print for a meeting."""

import io

from django.utils.translation import gettext as _
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from hub.files.cell_text import printable
from hub.formatting import thai_date
from hub.people.personal_data import name_of
from policy.register.rows import rows_of, undecided_rows
from policy.register.tables import result_labels

FONT = "TH Sarabun New"


def register_document(draft) -> bytes:
    """The paragraphs, each with a form for its open proposals, and the decisions so far."""
    document = Document()
    _set_page(document)
    document.add_heading(printable(draft.title), 0)
    document.add_paragraph(printable(
        f"{draft.assembly.title} · {thai_date(draft.assembly.held_on)} · {draft.assembly.place}"
    ))
    waiting = {}
    for row in undecided_rows(draft):
        waiting.setdefault(row.paragraph, []).append(row)
    paragraphs = {p.label: p for p in draft.active_paragraphs}
    for label in [*paragraphs, *(k for k in waiting if k not in paragraphs)]:
        document.add_heading(printable(_("Paragraph %(label)s") % {"label": label}), 2)
        if label in paragraphs:
            document.add_paragraph(printable(paragraphs[label].current.text))
        for row in waiting.get(label, []):
            _add_form(document, row)
    decided = [row for row in rows_of(draft) if row.decision]
    if decided:
        _add_decisions(document, decided)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _set_page(document):
    """A4 portrait, in a font for Thai."""
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(2))
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        font = document.styles[name].font
        font.name = FONT
        # Thai is a complex script: Word takes its font and size from attributes of their own.
        fonts = document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(script), FONT)
    document.styles["Normal"].font.size = Pt(15)


def _add_form(document, row):
    """One proposal, with boxes and lines for the result of the meeting."""
    amendment = row.amendment
    table = document.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    boxes = "     ".join(f"☐ {label}" for label in result_labels().values())
    author = name_of(amendment.author)
    for heading, value in (
        (_("Proposal"), f"{amendment.pk} · {amendment.get_change_display()} · {author}"),
        (_("Proposed"), row.text),
        (_("Why"), row.reason),
        (_("Support"), f"{row.support}  ·  {_('Objections')} {row.objections}"),
        (_("Result"), boxes),
        (_("Wording when merged"), "\n\n"),
        (_("Reason for the decision"), "\n\n"),
    ):
        left, right = table.add_row().cells
        left.text, right.text = printable(heading), printable(value)
        left.width, right.width = Cm(4), Cm(13)
    document.add_paragraph()


def _add_decisions(document, rows):
    document.add_heading(_("Decided already"), 1)
    headings = [
        _("Proposal"), _("Paragraph"), _("Proposed"), _("Decision"), _("Reason for the decision"),
    ]
    table = document.add_table(rows=1, cols=len(headings))
    table.style = "Table Grid"
    _fill(table.rows[0], headings)
    for row in rows:
        _fill(table.add_row(), [
            row.amendment.pk if row.amendment else "", row.paragraph, row.text,
            row.decision.get_kind_display(), row.decision.reason,
        ])


def _fill(table_row, values):
    for cell, value in zip(table_row.cells, values, strict=True):
        cell.text = printable(value)
