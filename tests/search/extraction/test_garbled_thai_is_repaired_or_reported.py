"""Garbled Thai is repaired where spelling allows one reading; else it is reported, not indexed."""

import re

import pytest

from search.extraction.pdf import best_reading
from search.text.quality import repair, thai_quality
from tests.search.extraction.test_extraction import FILES, SENTENCES, read, thai_pdf


def test_garbled_pages_are_reported_and_not_returned(tmp_path):
    """A character map from Thai glyphs to private characters."""
    path = tmp_path / "garbled.pdf"
    path.write_bytes(
        bytes(thai_pdf(["ปูม้าตัวเมียไข่นอกกระดอง"] * 2).output()).replace(b"<0E", b"<E0")
    )
    extracted = read(path)
    assert (extracted.status, extracted.parts) == ("garbled", ())
    assert extracted.sample


@pytest.mark.parametrize("by", ["next sign", "controls"])
def test_a_wrong_glyph_table_is_detected_too(by, tmp_path):
    """Every sign is in a legal position or missing, and yet there is no word."""
    content = bytes(thai_pdf([" ".join(SENTENCES[:2]).replace("ำ", "า")] * 2).output())
    path = tmp_path / "garbled.pdf"
    path.write_bytes(content.replace(b"<0E", b"<00") if by == "controls" else re.sub(
        rb"<0E([0-9A-Fa-f]{2})", lambda m: b"<0E%02X" % (int(m[1], 16) % 0x5B + 1), content
    ))
    extracted = read(path)
    assert (extracted.status, extracted.parts) == ("garbled", ()), extracted
    assert extracted.sample


@pytest.mark.parametrize("text", [
    "นะโม ตัสสะ ภะคะวะโต อะระหะโต สัมมาสัมพุทธัสสะ พุทธัง สะระณัง คัจฉามิ ธัมมัง สะระณัง คัจฉามิ "
    "สังฆัง สะระณัง คัจฉามิ ทุติยัมปิ พุทธัง สะระณัง คัจฉามิ",
    "มูฮัมหมัด อับดุลเลาะ ฟาตีเมาะ ก๊ะมารีแย สะอารี แวดอเลาะ นูรีซัน ยูโซะ ดือราแม มะรอนิง " * 2,
    "หรอยจังฮู้ นุ้ยไปแลหนังลุงตะ แหลงใต้ม่ายโร้ เติ้นอี้ไปไหนเหล่า ตาหลวงเข้าโหม่แล้วหม้าย " * 2,
])
def test_prayers_names_and_dialect_are_a_language(text):
    from search.text.quality import is_gibberish

    assert not is_gibberish(text)


def test_one_garbled_part_does_not_affect_the_others(monkeypatch, tmp_path):
    from search.extraction import extractor

    garbled = "ก็่่ะ่าิ้ ่ำ่ั่ิ"
    monkeypatch.setattr(extractor, "_read", lambda path, kind: [
        extractor.Part(1, "page", SENTENCES[0]), extractor.Part(2, "page", garbled),
    ])
    (tmp_path / "a.pdf").write_bytes(b"%PDF-")
    extracted = read(tmp_path / "a.pdf")
    assert [part.number for part in extracted.parts] == [1]
    assert extracted.sample


def test_the_best_of_several_readings_is_used():
    right, moved = SENTENCES[2], SENTENCES[2].replace("ครั้ง", "ค ั้รง").replace("จำ", "จ า")
    assert best_reading([moved, right, moved]) == right
    assert best_reading(["ปู", right]) == right  # a reader that loses most of a page


def test_when_a_pdf_reader_fails_the_others_are_used(monkeypatch):
    from search.extraction import pdf

    def fail(content, kind):
        raise RuntimeError("Invalid cross-reference table")

    monkeypatch.setattr(pdf, "read_with_xberg", fail)
    assert len(read(FILES / "chromium.pdf").parts) == 3


@pytest.mark.parametrize("found, meant", [
    ("นํ้า", "น้ำ"), ("นำ้", "น้ำ"), ("น้ําา", "น้ำ"), ("ทำำ", "ทำ"), ("เเม่ปู", "แม่ปู"),
    ("น ้ำ", "น้ำ"), ("น้ำัาท่วม", "น้ำท่วม"), ("กำีหนด", "กำหนด"), ("ครัง้", "ครั้ง"), ("ป่ี", "ปี่"), ("ปูู", "ปู"),
    ("\uf70dป\uf702\uf70b", "๋ปี้"), ("à¸›à¸¹à¸¡à¹‰à¸²à¸\u0095à¸±à¸§", "ปูม้าตัว"),
])
def test_known_damage_to_thai_is_repaired(found, meant):
    assert repair(found) == meant


def test_windows_874_decoded_as_western_letters_is_repaired():
    assert repair(SENTENCES[0].encode("cp874").decode("latin-1")) == SENTENCES[0]


def test_the_space_after_sara_am_in_pdfs_is_removed():
    assert repair("จดบันทึกจำ นวนแม่ปู", from_pdf=True) == "จดบันทึกจำนวนแม่ปู"


@pytest.mark.parametrize("text", [
    *SENTENCES, "พันธุ์ สิทธิ์ ศาสตร์ ฤๅษี เกาะ เพราะ ก็ ฯลฯ ทั้งๆ ที่ ๒๕๖๗ เจี๊ยบ น้ำจิ้ม ณ บัดนี้",
    "Crab bank, déjà vu, 24 households", "Đây là tiếng Việt có nhiều dấu", "",
])
def test_good_text_is_neither_garbled_nor_changed(text):
    quality = thai_quality(text)
    assert (quality.illegal, quality.garbled) == (0, False)
    assert repair(text) == text
