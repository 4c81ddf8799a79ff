"""PDF from a template: Thai lines broken between words, whose text copies back as it was written.

A template gives simple HTML; Django escapes what users wrote, as on every page. Set are headings,
paragraphs, lists, definition lists, tables, quotes, rules, pictures (``data:`` addresses only) and
links; any other element is what stands in it. Classes: ``center``, ``small``, ``new-page``.

A shaped Thai line holds glyphs in an order, and with marks, that no reader turns back into text
(docs/decisions/0017-printing.md), so each phrase carries its text beside it as ``ActualText``.
"""

import base64
import io
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from django.template.loader import render_to_string
from fpdf import FPDF
from lxml import html
from PIL import Image

from hub.pages.page_search import words_of

FONTS = Path(__file__).parent / "fonts"
# The same content makes the same bytes, so that a file made again has the same checksum.
MADE = datetime(2025, 1, 1, tzinfo=UTC)
BODY, SMALL = 12, 10  # points
HEADINGS = {"h1": 24, "h2": 18, "h3": 14.5, "h4": 13}
LINE = 0.6  # millimetres a point: Thai has two storeys of marks
INDENT = 7  # millimetres
INLINE = {"a", "b", "strong", "em", "i", "span", "small", "code", "sup", "sub", "time", "br"}
SKIPPED = {"script", "style", "head", "svg", "template"}
INSTEAD = {"→": "›", "←": "‹", "✓": "+", "≥": ">", "≤": "<"}  # what Sarabun does not have
NEVER_FIRST = "ๆฯ"
OPENING = ("Ps", "Pi")  # brackets and quotation marks


def pdf_of(template_name, context, landscape=False) -> bytes:
    """The PDF of ``template_name``, which renders simple HTML, on A4.

    Of the context, ``title`` becomes the title of the file, ``language`` its language ("th" or
    "en"), ``footer`` the line below each page before the page's number.
    """
    return pdf_of_html(
        render_to_string(template_name, context), str(context.get("title", "")),
        str(context.get("language", "th")), str(context.get("footer", "")), landscape,
    )


def pdf_of_html(source, title="", language="th", footer="", landscape=False) -> bytes:
    """The PDF of simple, trusted HTML: what users wrote in it must be escaped."""
    paper = Paper(footer, landscape)
    paper.set_title(title)
    paper.set_lang(language)
    paper.set_creation_date(MADE)
    paper.add_page()
    if source.strip():
        paper.set_element(html.fromstring(f"<div>{source}</div>"), Style())
    return bytes(paper.output())


@dataclass(frozen=True)
class Style:
    """How text is set: size in points, indent in millimetres."""

    size: float = BODY
    bold: bool = False
    indent: float = 0
    center: bool = False
    href: str = ""


def pieces(text) -> list[str]:
    """``text`` cut where a line may break: after spaces and between Thai words."""
    found = []
    for word in (part for cut in words_of(text) for part in re.findall(r"\s+|\S+", cut)):
        if found and _stays_with(found[-1], word):
            found[-1] += word
        else:
            found.append(word)
    return found


def _stays_with(before, word) -> bool:
    """Whether no line may break between ``before`` and ``word``."""
    if word.isspace() or word[0] in NEVER_FIRST:
        return True
    if before[-1].isspace():
        return False
    return (
        not (_is_thai(before[-1]) and _is_thai(word[0]))
        and unicodedata.category(word[0]) not in OPENING
    ) or unicodedata.category(before[-1]) in OPENING


def _is_thai(letter) -> bool:
    return "\u0e00" <= letter <= "\u0e7f"


