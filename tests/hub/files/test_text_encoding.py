"""The text of a file is read in whatever encoding a Thai computer saved it."""

import codecs

import pytest

from hub.files.text_encoding import decode, encoding_of

pytestmark = pytest.mark.any_database
TEXT = "วันที่,หมู่บ้าน\r\n๑๕/๑/๒๕๖๗,บ้านทุ่งฟ้า\r\n1,น้ำ é\r\n"
THAI = TEXT.replace("é", "e")


@pytest.mark.parametrize("encoding", [
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp874",
])
def test_every_encoding_is_read(encoding):
    assert decode(THAI.encode(encoding)) == THAI


def test_byte_order_marks_are_recognised_and_removed():
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        content = mark + TEXT.encode(encoding)
        assert encoding_of(content) and decode(content) == TEXT


def test_utf_16_without_a_mark_is_recognised():
    for text in ("a,b\n1,2\n", "ก,ข\nค,ง\n", "วันที่\n"):
        for encoding in ("utf-16-le", "utf-16-be"):
            assert encoding_of(text.encode(encoding)) == encoding
            assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("content", [
    b"", b"a,b", "ก".encode(), "ก".encode("cp874"), b"\0" * 1000, b"\x00\x01\x02\xff\xfe",
    bytes(range(256)) * 4, b"a\0b", b"\x00\xd8\x00\xd8",
])
def test_other_bytes_are_not_taken_for_utf_16(content):
    assert encoding_of(content) is None


def test_bytes_of_no_known_encoding_are_an_error():
    with pytest.raises(UnicodeDecodeError):
        decode("Ünïcødé ýþÿ".encode("latin-1"))
