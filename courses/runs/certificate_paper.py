"""A certificate on paper: one sheet of A4, with a square code that leads to its page."""

import unicodedata

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from fpdf import FPDF

from courses.models import Certificate
from hub.finding import words_of
from hub.letters import absolute
from hub.templatetags.hub_tags import date_range, minutes, thai_date

FONTS = settings.BASE_DIR / "hub/fonts"
LAKE, INK, SOFT, TURMERIC = (11, 90, 99), (30, 43, 45), (85, 96, 95), (240, 181, 60)
CODE_MM = 34  # side of the square code
FOOT_MM = 30  # from here on, measured from below, stand date and address


class _Sheet(FPDF):
    """A4 across, with Thai shaping and lines broken between words."""

    def __init__(self):
        super().__init__(orientation="landscape", format="A4")
        self.add_font("Sarabun", "", FONTS / "Sarabun-Regular.ttf")
        self.add_font("Sarabun", "B", FONTS / "Sarabun-Bold.ttf")
        self.set_text_shaping(True)
        self.set_auto_page_break(False)
        self.set_margins(28, 20, 28)
        self.add_page()

    def say(self, text, size, style="", colour=INK, width=None, align="C"):
        """``text`` in lines of ``width`` millimetres, and the place below them."""
        self.set_font("Sarabun", style, size)
        self.set_text_color(*colour)
        width = width or self.epw
        left = self.get_x() if align == "L" else (self.w - width) / 2
        for line in self._lines(text, width):
            self.set_x(left)
            self.write_line(width, size * 0.56, line, align)
        self.set_x(left)

    def write_line(self, width, height, text, align="L"):
        """One line. Shaped Thai marks are placed out of order, so a reader that copies the text
        out is told the words themselves (ActualText, ISO 32000-1 14.9.4)."""
        self._out(f"/Span <</ActualText <FEFF{text.encode('utf-16-be').hex()}>>> BDC")
        self.cell(width, height, text, align=align, new_x="LEFT", new_y="NEXT")
        self._out("EMC")

    def _lines(self, text, width):
        line = ""
        for word in self._pieces(text, width):
            if line.strip() and self.get_string_width((line + word).rstrip()) > width:
                yield line.strip()
                line = ""
            line += word
        yield line.strip()

    def _pieces(self, text, width):
        """Words; letters of a word that no line could hold."""
        for word in words_of(unicodedata.normalize("NFC", text)):
            yield from [word] if self.get_string_width(word) <= width else word


def address_of(certificate: Certificate) -> str:
    """The page that says whether the certificate is genuine, in the language of the paper."""
    return absolute(reverse("certificate", args=[certificate.code]))


def pdf_of(certificate: Certificate) -> bytes:
    """The sheet in the language that is read now."""
    sheet = _Sheet()
    sheet.set_lang(get_language())
    sheet.set_title(f"{_('Certificate')} – {certificate.course}")
    sheet.set_author(settings.WAGTAIL_SITE_NAME)
    sheet.set_draw_color(*LAKE)
    sheet.set_line_width(1.2)
    sheet.rect(10, 10, sheet.w - 20, sheet.h - 20)
    sheet.set_draw_color(*TURMERIC)
    sheet.set_line_width(0.5)
    sheet.rect(12.5, 12.5, sheet.w - 25, sheet.h - 25)
    sheet.set_y(25)
    sheet.say(settings.WAGTAIL_SITE_NAME, 15, colour=SOFT)
    if certificate.is_demonstration:
        sheet.say(_("Demonstration: people and results are made up."), 11, colour=SOFT)
    sheet.say(_("Certificate"), 34, "B", LAKE)
    sheet.say(_("This is to certify that"), 14, colour=SOFT)
    sheet.ln(1)
    sheet.say(certificate.holder, 26, "B")
    sheet.ln(1)
    sheet.say(_("has completed the course"), 14, colour=SOFT)
    sheet.say(certificate.course, 19, "B", width=220)
    sheet.ln(1)
    sheet.say(f"{certificate.run_title} · {certificate.place}", 13, width=220)
    sheet.say(" · ".join([
        date_range(certificate.first_day, certificate.last_day),
        _("%(attended)s of %(every)s meetings, %(length)s") % {
            "attended": certificate.attended, "every": certificate.meetings,
            "length": minutes(certificate.minutes),
        },
    ]), 13, width=220)
    _foot(sheet, certificate)
    return bytes(sheet.output())


def _foot(sheet, certificate) -> None:
    """Competences on the left, the square code with its words on the right."""
    top = sheet.h - 20 - CODE_MM - 14
    left = sheet.w - 22 - CODE_MM
    _square_code(sheet, address_of(certificate), left, top)
    sheet.set_xy(22, max(top, sheet.get_y() + 3))
    if certificate.competences:
        sheet.say(_("Competences that the course teaches"), 12, "B", LAKE, left - 30, "L")
        for competence in certificate.competences:  # as many as fit; its page has all of them
            if sheet.get_y() < sheet.h - FOOT_MM - 6:
                sheet.say(f"• {competence}", 11, width=left - 30, align="L")
    sheet.set_font("Sarabun", "", 10)
    sheet.set_text_color(*INK)
    sheet.set_xy(22, sheet.h - 25)
    issued = _("Issued on %(day)s") % {"day": thai_date(certificate.issued_at)}
    sheet.write_line(60, 5, issued)
    sheet.set_xy(90, sheet.h - 25)
    sheet.write_line(sheet.w - 112, 5, address_of(certificate), "R")
    sheet.set_xy(left - 20, top + CODE_MM + 1)
    sheet.set_font("Sarabun", "B", 11)
    sheet.write_line(CODE_MM + 20, 5, certificate.code, "R")


def _square_code(sheet, address, left, top) -> None:
    """Drawn, not a picture: sharp on any printer. A module is at least half a millimetre."""
    rows = list(segno.make(address, error="m", micro=False).matrix_iter(border=0))
    side = CODE_MM / len(rows)
    sheet.set_fill_color(0, 0, 0)
    for y, row in enumerate(rows):
        for x, is_dark in enumerate(row):
            if is_dark:
                sheet.rect(left + x * side, top + y * side, side, side, style="F")
