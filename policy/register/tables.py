"""The register as a table, and the sheet to enter the results of a meeting."""

from django.utils.translation import gettext as _

from hub.export.tables import Column, Table
from hub.people.personal_data import name_of
from policy.models import Decision
from policy.register.rows import rows_of, undecided_rows

RESULT_WIDTHS = {"proposal": 10, "paragraph": 10, "base": 40, "words": 40, "result": 14,
                 "wording": 40, "reason": 40, "date": 16, "meeting": 24}


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
    amendment, decision = row.amendment, row.decision
    return [
        amendment.pk if amendment else "", row.paragraph,
        amendment.base.text if amendment else "", row.text, row.reason,
        name_of(amendment.author) if amendment else "", row.support, row.objections,
        decision.number if decision else "", decision.get_kind_display() if decision else "",
        decision.reason if decision else "", decision.decided_on if decision else "",
        decision.meeting if decision else "",
    ]


def result_headings() -> dict[str, str]:
    """The columns of the results sheet: name → heading in the active language."""
    return {
        "proposal": _("Proposal"), "paragraph": _("Paragraph"), "base": _("Words that stand"),
        "words": _("Proposed"), "result": _("Result"), "wording": _("Wording when merged"),
        "reason": _("Reason for the decision"), "date": _("Decided on"), "meeting": _("Where"),
    }


def result_labels() -> dict[str, str]:
    """The values of the result column: kind of decision → label in the active language."""
    Kind = Decision.Kind
    return {
        Kind.ACCEPT.value: _("accept"), Kind.MERGE.value: _("merge"),
        Kind.REJECT.value: _("reject"),
    }


def results_table(draft) -> Table:
    """The sheet to enter results: a row for each proposal without a decision."""
    columns = [
        Column(name, heading, width=RESULT_WIDTHS[name], wraps=True,
               choices=list(result_labels().values()) if name == "result" else ())
        for name, heading in result_headings().items()
    ]
    rows = [
        [row.amendment.pk, row.paragraph, row.amendment.paragraph.current.text, row.text,
         "", "", "", "", ""]
        for row in undecided_rows(draft)
    ]
    return Table(draft.slug, columns, rows, sheet_name=_("Results"))
