"""A PDF of the hub: its Thai text copies back, lines break between words, nothing is injected."""

import re
import shutil
import subprocess

import pypdfium2
import pytest
from django.utils.html import format_html

from hub.export.pdf import pdf_of_html, pieces
from hub.pages.page_search import words_of

WORDS = (
    "ที่นี้ ป้าเปี๊ยก ทำน้ำ กำลัง ปั๊ม ผู้ใหญ่ ฎีกา ญาติ ฐาน กตัญญู ปฏิบัติ ฝ้าย ฟื้นฟู ซิ่น ผึ้ง ขั้นตอน "
    "สิ่งที่ น้ำมัน ชุ่มชื้น ป่าชายเลน ช่วยกัน จัดตั้ง ปู่ ฬ่อ เก๋ง"
)
SENTENCE = (
    "ผู้ใหญ่บ้านชวนป้าเปี๊ยกกับญาติช่วยกันทำฝายชะลอน้ำเพื่อฟื้นฟูป่าชุ่มชื้นแล้วจดบันทึกทุกขั้นตอนที่กำลังปฏิบัติ"
)


def text_by_pdfium(pdf):
    return "\n".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(pdf))


def text_by_poppler(pdf):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not on this machine.")
    return subprocess.run(
        ["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


@pytest.mark.parametrize("read", [text_by_pdfium, text_by_poppler])
def test_every_character_reads_back(read):
    source = f"<h1>{WORDS}</h1><p>{WORDS} {SENTENCE * 4}</p><ul><li>{WORDS}</li></ul>"
    found = re.sub(r"\s", "", read(pdf_of_html(source)).replace("\f", ""))
    expected = re.sub(r"\s", "", f"{WORDS}{WORDS}{SENTENCE * 4}•{WORDS}1")
    assert found == expected


def test_lines_break_between_words_only():
    lines = text_by_pdfium(pdf_of_html(f"<p>{SENTENCE * 8}</p>")).split("\r\n")
    ends, place = set(), 0
    for word in words_of(SENTENCE * 8):
        place += len(word)
        ends.add(place)
    place = 0
    assert len(lines) > 4
    for line in lines[:-2]:
        place += len(line)
        assert place in ends, line[-12:]


def test_no_line_begins_with_a_mark_that_belongs_to_the_word_before():
    assert pieces("ต่าง ๆ (เช่น ฝาย), และ") == ["ต่าง ๆ ", "(เช่น ", "ฝาย), ", "และ"]


def test_user_text_is_escaped():
    evil = '<img src="file:///etc/passwd"> #import \\(EMC) Tj <script>x</script> &amp;'
    text = text_by_pdfium(pdf_of_html(format_html("<p>{}</p>", evil)))
    assert re.sub(r"\s", "", evil) in re.sub(r"\s", "", text)


def test_characters_missing_from_the_font_still_copy_back():
    assert "ก → ข ✓ ≥ ง" in text_by_pdfium(pdf_of_html("<p>ก → ข ✓ ≥ ง</p>"))


def test_the_same_content_gives_the_same_bytes():
    assert pdf_of_html("<p>ปูม้า</p>") == pdf_of_html("<p>ปูม้า</p>")


def test_long_words_tables_lists_and_page_breaks():
    source = (
        f"<p>https://example.org/{'a' * 300}</p><table><tr><th>เวลา</th><th>กิจกรรม</th></tr>"
        "<tr><td>10 นาที</td><td>แนะนำตัว</td></tr></table><ol><li>หนึ่ง</li><li></li></ol>"
        "<p class='new-page'>หน้าใหม่</p>"
    )
    pdf = pdf_of_html(source)
    assert len(pypdfium2.PdfDocument(pdf)) == 2
    text = text_by_pdfium(pdf)
    assert text.count("a") >= 300
    for word in ("กิจกรรม", "แนะนำตัว", "หน้าใหม่"):
        assert word in text
