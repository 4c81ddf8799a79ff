"""Every kind of file gives back the Thai that was written into it; bad files give a status."""

import re
import zipfile
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
from fpdf import FPDF

from search.extraction.extractor import Extracted, Limits, decode, extract, extract_safely
from tests.ole2 import ole2_file

FILES = Path(__file__).parents[2] / "files"
SENTENCES = [
    "ธนาคารปูม้าชุมชนบ้านหัวเขา เริ่มจากชาวประมงนำแม่ปูไข่นอกกระดองมาฝากไว้",
    "แม่ปูหนึ่งตัวให้ลูกปูได้หลายแสนตัว เมื่อปล่อยลงทะเลแล้ว น้ำในทะเลสาบต้องสะอาด",
    "กลุ่มเรียนรู้ว่าต้องเปลี่ยนน้ำทุกเช้า และจดบันทึกจำนวนแม่ปูทุกครั้ง",
]
ODF = "urn:oasis:names:tc:opendocument:xmlns"


def squeeze(text):
    return re.sub(r"\s", "", text)


def write_odf(path, kind, body, manifest=""):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        mime = f"application/vnd.oasis.opendocument.{kind}"
        archive.writestr("mimetype", mime, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        archive.writestr("content.xml", (
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content'
            f' xmlns:office="{ODF}:office:1.0" xmlns:text="{ODF}:text:1.0"'
            f' xmlns:draw="{ODF}:drawing:1.0" xmlns:table="{ODF}:table:1.0"'
            f' xmlns:presentation="{ODF}:presentation:1.0"><office:body>'
            f"<office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
        ))


def write_docx(path):
    document = docx.Document()
    for sentence in SENTENCES:
        document.add_paragraph(sentence)
    document.save(path)


def write_pptx(path):
    slides = pptx.Presentation()
    for sentence in SENTENCES:
        slide = slides.slides.add_slide(slides.slide_layouts[5])
        slide.shapes.title.text = sentence
    slide.notes_slide.notes_text_frame.text = "บันทึกผู้สอน"
    slides.save(path)


def write_xlsx(path):
    book = openpyxl.Workbook()
    book.active.title = "ปูม้า"
    book.active.append([SENTENCES[0], 12])
    for sentence in SENTENCES[1:]:
        book.create_sheet().append([None, sentence])
    book.save(path)


def write_odt(path):
    write_odf(path, "text", "".join(f"<text:p>{s}</text:p>" for s in SENTENCES))


def write_odp(path):
    write_odf(path, "presentation", "".join(
        f'<draw:page draw:name="s"><draw:frame><draw:text-box><text:p><text:span>{s}</text:span>'
        "</text:p></draw:text-box></draw:frame><presentation:notes><draw:frame><draw:text-box>"
        "<text:p>บันทึก<text:page-number>1</text:page-number></text:p></draw:text-box>"
        "</draw:frame></presentation:notes></draw:page>" for s in SENTENCES
    ))


def write_ods(path):
    write_odf(path, "spreadsheet", "".join(
        f'<table:table table:name="ชีต{n}"><table:table-row><table:table-cell'
        f' office:value-type="string"><text:p>{s}</text:p></table:table-cell></table:table-row>'
        "</table:table>" for n, s in enumerate(SENTENCES)
    ))


def write_rtf(path):
    """As Word for Windows writes Thai: bytes of Windows-874, and as newer programs do."""
    first, *others = SENTENCES
    body = "".join(f"\\'{byte:02x}" for byte in first.encode("cp874")) + "\\par "
    for sentence in others:
        body += "".join(f"\\u{ord(letter)}?" for letter in sentence) + "\\par "
    path.write_text(r"{\rtf1\ansi\ansicpg874\deff0{\fonttbl{\f0\fcharset222 Cordia;}}\f0 "
                    + body + "}", "ascii")


def write_page(path, encoding="utf-8", declared="utf-8"):
    path.write_bytes((
        f'<html><head><meta charset="{declared}"><title>ปูม้า &amp; ปูดำ</title>'
        "<script>var hidden = 'ซ่อน'</script></head><body>"
        + "".join(f"<p>{s}</p>" for s in SENTENCES) + "</body></html>"
    ).encode(encoding))


def write_epub(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", (
            '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
            '<rootfiles><rootfile full-path="book.opf"'
            ' media-type="application/oebps-package+xml"/></rootfiles></container>'))
        archive.writestr("book.opf", (
            '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i">'
            '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="i">1'
            "</dc:identifier><dc:title>ปู</dc:title><dc:language>th</dc:language></metadata>"
            '<manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
            '</manifest><spine><itemref idref="a"/></spine></package>'))
        archive.writestr("a.xhtml", (
            '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>ปู</title></head><body>'
            + "".join(f"<p>{s}</p>" for s in SENTENCES) + "</body></html>"))


