"""A certificate as PDF: one A4 page, with a QR code of the address of its public page."""

import unicodedata

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.models import Certificate
from courses.qr_codes import modules_of
from hub.email.sending import absolute
from hub.export.pdf import Paper, Style
from hub.formatting import date_range, minutes, thai_date

LAKE, INK, SOFT, TURMERIC = (11, 90, 99), (30, 43, 45), (85, 96, 95), (240, 181, 60)
CODE_MM = 34  # side of the QR code
EDGE_MM = 22  # from the edge of the sheet to date, address and QR code
FOOT_MM = 36  # height of the area at the bottom for date and address


class _Sheet(Paper):
    """A4 landscape with a frame, without a page number."""

    def __init__(self):
        super().__init__(landscape=True)
        self.set_auto_page_break(False)
        self.add_page()
        for colour, width, edge in ((LAKE, 1.2, 10), (TURMERIC, 0.5, 12.5)):
            self.set_draw_color(*colour)
            self.set_line_width(width)
            self.rect(edge, edge, self.w - 2 * edge, self.h - 2 * edge)
        self.set_y(25)

    def footer(self):
        pass

    def write_line(self, text, size, bold=False, colour=INK, center=True):
        """Set ``text`` between the margins and move close below it."""
        self.set_text_color(*colour)
        style = Style(size, bold, center=center)
        self.set_text([(unicodedata.normalize("NFC", text), style)], style)
        self.ln(-1.2)

    def write_at(self, y, text, bold=False, align_right=False):
        """Set one line at ``y`` millimetres from the top."""
        style = Style(10, bold)
        self.set_text_color(*INK)
        x = self.w - EDGE_MM - self._width(text, style) if align_right else EDGE_MM
        self.set_y(y)
        self._set_run(text, x, style)


def address_of(certificate: Certificate) -> str:
    """The absolute address of the public page of ``certificate``, in the current language."""
    return absolute(reverse("certificate", args=[certificate.code]))


def pdf_of(certificate: Certificate) -> bytes:
    """The PDF in the current language."""
    sheet = _Sheet()
    sheet.set_lang(get_language())
    sheet.set_title(f"{_('Certificate')} – {certificate.course}")
    sheet.set_author(settings.WAGTAIL_SITE_NAME)
    sheet.set_creation_date(certificate.issued_at)
    sheet.write_line(settings.WAGTAIL_SITE_NAME, 15, colour=SOFT)
    if certificate.is_demonstration:
        sheet.write_line(_("Demonstration: people and results are made up."), 11, colour=SOFT)
    sheet.write_line(_("Certificate"), 34, True, LAKE)
    sheet.write_line(_("This is to certify that"), 14, colour=SOFT)
    sheet.ln(1)
    sheet.write_line(certificate.holder, 26, True)
    sheet.ln(1)
    sheet.write_line(_("has completed the course"), 14, colour=SOFT)
    sheet.write_line(certificate.course, 19, True)
    sheet.write_line(f"{certificate.run_title} · {certificate.place}", 13)
    sheet.write_line(" · ".join([
        date_range(certificate.first_day, certificate.last_day),
        _("%(attended)s of %(every)s meetings, %(length)s") % {
            "attended": certificate.attended, "every": certificate.meetings,
            "length": minutes(certificate.minutes),
        },
    ]), 13)
    _draw_foot(sheet, certificate)
    return bytes(sheet.output())


def _draw_foot(sheet, certificate) -> None:
    """Competences on the left, the QR code and its texts on the right."""
    text_end = sheet.get_y()
    top = sheet.h - FOOT_MM - CODE_MM + 2
    below = sheet.h - FOOT_MM + 11
    sheet.write_at(below, _("Issued on %(day)s") % {"day": thai_date(certificate.issued_at)})
    sheet.write_at(below, address_of(certificate), align_right=True)
    sheet.write_at(top + CODE_MM + 1, certificate.code, True, align_right=True)
    left = sheet.w - EDGE_MM - CODE_MM
    _draw_qr_code(sheet, address_of(certificate), left, top)
    sheet.set_y(max(top, text_end + 3))
    sheet.set_right_margin(sheet.w - left + 8)
    if certificate.competences:
        sheet.write_line(_("Competences that the course teaches"), 12, True, LAKE, center=False)
        for competence in certificate.competences:  # as many as fit; the page has all
            if sheet.get_y() < sheet.h - FOOT_MM:
                sheet.write_line(f"• {competence}", 11, center=False)


def _draw_qr_code(sheet, address, left, top) -> None:
    """Draw the code as rectangles, which are sharp on any printer; modules are at least 0.5 mm."""
    rows = modules_of(address)
    side = CODE_MM / len(rows)
    sheet.set_fill_color(0, 0, 0)
    for y, row in enumerate(rows):
        for x, is_dark in enumerate(row):
            if is_dark:
                sheet.rect(left + x * side, top + y * side, side, side, style="F")
