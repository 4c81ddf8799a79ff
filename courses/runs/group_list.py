"""The list of a group as a table, for a spreadsheet."""

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from courses.models import Enrolment
from courses.runs.attendance import attendance_rows
from hub.export.tables import Column, Table


def table_of(run) -> Table:
    """A row for each participant who has a seat, by name, then for each on the waiting list."""
    meetings = run.meeting_list
    columns = [
        Column("number", _("No."), width=6), Column("name", capfirst(_("name")), width=30),
        Column("telephone", _("Telephone"), width=18, is_text=True),
        Column("email", _("E-mail address"), width=30),
        Column("organisation", _("Organisation or group"), width=30),
        Column("needs", capfirst(_("needs")), width=40), Column("seat", _("Seat"), width=18),
        Column("enrolled", _("Enrolled at"), width=18), Column("consent", _("Consent"), width=12),
        *(Column(f"meeting-{m.pk}", f"{m.date:%Y-%m-%d} {m.starts_at:%H:%M}") for m in meetings),
        Column("attended", _("Attended")), Column("certificate", _("Certificate")),
    ]
    lines = [
        _line(row.enrolment, [int(came) for _m, came in row.came], row.attended,
              row.certificate.code if row.certificate else "")
        for row in attendance_rows(run)
    ]
    waiting = run.enrolments.waiting().select_related("user", "organisation")
    lines += [_line(enrolment, [""] * len(meetings), "", "") for enrolment in waiting]
    rows = [[number, *line] for number, line in enumerate(lines, 1)]
    return Table(run.title, columns, rows, frozen=2)


def _line(enrolment: Enrolment, came, attended, certificate) -> list:
    user = enrolment.user
    requested = timezone.localtime(enrolment.requested_at)
    return [
        enrolment.name or _("a former member"), enrolment.phone, user.email if user else "",
        enrolment.affiliation, enrolment.needs, str(enrolment.get_state_display()),
        f"{requested:%Y-%m-%d %H:%M}", enrolment.consent_version, *came, attended, certificate,
    ]
