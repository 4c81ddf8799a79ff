"""The spreadsheet to fill in: headings in both languages and a sheet that explains."""

import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from policy.imports.resolution_sheet import HEADINGS, REQUIRED, in_both_languages
from policy.models import Clause, Party, ResolutionPage

WIDTHS = {"number": 12, "title": 40, "summary": 40, "adopted_on": 16, "adoption": 18,
          "clause": 10, "text": 60, "parties": 40, "channel": 16, "due": 16}
ROWS = 2000


def workbook_bytes() -> bytes:
    """The template as an .xlsx file; the words of the explaining sheet are the reader's."""
    book = Workbook()
    sheet = book.active
    sheet.title = _("Resolutions")
    for place, (column, heading) in enumerate(HEADINGS.items(), 1):
        cell = sheet.cell(1, place, "\n".join(dict.fromkeys(in_both_languages(heading).values())))
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E0EEEC")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[cell.column_letter].width = WIDTHS[column]
        choices = {"adoption": ResolutionPage.Adoption, "channel": Clause.Channel}.get(column)
        if choices:
            listed = ",".join(str(label) for label in choices.labels)
            rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
            sheet.add_data_validation(rule)
            rule.add(f"{cell.column_letter}2:{cell.column_letter}{ROWS + 1}")
        if column in ("adopted_on", "due", "number", "clause"):
            for row in range(2, 202):  # as text: a spreadsheet would make a date of 1/1
                sheet.cell(row, place).number_format = "@"
    sheet.freeze_panes = "A2"
    _explain(book.create_sheet(_("How to fill it in")))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _explain(sheet) -> None:
    sheet.column_dimensions["A"].width = 34
    sheet.column_dimensions["B"].width = 90
    lines = [(_("One row for each clause"), _(
        "The rows of one resolution stand one below the other. What is said of the resolution is "
        "written in its first row and may stay empty in the others."
    ))]
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
    lines += [(party.name_th, party.name_en) for party in Party.objects.order_by("name_th", "pk")]
    for row, (what, how) in enumerate(lines, 1):
        sheet.cell(row, 1, _plain(what)).font = Font(bold=True)
        sheet.cell(row, 2, _plain(how)).alignment = Alignment(wrap_text=True, vertical="top")


def _plain(text) -> str:
    """Names are text, whatever they begin with."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