def thai_pdf(pages, **encryption) -> FPDF:
    """fpdf2 names the second half of every sara-am wrongly, so pages here should have none."""
    document = FPDF()
    document.set_compression(False)
    document.add_font("sarabun", fname=FILES / "Sarabun-Thai.ttf")
    document.set_text_shaping(True)
    if encryption:
        document.set_encryption(**encryption)
    for text in pages:
        document.add_page()
        document.set_font("sarabun", size=12)
        document.multi_cell(0, 10, text)
    return document


WRITERS = {
    "docx": write_docx, "pptx": write_pptx, "xlsx": write_xlsx, "odt": write_odt,
    "odp": write_odp, "ods": write_ods, "rtf": write_rtf, "html": write_page, "epub": write_epub,
}


def read(path, filename=None, **limits) -> Extracted:
    return extract(path, filename=filename or path.name, limits=Limits(**limits))


def assert_all_text_came_back(extracted):
    assert extracted.status == "read", extracted
    found = squeeze("".join(part.text for part in extracted.parts))
    for sentence in SENTENCES:
        assert squeeze(sentence) in found


@pytest.mark.parametrize("kind", WRITERS)
def test_thai_comes_back_from_what_programs_write_today(kind, tmp_path):
    path = tmp_path / f"ธนาคารปู.{kind}"
    WRITERS[kind](path)
    assert_all_text_came_back(read(path))


@pytest.mark.parametrize("name", ["crab-bank.doc", "crab-bank.ppt", "crab-bank.xls",
                                  "chromium.pdf", "cairo.pdf", "libreoffice.pdf"])
def test_thai_comes_back_from_files_of_other_programs(name):
    assert_all_text_came_back(read(FILES / name))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp874", "tis-620", "utf-16", "utf-16-le"]
)
@pytest.mark.parametrize("kind", ["txt", "csv"])
def test_thai_comes_back_from_plain_text_in_any_encoding(kind, encoding, tmp_path):
    path = tmp_path / f"a.{kind}"
    path.write_bytes("\r\n".join(SENTENCES).encode(encoding))
    assert_all_text_came_back(read(path))


def test_an_old_web_page_is_read_by_the_encoding_it_declares(tmp_path):
    write_page(tmp_path / "a.htm", "cp874", declared="windows-874")
    extracted = read(tmp_path / "a.htm")
    assert_all_text_came_back(extracted)
    assert extracted.parts[0].text.startswith("ปูม้า & ปูดำ")
    assert "ซ่อน" not in extracted.parts[0].text


def test_western_text_is_not_taken_for_thai():
    assert decode("Café Côte d’Azur, à bientôt".encode("cp1252")).startswith("Café Côte")


