"""Lines of plain fields become lists; Thai titles break between phrases."""

import pytest

from hub.thai.typography import in_lines, in_phrases


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        (None, ""),
        ("ย่อหน้าเดียว", "<p>ย่อหน้าเดียว</p>"),
        ("ย่อหน้าหนึ่ง\r\n\r\nย่อหน้าสอง", "<p>ย่อหน้าหนึ่ง</p><p>ย่อหน้าสอง</p>"),
        ("ถัง\nเครื่องเติมอากาศ", "<ul><li>ถัง</li><li>เครื่องเติมอากาศ</li></ul>"),
        ("1) ตวง\n2) คน", "<ol><li>ตวง</li><li>คน</li></ol>"),
        # Numbers that do not start at one are part of the text.
        ("3) ตวง\n4) คน", "<ul><li>3) ตวง</li><li>4) คน</li></ul>"),
        ("<b>\n& ข้าว", "<ul><li>&lt;b&gt;</li><li>&amp; ข้าว</li></ul>"),
        ("ก" * 300 + "\nข", f"<p>{'ก' * 300}</p><p>ข</p>"),
    ],
)
def test_lines_become_lists(text, html):
    assert in_lines(text) == html


@pytest.mark.parametrize(
    ("title", "phrases"),
    [
        ("แม่ปูไข่ ต้องแยกถัง", ["แม่ปูไข่", "ต้องแยกถัง"]),
        ("สมัชชา ครั้งที่ 1 (ตัวอย่าง)", ["สมัชชา", "ครั้งที่ 1", "(ตัวอย่าง)"]),
        ("แล้วค่อย ๆ ย้าย", ["แล้วค่อย ๆ", "ย้าย"]),
        ("<script> ข้าว", ["ข้าว"]),
    ],
)
def test_a_thai_title_is_cut_into_phrases(title, phrases):
    html = in_phrases(title)
    assert html.count('<span class="phrase">') == len(phrases)
    for phrase in phrases:
        assert f'<span class="phrase">{phrase}</span>' in html
    assert "<script>" not in html


def test_an_english_title_is_left_as_it_is():
    assert in_phrases("A crab bank & its rules") == "A crab bank &amp; its rules"