class Paper(FPDF):
    """A4 with a line below each page, on which elements of HTML are set one below the other."""

    def __init__(self, footer="", landscape=False):
        super().__init__(orientation="landscape" if landscape else "portrait")
        self.line_below = footer
        self.widths = {}
        self.add_font("Sarabun", "", FONTS / "Sarabun-Regular.ttf")
        self.add_font("Sarabun", "B", FONTS / "Sarabun-Bold.ttf")
        self.set_text_shaping(True)
        self.set_margins(22, 20, 22)
        self.set_auto_page_break(True, 22)

    def footer(self):
        self.set_y(-14)
        text = " · ".join(filter(None, [self.line_below, str(self.page_no())]))
        self._set_line([(text, Style(9))], Style(9, center=True), 6)

    def set_element(self, element, style):
        """Set ``element`` and what stands in it, from the place where the last one ended."""
        if not isinstance(element.tag, str) or element.tag in SKIPPED:
            return
        classes = element.get("class", "").split()
        if "new-page" in classes:
            self.add_page()
        if "center" in classes:
            style = replace(style, center=True)
        if "small" in classes:
            style = replace(style, size=SMALL)
        tag = element.tag
        if tag in HEADINGS:
            style = replace(style, size=HEADINGS[tag], bold=True)
            self._keep_together(HEADINGS[tag] * LINE + 3 * BODY * LINE)
            self.ln(3)
        if tag == "img":
            self._set_picture(element, style)
        elif tag == "hr":
            self.line(self.l_margin, self.get_y() + 2, self.w - self.r_margin, self.get_y() + 2)
            self.ln(5)
        elif tag == "table":
            for row in element.iter("tr"):
                self._set_row(row, style)
            self.ln(2)
        elif tag in ("ul", "ol"):
            self._set_list(element, style)
        else:
            if tag in ("dt", "th"):
                style = replace(style, bold=True)
            if tag in ("dd", "blockquote"):
                style = replace(style, indent=style.indent + INDENT)
            self._set_content(element, style)

    def _set_content(self, element, style):
        """Runs of text become paragraphs; elements that are no text are set in their turn."""
        runs = []
        for part, part_style in _parts(element, style):
            if isinstance(part, str):
                runs.append((part, part_style))
            else:
                self.set_text(runs, style)
                runs = []
                self.set_element(part, part_style)
        self.set_text(runs, style)

    def _set_list(self, element, style):
        inner = replace(style, indent=style.indent + INDENT)
        for number, item in enumerate(element.iterchildren("li"), int(element.get("start", 1))):
            self._keep_together(2 * style.size * LINE)
            mark = "•" if element.tag == "ul" else f"{number}."
            top, page = self.get_y(), self.page
            self.set_font("Sarabun", "", style.size)
            self._set_run(mark, self.l_margin + style.indent + 1, style)
            self.set_y(top)
            self._set_content(item, inner)
            if self.get_y() == top and self.page == page:
                self.ln(style.size * LINE)
        self.ln(1)

    def _set_row(self, row, style):
        """A row of a table, its cells beside each other in columns of equal width."""
        cells = [c for c in row if c.tag in ("td", "th")]
        if not cells:
            return
        width, size = self.epw / len(cells), SMALL
        lines = []
        for cell in cells:
            cell_style = replace(style, size=size, bold=cell.tag == "th", indent=0)
            runs = [(p, s) for p, s in _parts(cell, cell_style, True) if isinstance(p, str)]
            lines.append((cell_style, list(self._lines(runs, width - 3))))
        height = size * LINE
        self._keep_together(min(3, max(len(found) for _s, found in lines)) * height)
        for number in range(max(len(found) for _s, found in lines)):
            self._keep_together(height)
            top = self.get_y()
            for column, (cell_style, found) in enumerate(lines):
                if number < len(found):
                    self.set_y(top)
                    self._set_line(found[number], cell_style, height, column * width)
            self.set_y(top + height)
        self.line(self.l_margin, self.get_y() + 0.5, self.w - self.r_margin, self.get_y() + 0.5)
        self.ln(1.5)

    def _set_picture(self, element, style):
        """A picture of a ``data:`` address, ``width`` in millimetres or as wide as it fits."""
        source = element.get("src", "")
        found = re.fullmatch(r"data:image/(png|jpeg|webp);base64,([A-Za-z0-9+/=\s]+)", source)
        if not found:
            return
        with Image.open(io.BytesIO(base64.b64decode(found[2]))) as picture:
            picture.load()
            width = min(float(element.get("width", 90)), self.epw)
            height = min(width * picture.height / picture.width, 150)
            width = height * picture.width / picture.height
            self._keep_together(height)
            left = self.l_margin + ((self.epw - width) / 2 if style.center else style.indent)
            self.image(picture, left, self.get_y(), width, height, alt_text=element.get("alt"))
        self.set_y(self.get_y() + height + 2)

    def set_text(self, runs, style):
        """A paragraph of ``runs``: (text, Style)."""
        lines = list(self._lines(runs, self.epw - style.indent))
        height = style.size * LINE
        for line in lines:
            self._keep_together(height)
            self._set_line(line, style, height)
        if lines:
            self.ln(1.5)

    def _lines(self, runs, width):
        """The lines of ``runs`` that fit into ``width`` millimetres: lists of (text, Style)."""
        line, taken = [], 0
        for text, style in runs:
            for forced, part in enumerate(text.split("\n")):
                if forced:
                    yield _trimmed(line)
                    line, taken = [], 0
                for piece in pieces(part):
                    for fitting in self._fitting(piece, style, width):
                        needed = self._width(fitting.rstrip(), style)
                        if line and taken + needed > width:
                            yield _trimmed(line)
                            line, taken = [], 0
                        if not line and not fitting.strip():
                            continue
                        line.append((fitting, style))
                        taken += self._width(fitting, style)
        if line := _trimmed(line):
            yield line

    def _fitting(self, piece, style, width):
        """``piece``, an address for example, cut between clusters where it is wider than a line."""
        if self._width(piece.rstrip(), style) <= width:
            return [piece]
        cut = [""]
        for cluster in re.findall(r"[^\u0300-\u036f\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]"
                                  r"[\u0300-\u036f\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]*|.", piece):
            if cut[-1] and self._width(cut[-1] + cluster, style) > width:
                cut.append("")
            cut[-1] += cluster
        return cut

    def _width(self, text, style) -> float:
        key = (text, style.size, style.bold)
        if key not in self.widths:
            self.set_font("Sarabun", "B" if style.bold else "", style.size)
            self.widths[key] = self.get_string_width(self._drawable(text))
        return self.widths[key]

    def _set_line(self, line, style, height, left=0):
        line = _joined(line)
        x = self.l_margin + style.indent + left
        if style.center:
            total = sum(self._width(text, run_style) for text, run_style in line)
            x = self.l_margin + (self.epw - total) / 2
        for text, run_style in line:
            for phrase in re.findall(r"\S+\s*|\s+", text):
                x += self._set_run(phrase, x, run_style, height)
        self.set_y(self.get_y() + height)

    def _set_run(self, text, x, style, height=None) -> float:
        """Draw ``text`` at ``x`` with its text beside it; the width it took, in millimetres."""
        height = height or style.size * LINE
        width = self._width(text, style)
        self.set_font("Sarabun", "B" if style.bold else "", style.size)
        self._out(f"/Span <</ActualText <FEFF{text.encode('utf-16-be').hex()}>>> BDC")
        # Not text(): it leaves marks where no shaping put them, tone marks over vowel signs.
        top = self.get_y()
        self.set_x(x - self.c_margin)
        self.cell(width + 2 * self.c_margin, height, self._drawable(text))
        self.set_y(top)
        self._out("EMC")
        if style.href:
            self.link(x, self.get_y(), width, height, style.href)
        return width

    def _drawable(self, text) -> str:
        """``text`` without what the font has no glyph for; it still reads back as written."""
        glyphs = self.current_font.cmap
        return "".join(
            letter if ord(letter) in glyphs else INSTEAD.get(letter, "·") for letter in text
        )

    def _keep_together(self, height):
        if self.will_page_break(height):
            self.add_page()