@pytest.mark.parametrize("name, unit", [
    ("a.pptx", "slide"), ("a.odp", "slide"), ("a.xlsx", "sheet"), ("a.ods", "sheet"),
    ("chromium.pdf", "page"),
])
def test_parts_are_numbered_as_the_reader_counts_them(name, unit, tmp_path):
    path = FILES / name
    if not path.exists():
        path = tmp_path / name
        WRITERS[path.suffix[1:]](path)
    parts = read(path).parts
    assert [(part.number, part.kind) for part in parts] == [(n, unit) for n in (1, 2, 3)]
    for part, sentence in zip(parts, SENTENCES, strict=True):
        assert squeeze(sentence) in squeeze(part.text)


def test_speaker_notes_belong_to_their_slide(tmp_path):
    write_pptx(tmp_path / "a.pptx")
    write_odp(tmp_path / "a.odp")
    slides = read(tmp_path / "a.pptx").parts
    assert ["บันทึกผู้สอน" in slide.text for slide in slides] == [False, False, True]
    assert read(tmp_path / "a.odp").parts[1].text.endswith("บันทึก")


def test_a_sheet_begins_with_its_custom_name(tmp_path):
    write_xlsx(tmp_path / "a.xlsx")
    texts = [part.text for part in read(tmp_path / "a.xlsx").parts]
    assert texts[0].split("\n")[0] == "ปูม้า"
    assert texts[1] == SENTENCES[1]


def test_an_empty_page_is_left_out_and_the_others_keep_their_numbers(tmp_path):
    path = tmp_path / "a.pdf"
    thai_pdf(["ปูม้าตัวเมีย", "", "ปูม้าตัวผู้"]).output(path)
    assert [(part.number, part.text) for part in read(path).parts] == [
        (1, "ปูม้าตัวเมีย"), (3, "ปูม้าตัวผู้"),
    ]


def test_a_scan_has_no_text(tmp_path):
    path = tmp_path / "scan.pdf"
    thai_pdf([""]).output(path)
    assert read(path) == Extracted("empty")


def locked_odt(path):
    write_odf(path, "text", "", '<manifest:encryption-data xmlns:manifest="x"/>')


def test_encrypted_files_have_their_own_status(tmp_path):
    thai_pdf(["ปูม้า"], owner_password="a", user_password="b").output(tmp_path / "a.pdf")
    locked_odt(tmp_path / "a.odt")
    (tmp_path / "a.docx").write_bytes(ole2_file("EncryptionInfo", "EncryptedPackage"))
    for name in ("a.pdf", "a.odt", "a.docx"):
        assert read(tmp_path / name).status == "encrypted", name


def test_a_pdf_that_may_be_read_but_not_changed_is_read(tmp_path):
    thai_pdf(["ปูม้าตัวเมีย"], owner_password="a").output(tmp_path / "a.pdf")
    assert read(tmp_path / "a.pdf").parts[0].text == "ปูม้าตัวเมีย"


