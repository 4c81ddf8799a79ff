"""The list of a group for a spreadsheet, as CSV and as a workbook."""

import csv
import io

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from courses.models import Enrolment
from courses.runs.attendance import attendance_rows
from hub.export.spreadsheets import no_formula
from hub.files.names import safe_filename

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = [6, 30, 18, 30, 30, 40, 18, 18, 12]  # of the first columns, in letters


def table_of(run) -> list[list]:
    """The heading, then a line for each who has a seat by name, then for each who waits."""
    meetings = run.meeting_list
    heading = [
        _("No."), capfirst(_("name")), _("Telephone"), _("E-mail address"),
        _("Organisation or group"), capfirst(_("needs")), _("Seat"), _("Enrolled at"),
        _("Consent"), *[f"{m.date:%Y-%m-%d} {m.starts_at:%H:%M}" for m in meetings],
        _("Attended"), _("Certificate"),
    ]
    lines = [
        _line(row.enrolment, [int(came) for _m, came in row.came], row.attended,
              row.certificate.code if row.certificate else "")
        for row in attendance_rows(run)
    ]
    waiting = run.enrolments.waiting().select_related("user")
    lines += [_line(enrolment, [""] * len(meetings), "", "") for enrolment in waiting]
    return [heading, *([number, *line] for number, line in enumerate(lines, 1))]


def _line(enrolment: Enrolment, came, attended, certificate) -> list:
    user = enrolment.user
    requested = timezone.localtime(enrolment.requested_at)
    return [
        enrolment.name or _("a former member"), enrolment.phone, user.email if user else "",
        enrolment.organisation, enrolment.needs, str(enrolment.get_state_display()),
        f"{requested:%Y-%m-%d %H:%M}", enrolment.consent_version, *came, attended, certificate,
    ]


def as_csv(run) -> HttpResponse:
    """UTF-8 with its mark, so that spreadsheets read Thai; no cell is reckoned with."""
    text = io.StringIO()
    writer = csv.writer(text)
    for line in table_of(run):
        writer.writerow([no_formula(cell) if isinstance(cell, str) else cell for cell in line])
    return _file("\ufeff" + text.getvalue(), "text/csv; charset=utf-8", run, "csv")


def as_workbook(run) -> HttpResponse:
    """A workbook whose texts are texts: telephone numbers keep their zero."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(c for c in run.title if c not in "[]:*?/\\'")[:31] or "1")
    sheet.freeze_panes = "C2"
    for number, width in enumerate(WIDTHS):
        sheet.column_dimensions[chr(ord("A") + number)].width = width
    for number, line in enumerate(table_of(run)):
        cells = []
        for value in line:
            cell = WriteOnlyCell(sheet, value)
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula
            if number == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    content = io.BytesIO()
    book.save(content)
    return _file(content.getvalue(), WORKBOOK, run, "xlsx")


def _file(content, kind, run, extension) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    name = safe_filename(f"{run.title}.{extension}")
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response

