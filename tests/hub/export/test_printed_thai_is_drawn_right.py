"""Printed Thai: a tone mark is drawn above the vowel sign, not over it."""

import pypdfium2
import pytest

from hub.export.pdf import pdf_of_html


def highest_ink(text) -> int:
    """The topmost row of pixels with ink."""
    page = pypdfium2.PdfDocument(pdf_of_html(f"<h1>{text}</h1>"))[0]
    picture = page.render(scale=4).to_pil().convert("L").point(lambda grey: 255 * (grey < 128))
    return picture.getbbox()[1]


@pytest.mark.parametrize(("without", "marked"), [("ที", "ที่"), ("ผึง", "ผึ้ง"), ("นำ", "น้ำ")])
def test_a_tone_mark_stands_above_the_vowel_sign(without, marked):
    assert highest_ink(marked) <= highest_ink(without) - 8
