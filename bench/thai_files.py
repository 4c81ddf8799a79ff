"""Files of every kind made from a Thai text, by whatever programs are at hand.

``make_all`` yields ``Made`` for each file and says by ``left_out`` what a missing program or font
keeps from being made. Paragraphs go in as they are, in order; nothing else is written, so that
what comes back can be held against them.
"""

import glob
import html
import os
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SARABUN = ROOT / "hub/export/fonts/Sarabun-Regular.ttf"
FONTS = {  # family → where Debian puts it (fonts-thai-tlwg, fonts-noto-core)
    "Sarabun": str(SARABUN),
    "Garuda": "/usr/share/fonts/*/tlwg/Garuda.*tf",
    "Norasi": "/usr/share/fonts/*/tlwg/Norasi.*tf",
    "Loma": "/usr/share/fonts/*/tlwg/Loma.*tf",
    "Waree": "/usr/share/fonts/*/tlwg/Waree.*tf",
    "Noto Sans Thai": "/usr/share/fonts/*/noto/NotoSansThai-Regular.ttf",
    "Noto Serif Thai": "/usr/share/fonts/*/noto/NotoSerifThai-Regular.ttf",
}
ODF = "urn:oasis:names:tc:opendocument:xmlns"
ON_A_SLIDE = 3  # paragraphs


@dataclass(frozen=True)
class Made:
    kind: str
    program: str
    detail: str  # font or encoding
    path: Path
    broken: bool = False  # its text cannot be read right by anybody


def font_file(family) -> str | None:
    found = sorted(glob.glob(FONTS[family]))
    return found[0] if found else None


def make_all(paragraphs, folder: Path, left_out: list[str]):
    """Yield every file that can be made here; ``left_out`` gains a line for each that cannot."""
    families = [family for family in FONTS if font_file(family)]
    left_out += [f"font {family}" for family in FONTS if family not in families]
    yield from _plain(paragraphs, folder)
    yield from _office(paragraphs, folder)
    yield from _open_document(paragraphs, folder)
    yield from _pdf_by_fpdf2(paragraphs, folder, families)
    for program, make in (("chromium", _pdf_by_chromium), ("rsvg-convert", _pdf_by_cairo),
                          ("soffice", _by_libreoffice)):
        if shutil.which(program):
            yield from make(paragraphs, folder, families)
        else:
            left_out.append(f"program {program}")


# Text, web pages, books


def _plain(paragraphs, folder):
    text = "\r\n\r\n".join(paragraphs)
    for encoding in ("utf-8", "cp874", "utf-16"):
        path = folder / f"{encoding}.txt"
        path.write_bytes(text.encode(encoding, "replace"))
        yield Made("txt", "by hand", encoding, path)
    body = "".join(f"<p>{html.escape(p)}</p>" for p in paragraphs)
    for encoding, declared in (("utf-8", "utf-8"), ("cp874", "windows-874")):
        path = folder / f"{encoding}.html"
        page = f'<html><head><meta charset="{declared}"></head><body>{body}</body></html>'
        path.write_bytes(page.encode(encoding, "xmlcharrefreplace"))
        yield Made("html", "by hand", declared, path)
    path = folder / "cp874.rtf"
    coded = "".join(
        "".join(f"\\'{byte:02x}" for byte in p.encode("cp874", "replace")) + "\\par "
        for p in paragraphs
    )
    path.write_text(r"{\rtf1\ansi\ansicpg874\deff0{\fonttbl{\f0\fcharset222 Cordia;}}\f0 "
                    + coded + "}", "ascii")
    yield Made("rtf", "by hand", "windows-874", path)
    path = folder / "book.epub"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", (
            '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
            '<rootfiles><rootfile full-path="book.opf"'
            ' media-type="application/oebps-package+xml"/></rootfiles></container>'))
        archive.writestr("book.opf", (
            '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i">'
            '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="i">1'
            '</dc:identifier><dc:language>th</dc:language></metadata><manifest><item id="a"'
            ' href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="a"/></spine></package>'))
        archive.writestr("a.xhtml", f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{body}'
                                    "</body></html>")
    yield Made("epub", "by hand", "", path)


# Office


def _slides(paragraphs):
    return [paragraphs[n : n + ON_A_SLIDE] for n in range(0, len(paragraphs), ON_A_SLIDE)]


def write_docx(paragraphs, path, family=None):
    import docx
    from docx.oxml.ns import qn

    document = docx.Document()
    if family:
        fonts = document.styles["Normal"].element.get_or_add_rPr().get_or_add_rFonts()
        for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(name), family)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(path)


def _office(paragraphs, folder):
    import openpyxl
    import pptx

    path = folder / "a.docx"
    write_docx(paragraphs, path)
    yield Made("docx", "python-docx", "", path)
    show = pptx.Presentation()
    for first, *others in _slides(paragraphs):
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = first
        slide.placeholders[1].text = "\n".join(others)
    path = folder / "a.pptx"
    show.save(path)
    yield Made("pptx", "python-pptx", "", path)
    book = openpyxl.Workbook()
    for row in _slides(paragraphs):
        book.active.append(row)
    path = folder / "a.xlsx"
    book.save(path)
    yield Made("xlsx", "openpyxl", "", path)


