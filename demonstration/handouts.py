"""Builds the files of the demonstration: PDF and PPTX handouts with Thai text, DOCX attachments.

Builds are reproducible: the same text gives the same bytes, so that loading again changes nothing.
"""

import io
import re
import zipfile
from datetime import UTC, datetime

from docx import Document
from fpdf import FPDF

from hub.export.pdf import FONTS
from search.text import thai

TAG = "demonstration"
NOTICE = "เนื้อหาตัวอย่าง บุคคล กลุ่ม และตัวเลขเป็นเรื่องสมมติ · CC BY 4.0"
CREATED = datetime(2025, 1, 1, tzinfo=UTC)


def build_file(values, course="") -> bytes:
    """The file described by ``values`` (title, file_name, pages); the extension is its format."""
    extension = values["file_name"].rpartition(".")[2]
    return {"pdf": _pdf, "pptx": _pptx, "docx": _docx}[extension](values, course)


class _Page(FPDF):
    """A4 with Thai shaping; the footer has the notice and the page number."""

    def __init__(self):
        super().__init__()
        self.add_font("Sarabun", "", FONTS / "Sarabun-Regular.ttf")
        self.add_font("Sarabun", "B", FONTS / "Sarabun-Bold.ttf")
        self.set_text_shaping(True)
        self.set_creation_date(CREATED)
        self.set_margins(22, 20, 22)
        self.set_auto_page_break(True, 22)

    def footer(self):
        self.set_y(-15)
        self.set_font("Sarabun", "", 9)
        self.cell(0, 8, f"{NOTICE} · {self.page_no()}", align="C")

    def text_block(self, text, size=13, style="", gap=2.5, indent=0):
        """Text with line breaks between Thai words, which are written without spaces."""
        self.set_font("Sarabun", style, size)
        width = self.epw - indent
        for paragraph in text.split("\n"):
            for line in self._lines(paragraph, width):
                self.set_x(self.l_margin + indent)
                self.cell(width, size * 0.6, line, new_x="LMARGIN", new_y="NEXT")
        self.ln(gap)

    def _lines(self, paragraph, width):
        line = ""
        for word in pieces(paragraph):
            if line and self.get_string_width(line + word.rstrip()) > width:
                yield line.rstrip()
                line = word.lstrip()
            else:
                line += word
        if line.strip():
            yield line.rstrip()


def pieces(text) -> list[str]:
    """``text`` cut where a line may break: after spaces and between Thai words."""
    found = []
    for run in re.findall(r"[\u0e00-\u0e7f]+|[^\s\u0e00-\u0e7f]+|\s+", text):
        if "\u0e00" <= run[0] <= "\u0e7f":
            words = thai.segment(run)
            # ๆ and ฯ never begin a line.
            for word in words:
                if found and word in ("ๆ", "ฯ"):
                    found[-1] += word
                else:
                    found.append(word)
        elif found and run.isspace():
            found[-1] += " "
        elif found and not found[-1].endswith(" ") and not run[0].isalnum():
            found[-1] += run
        else:
            found.append(run)
    return found


def _pdf(values, course) -> bytes:
    pdf = _Page()
    pdf.set_title(values["title"])
    pdf.set_lang("th")
    pdf.add_page()
    pdf.ln(8)
    pdf.text_block(values["title"], 24, "B", 4)
    if course:
        pdf.text_block(course, 14, "", 8)
    for number, page in enumerate(values["pages"]):
        if number:
            pdf.add_page()
        pdf.text_block(page["heading"], 18, "B", 3)
        for paragraph in page.get("paragraphs", []):
            pdf.text_block(paragraph)
        for bullet in page.get("bullets", []):
            pdf.text_block("• " + bullet, indent=5, gap=1.5)
    return bytes(pdf.output())


def _pptx(values, course) -> bytes:
    # heavy: only in requirements-demonstration.txt; `demonstration remove` works without it.
    from pptx import Presentation
    from pptx.util import Pt

    show = Presentation()
    show.core_properties.title = values["title"]
    show.core_properties.created = show.core_properties.modified = CREATED.replace(tzinfo=None)
    title = show.slides.add_slide(show.slide_layouts[0])
    title.shapes.title.text = values["title"]
    title.placeholders[1].text = "\n".join(filter(None, [course, NOTICE]))
    for page in values["pages"]:
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = page["heading"]
        frame = slide.placeholders[1].text_frame
        lines = [*page.get("paragraphs", []), *page.get("bullets", [])]
        frame.text = lines[0] if lines else ""
        for line in lines[1:]:
            frame.add_paragraph().text = line
        for paragraph in frame.paragraphs:
            for run in paragraph.runs:
                run.font.size = Pt(20 if len(lines) < 6 else 16)
                run.font.name = "Sarabun"
                run._r.get_or_add_rPr().set("lang", "th-TH")
    return _reproducible(show.save)


def _docx(values, course) -> bytes:
    document = Document()
    document.core_properties.created = document.core_properties.modified = CREATED.replace(
        tzinfo=None
    )
    document.add_heading(values["title"], 0)
    for page in values["pages"]:
        document.add_heading(page["heading"], 1)
        for paragraph in page.get("paragraphs", []):
            document.add_paragraph(paragraph)
        for bullet in page.get("bullets", []):
            document.add_paragraph(bullet, style="List Bullet")
    document.add_paragraph(NOTICE)
    return _reproducible(document.save)


def _reproducible(save) -> bytes:
    """An office file with fixed dates in its zip."""
    original = io.BytesIO()
    save(original)
    result = io.BytesIO()
    with zipfile.ZipFile(original) as source, zipfile.ZipFile(result, "w") as target:
        for info in source.infolist():
            member = zipfile.ZipInfo(info.filename, (2025, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, source.read(info))
    return result.getvalue()
