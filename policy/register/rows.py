"""The register of a draft: every proposal and decision, as rows, for spreadsheets and on paper."""

import io
from dataclasses import dataclass

from django.utils.translation import gettext as _
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from hub.export.tables import Column, Table
from hub.files.cell_text import printable
from hub.formatting import thai_date
from hub.people.personal_data import name_of
from policy.models import Contribution, Decision

FONT = "TH Sarabun New"


@dataclass(frozen=True)
class Row:
    """One proposal with what became of it; decisions without a proposal have no ``amendment``."""

    paragraph: str  # its label
    amendment: Contribution | None
    decision: Decision | None
    support: int = 0
    objections: int = 0

    @property
    def words(self) -> str:
        """What was proposed; empty when it was hidden."""
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
    """The register as anybody may read it, in the order of the paragraphs; then the splits and
    joins. What waits for approval, was taken back or was hidden before a decision is not in it."""
    S = Contribution.State
    amendments = (
        Contribution.objects.amendments().filter(paragraph__draft=draft)
        .filter(state=S.SHOWN) | Contribution.objects.amendments().filter(
            paragraph__draft=draft, state=S.HIDDEN, decision__isnull=False)
    ).select_related("paragraph", "base", "author", "decision").prefetch_related("answers")
    rows = []
    for amendment in sorted(amendments, key=lambda a: (a.paragraph.position, a.pk)):
        stances = [s.stance for s in amendment.answers.all() if s.state == S.SHOWN]
        rows.append(Row(
            amendment.paragraph.label, amendment, amendment.decision,
            stances.count("support"), stances.count("object"),
        ))
    others = draft.decisions.filter(kind__in=[Decision.Kind.SPLIT, Decision.Kind.JOIN])
    for decision in others.prefetch_related("retired"):
        labels = ", ".join(p.label for p in decision.retired.all())
        rows.append(Row(labels, None, decision))
    return rows


def undecided_rows(draft) -> list[Row]:
    """What a meeting has to decide on."""
    return [row for row in rows_of(draft) if row.decision is None]


def register_table(draft) -> Table:
    """The whole register, a row for each proposal and each split or join."""
    columns = [
        Column("proposal", _("Proposal")), Column("paragraph", _("Paragraph")),
        Column("base", _("Words it was made for")), Column("words", _("Proposed")),
        Column("why", _("Why")), Column("author", _("Proposed by")),
        Column("support", _("Support")), Column("objections", _("Objections")),
        Column("decision", _("Decision number")), Column("kind", _("Decision")),
        Column("reason", _("Reason for the decision")), Column("date", _("Decided on")),
        Column("meeting", _("Where")),
    ]
    return Table(draft.slug, columns, [_register_row(row) for row in rows_of(draft)])


def _register_row(row) -> list:
    made, ruled = row.amendment, row.decision
    return [
        made.pk if made else "", row.paragraph, made.base.text if made else "", row.words,
        row.reason, name_of(made.author) if made else "", row.support, row.objections,
        ruled.number if ruled else "", ruled.get_kind_display() if ruled else "",
        ruled.reason if ruled else "", ruled.decided_on if ruled else "",
        ruled.meeting if ruled else "",
    ]


def headings() -> dict[str, str]:
    """The columns of the sheet of results: name → heading in the reader's language."""
    return {
        "proposal": _("Proposal"), "paragraph": _("Paragraph"), "base": _("Words that stand"),
        "words": _("Proposed"), "result": _("Result"), "wording": _("Wording when merged"),
        "reason": _("Reason for the decision"), "date": _("Decided on"), "meeting": _("Where"),
    }


def results() -> dict[str, str]:
    """What may stand in the column of results: kind of decision → word."""
    return {"accept": _("accept"), "merge": _("merge"), "reject": _("reject")}


def results_table(draft) -> Table:
    """A sheet to write results into: one row for each proposal that waits for a decision."""
    widths = {"proposal": 10, "paragraph": 10, "base": 40, "words": 40, "result": 14,
              "wording": 40, "reason": 40, "date": 16, "meeting": 24}
    columns = [
        Column(name, heading, width=widths[name], wraps=True,
               choices=list(results().values()) if name == "result" else ())
        for name, heading in headings().items()
    ]
    rows = [
        [row.amendment.pk, row.paragraph, row.amendment.paragraph.current.text, row.words,
         "", "", "", "", ""]
        for row in undecided_rows(draft)
    ]
    return Table(draft.slug, columns, rows, sheet_name=_("Results"))


def as_document(draft) -> bytes:
    """The register to print for a meeting: the text, each proposal with room to write by hand,
    and what was decided already, as DOCX."""
    document = Document()
    _set_page(document)
    document.add_heading(printable(draft.title), 0)
    document.add_paragraph(printable(
        f"{draft.assembly.title} · {thai_date(draft.assembly.held_on)} · {draft.assembly.place}"
    ))
    waiting = {}
    for row in undecided_rows(draft):
        waiting.setdefault(row.paragraph, []).append(row)
    standing = {p.label: p for p in draft.text}
    for label in [*standing, *(k for k in waiting if k not in standing)]:
        document.add_heading(printable(_("Paragraph %(label)s") % {"label": label}), 2)
        if label in standing:
            document.add_paragraph(printable(standing[label].current.text))
        for row in waiting.get(label, []):
            _add_form(document, row)
    done = [row for row in rows_of(draft) if row.decision]
    if done:
        document.add_heading(_("Decided already"), 1)
        table = _table(document, [
            _("Proposal"), _("Paragraph"), _("Proposed"), _("Decision"),
            _("Reason for the decision"),
        ])
        for row in done:
            values = [row.amendment.pk if row.amendment else "", row.paragraph, row.words,
                      row.decision.get_kind_display(), row.decision.reason]
            for one, value in zip(table.add_row().cells, values, strict=True):
                one.text = printable(value)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_page(document):
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
    """One proposal, and lines for what the meeting says."""
    made = row.amendment
    table = document.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    boxes = "     ".join(f"☐ {word}" for word in results().values())
    for heading, value in (
        (_("Proposal"), f"{made.pk} · {made.get_change_display()} · {name_of(made.author)}"),
        (_("Proposed"), row.words),
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


def _table(document, columns):
    table = document.add_table(rows=1, cols=len(columns))
    table.style = "Table Grid"
    for one, heading in zip(table.rows[0].cells, columns, strict=True):
        one.text = printable(heading)
    return table