def _parts(element, style, flat=False):
    """The text of ``element`` as (str, Style); unless ``flat``, its blocks as (element, Style)."""
    if element.text:
        yield _readable(element.text), style
    for child in element:
        if not isinstance(child.tag, str) or child.tag in SKIPPED:
            pass
        elif child.tag == "br":
            yield "\n", style
        elif child.tag in INLINE or flat:
            inner = style
            if child.tag in ("b", "strong"):
                inner = replace(style, bold=True)
            elif child.tag == "a" and child.get("href", "").startswith(("https://", "http://")):
                inner = replace(style, href=child.get("href"))
            yield from _parts(child, inner, flat)
            if flat and child.tag not in INLINE:
                yield "\n", style
        else:
            yield child, style
        if child.tail:
            yield _readable(child.tail), style


def _readable(text) -> str:
    """White space as HTML has it, without characters that only tell where lines break."""
    return re.sub(r"[ \t\r\n\f]+", " ", re.sub(r"[\u200b\u2060\u00ad\ufeff\x00-\x08]", "", text))


def _trimmed(line) -> list:
    line = _joined(line)
    while line and not line[-1][0].strip():
        line.pop()
    if line:
        line[-1] = (line[-1][0].rstrip(), line[-1][1])
        line[0] = (line[0][0].lstrip(), line[0][1])
    return line


def _joined(line) -> list:
    """Runs of one style beside each other as one run."""
    joined = []
    for text, style in line:
        if joined and joined[-1][1] == style:
            joined[-1] = (joined[-1][0] + text, style)
        else:
            joined.append((text, style))
    return joined
