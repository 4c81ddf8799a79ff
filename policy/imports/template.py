"""The template of the import: a sheet with headings in both languages, and one with help."""

from django.utils.translation import gettext as _

from hub.export.tables import Column, Table
from policy.imports.resolution_sheet import HEADINGS, REQUIRED, in_both_languages
from policy.models import Clause, Party, ResolutionPage

WIDTHS = {"number": 12, "title": 40, "summary": 40, "adopted_on": 16, "adoption": 18,
          "clause": 10, "text": 60, "parties": 40, "channel": 16, "due": 16}
CHOICES = {"adoption": ResolutionPage.Adoption, "channel": Clause.Channel}
TEXT_COLUMNS = ("adopted_on", "due", "number", "clause")  # or 1/1 would become a date
ROWS = 2000


def resolutions_table() -> Table:
    """The sheet to fill in."""
    columns = [
        Column(
            column, "\n".join(dict.fromkeys(in_both_languages(heading).values())),
            width=WIDTHS[column], is_text=column in TEXT_COLUMNS,
            choices=[str(label) for label in CHOICES[column].labels] if column in CHOICES else (),
        )
        for column, heading in HEADINGS.items()
    ]
    return Table("resolutions", columns, (), sheet_name=_("Resolutions"), empty_rows=ROWS)


def help_table() -> Table:
    """The sheet with help, in the active language."""
    columns = [
        Column("what", _("One row for each clause"), width=34, is_bold=True),
        Column("how", _(
            "The rows of one resolution stand one below the other. What is said of the resolution "
            "is written in its first row and may stay empty in the others."
        ), width=90, wraps=True),
    ]
    lines = []
    hints = {
        "number": _("E.g. 2/1. Empty: the same resolution as in the row above."),
        "title": _("What the resolution is called."),
        "summary": _("Two or three sentences. Empty: the title."),
        "adopted_on": _("E.g. 9/9/2566, 9 September 2023 or 2023-09-09; both calendars are "
                        "understood."),
        "adoption": ", ".join(str(label) for label in ResolutionPage.Adoption.labels),
        "clause": _("E.g. 1."),
        "text": _("The whole clause."),
        "parties": _("Names as they stand below, several with ; between them."),
        "channel": ", ".join(str(label) for label in Clause.Channel.labels),
        "due": _("A date, or empty where there is none."),
    }
    for column, heading in HEADINGS.items():
        needed = f" ({_('must be filled in')})" if column in REQUIRED else ""
        lines.append((_(heading) + needed, hints[column]))
    lines.append(("", ""))
    lines += [(_("Parties known so far"), "")]
    lines += [(party.name_th, party.name_en) for party in Party.objects.all()]
    return Table("help", columns, lines, sheet_name=_("How to fill it in"))