@pytest.mark.parametrize("kind", [*WRITERS, "pdf", "doc", "ppt", "xls"])
@pytest.mark.parametrize("damage", ["cut", "noise", "nothing"])
def test_damaged_files_give_a_status(kind, damage, tmp_path):
    whole = tmp_path / f"whole.{kind}"
    if kind in WRITERS:
        WRITERS[kind](whole)
    else:
        found = FILES / ("cairo.pdf" if kind == "pdf" else f"crab-bank.{kind}")
        whole.write_bytes(found.read_bytes())
    content = whole.read_bytes()
    path = tmp_path / f"a.{kind}"
    path.write_bytes({"cut": content[: len(content) // 2], "nothing": b"",
                      "noise": content[:40] + bytes(range(256)) * 40}[damage])
    extracted = read(path)
    assert extracted.status in ("failed", "empty", "garbled", "read")
    assert extracted.status != "read" or kind in ("html", "rtf", "doc", "ppt", "xls", "pdf")


def bomb(path, declared=None):
    """A DOCX of 200 kB that unpacks to 200 MB."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/document.xml", "w") as member,
    ):
        for _ in range(200):
            member.write(b" " * 10**6)
    if declared is not None:
        content = bytearray(path.read_bytes())
        at = content.rindex(b"PK\x01\x02")
        content[at + 24 : at + 28] = declared.to_bytes(4, "little")
        path.write_bytes(content)


@pytest.mark.parametrize("declared", [None, 1000])
def test_a_zip_bomb_is_not_unpacked_even_when_its_header_lies(declared, tmp_path):
    bomb(tmp_path / "a.docx", declared)
    # Python's zipfile stops at the declared size and finds the checksum wrong.
    assert read(tmp_path / "a.docx").status == ("failed" if declared else "too_big")


def test_a_file_over_the_limit_is_not_opened(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"crab " * 1000)
    assert read(tmp_path / "a.txt", file_bytes=1000).status == "too_big"


def test_text_over_the_limit_is_truncated(tmp_path):
    (tmp_path / "a.txt").write_text("ปูม้า" * 1000, "utf-8")
    extracted = read(tmp_path / "a.txt", characters=50)
    assert (len(extracted.parts[0].text), extracted.truncated) == (50, True)


def test_a_kind_without_text_is_empty(tmp_path):
    assert read(tmp_path / "film.mp4").status == "empty"


# The child process.


@pytest.mark.parametrize("name", ["chromium.pdf", "crab-bank.doc", "crab-bank.ppt"])
def test_the_child_reads_within_its_limits(name):
    assert_all_text_came_back(extract_safely(FILES / name, filename=name))


def test_the_child_accepts_a_thai_name_and_a_stored_name_without_extension(tmp_path):
    path = tmp_path / "คู่มือ 100% #1"
    write_docx(path)
    assert_all_text_came_back(extract_safely(path, filename="คู่มือ.docx"))


def test_a_child_that_takes_too_long_is_killed(tmp_path, monkeypatch):
    from search.extraction import child_process

    slow = tmp_path / "slow.py"
    slow.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(child_process, "CHILD", slow)
    extracted = extract_safely(FILES / "cairo.pdf", filename="a.pdf", limits=Limits(seconds=1))
    assert extracted.status == "timeout"


def test_a_child_that_dies_is_a_failure(tmp_path, monkeypatch):
    from search.extraction import child_process

    dying = tmp_path / "dying.py"
    dying.write_text("import os; os.kill(os.getpid(), 11)")
    monkeypatch.setattr(child_process, "CHILD", dying)
    assert extract_safely(FILES / "cairo.pdf", filename="a.pdf").status == "failed"


def test_a_child_without_enough_memory_ends_with_a_status(tmp_path):
    with open(tmp_path / "a.txt", "wb") as file:
        file.truncate(99 * 1024**2)
    limits = Limits(memory_bytes=200 * 1024**2)
    assert extract_safely(tmp_path / "a.txt", filename="a.txt", limits=limits).status == "too_big"


def test_a_missing_file_is_a_failure():
    assert extract_safely("/nowhere", filename="a.pdf").status == "failed"


def test_the_child_sees_no_secrets_and_no_django(tmp_path, monkeypatch):
    from search.extraction import child_process

    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    spy = tmp_path / "spy.py"
    spy.write_text(
        "import json, os, sys\n"
        f"sys.path.insert(0, {str(Path(child_process.__file__).parents[2])!r})\n"
        "import search.extraction.extractor\n"
        "seen = 'DATABASE_URL' in os.environ or 'django' in sys.modules\n"
        "open('answer.json', 'w').write(json.dumps({'status': 'failed' if seen else 'empty'}))"
    )
    monkeypatch.setattr(child_process, "CHILD", spy)
    assert extract_safely(FILES / "cairo.pdf", filename="a.pdf").status == "empty"


def test_extraction_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    extract_safely(FILES / "cairo.pdf", filename="a.pdf")
    assert list(tmp_path.iterdir()) == []