def _open_document(paragraphs, folder):
    lines = [f"<text:p>{html.escape(p)}</text:p>" for p in paragraphs]
    slides = "".join(
        f"<draw:page><draw:frame><draw:text-box>{''.join(part)}</draw:text-box></draw:frame>"
        "</draw:page>" for part in _slides(lines)
    )
    rows = "".join(
        "<table:table-row>" + "".join(
            f'<table:table-cell office:value-type="string">{line}</table:table-cell>'
            for line in part
        ) + "</table:table-row>" for part in _slides(lines)
    )
    for kind, element, body in (
        ("odt", "text", "".join(lines)), ("odp", "presentation", slides),
        ("ods", "spreadsheet", f'<table:table table:name="ชีต">{rows}</table:table>'),
    ):
        path = folder / f"a.{kind}"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{element}")
            archive.writestr("META-INF/manifest.xml", "<manifest></manifest>")
            archive.writestr("content.xml", (
                f'<?xml version="1.0" encoding="UTF-8"?><office:document-content'
                f' xmlns:office="{ODF}:office:1.0" xmlns:text="{ODF}:text:1.0"'
                f' xmlns:draw="{ODF}:drawing:1.0" xmlns:table="{ODF}:table:1.0"><office:body>'
                f"<office:{element}>{body}</office:{element}></office:body>"
                "</office:document-content>"))
        yield Made(kind, "by hand", "", path)


# PDF


def _fpdf2(paragraphs, file):
    from fpdf import FPDF

    document = FPDF()
    document.set_compression(False)
    document.add_font("thai", fname=file)
    document.add_font("latin", fname=SARABUN)  # for digits, which some Thai fonts lack
    document.set_fallback_fonts(["latin"])
    document.set_text_shaping(True)
    document.add_page()
    document.set_font("thai", size=12)
    for paragraph in paragraphs:
        document.multi_cell(0, 8, paragraph, new_x="LMARGIN", new_y="NEXT")
        document.ln(3)
    return bytes(document.output())


def _pdf_by_fpdf2(paragraphs, folder, families):
    for family in families:
        path = folder / f"fpdf2 {family}.pdf"
        path.write_bytes(_fpdf2(paragraphs, font_file(family)))
        yield Made("pdf", "fpdf2", family, path)
    content = _fpdf2(paragraphs, str(SARABUN))
    # What broken programs make: glyphs named by private characters, by the Western letters of
    # Windows-874's bytes, by the next letter, or by nothing at all.
    for detail, changed in (
        ("map: private", content.replace(b"<0E", b"<E0")),
        ("map: Western", content.replace(b"<0E", b"<00")),
        ("map: next sign", _renamed(content, 1)),
        ("map: far letter", _renamed(content, 23)),
        ("no map", content.replace(b"/ToUnicode", b"/ToNothing")),
    ):
        path = folder / f"fpdf2 {detail.replace(':', '')}.pdf"
        path.write_bytes(changed)
        yield Made("pdf", "fpdf2, broken", detail, path, broken=True)


def _renamed(content, by) -> bytes:
    """Every Thai character of the character map moved ``by`` places."""
    import re

    def moved(match):
        place = (int(match[1], 16) - 1 + by) % 0x5B + 1
        return b"<0E%02X" % place

    return re.sub(rb"<0E([0-9A-Fa-f]{2})", moved, content)


def _pdf_by_chromium(paragraphs, folder, families):
    for family in families:
        page, path = folder / "page.html", folder / f"chromium {family}.pdf"
        face = (
            f"<style>@font-face{{font-family:'f';src:url('file://{font_file(family)}')}}"
            "body{font-family:'f'}</style>"
        )
        body = "".join(f"<p>{html.escape(p)}</p>" for p in paragraphs)
        page.write_text(f'<html lang="th"><meta charset="utf-8">{face}<body>{body}', "utf-8")
        run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
             f"--user-data-dir={folder}/chromium", f"--print-to-pdf={path}", page.as_uri()])
        page.unlink()
        if path.exists():
            yield Made("pdf", "Chromium", family, path)


def _pdf_by_cairo(paragraphs, folder, families):
    for family in families:
        if family == "Sarabun":  # pango finds only what the system has
            continue
        lines = [p[n : n + 60] for p in paragraphs for n in range(0, len(p), 60)]
        texts = "".join(
            f'<text x="20" y="{30 + 24 * n}">{html.escape(line)}</text>'
            for n, line in enumerate(lines)
        )
        drawing, path = folder / "page.svg", folder / f"cairo {family}.pdf"
        drawing.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="800" height="{60 + 24 * len(lines)}"'
            f' font-family="{family}" font-size="14" xml:lang="th">{texts}</svg>', "utf-8")
        run(["rsvg-convert", "-f", "pdf", "-o", str(path), str(drawing)])
        drawing.unlink()
        if path.exists():
            yield Made("pdf", "cairo (librsvg)", family, path)


def _by_libreoffice(paragraphs, folder, families):
    source = folder / "libreoffice"
    source.mkdir()
    for family in families:
        if family != "Sarabun":
            write_docx(paragraphs, source / f"{family}.docx", family)
    documents = sorted(source.glob("*.docx"))
    _convert(documents, "pdf", source)
    for path in documents:
        if path.with_suffix(".pdf").exists():
            yield Made("pdf", "LibreOffice", path.stem, path.with_suffix(".pdf"))
    for origin, kinds in (("a.docx", ("odt", "rtf", "doc", "docx", "epub", "html")),
                          ("a.pptx", ("odp", "ppt", "pptx")),
                          ("a.xlsx", ("ods", "xls", "xlsx"))):
        for kind in kinds:
            made = source / f"{Path(origin).stem}.{kind}"
            _convert([folder / origin], kind, source)
            if made.exists():
                yield Made(kind, "LibreOffice", "", made)


def _convert(paths, kind, folder):
    if paths:
        run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
             "--convert-to", kind, "--outdir", str(folder), *map(str, paths)])


def run(command):
    """Let a program make a file; when it fails, the file is not there, and is said to be."""
    subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=180, check=False,
        env=os.environ | {"LANG": "C.UTF-8"},
    )
