"""What nobody sees is taken out of typed text, one spelling stays, letters are counted as seen."""

import random
import time
import unicodedata

import pytest

from hub.thai.digits import to_arabic
from hub.thai.text import composed, letters, letters_of, typed, without_unseen

FAMILY = "👨\u200d👩\u200d👧"
WALES = "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"


@pytest.mark.parametrize("unseen", [
    "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202e", "\u2060", "\u2066",
    "\u2069", "\ufeff", "\u00ad", "\u034f", "\u061c", "\u180e", "\u115f", "\u3164", "\u2800",
    "\uffa0", "\ufffc", "\ufe0f", "\U000e0041", "\U000e0100", "\x00", "\x01", "\x1b", "\x7f",
    "\x9f", "\ud800", "\udfff", "\ufffe", "\uffff",
])
def test_invisible_characters_are_removed(unseen):
    assert without_unseen(f"น้ำ{unseen}ตาล") == "น้ำตาล"
    assert typed(f"{unseen}ข้าว{unseen}{unseen}สาร{unseen}") == "ข้าวสาร"
    assert typed(unseen) == typed(f" {unseen}\n{unseen * 3}") == ""


@pytest.mark.parametrize("nothing", [
    "", " ", "\n\t", "\u00a0", "\u3000", "\u2028", "\u0e48", "\u0e31\u0e4c", "\u0301",
    "\u200b \x00", "\ue000",
])
def test_spaces_and_marks_without_a_letter_are_empty_text(nothing):
    assert typed(nothing) == ""


@pytest.mark.parametrize("seen", ["ก", "!", "7", "๗", "ๆ", "é", "🙂", "฿", "نعم", "漢", "-"])
def test_visible_characters_stay(seen):
    assert typed(seen) == seen


@pytest.mark.parametrize("emoji", [
    FAMILY, WALES, "❤\ufe0f", "👍🏽", "👩🏽\u200d🌾", "1\ufe0f\u20e3", "🇹🇭",
])
def test_emoji_stay_whole(emoji):
    assert typed(f"ดี{emoji}มาก") == f"ดี{emoji}มาก"
    assert letters(emoji) == 1


def test_joiners_and_tags_outside_emoji_are_removed():
    assert typed("ก\u200dข 👍\u200d ค\U000e0061") == "กข 👍 ค"
    assert typed("👍" + "\ufe0f" * 50) == "👍\ufe0f\ufe0f"


def test_line_ends_are_normalised():
    assert typed("ก\r\nข\rค\u2028ง\n\nจ\tฉ") == "ก\nข\nค\nง\n\nจ\tฉ"


@pytest.mark.parametrize(("written", "kept"), [
    ("น\u0e4d\u0e32", "น\u0e33"),  # sara-am in two characters
    ("น\u0e4d\u0e49\u0e32", "น\u0e49\u0e33"),  # and with a tone mark between
    ("น\u0e49\u0e4d\u0e32", "น\u0e49\u0e33"),  # or before both
    ("น\u0e33\u0e49", "น\u0e49\u0e33"),  # tone after sara-am
    ("ท\u0e33\u0e33", "ท\u0e33"),
    ("ท\u0e48\u0e35", "ท\u0e35\u0e48"),  # tone before vowel
    ("ส\u0e34ทธ\u0e4c\u0e34", "ส\u0e34ทธ\u0e34\u0e4c"),  # the sign of silence before a vowel
    ("ท\u0e35\u0e48\u0e48", "ท\u0e35\u0e48"),  # a doubled mark
    ("ท\u0e35\u0e35\u0e48\u0e48\u0e48", "ท\u0e35\u0e48"),
    ("ท\u0e48\u0e35\u0e48\u0e35", "ท\u0e35\u0e48"),
    ("\u0e40\u0e40ม\u0e48", "\u0e41ม\u0e48"),  # two sara-e as sara-ae
    ("cafe\u0301", "café"),
    ("มากกกก ค่าาาา เก้าาา ๆๆ", "มากกกก ค่าาาา เก้าาา ๆๆ"),  # drawn out on purpose: stays
    ("กำลัง เเละ แและ", "กำลัง และ แและ"),
    ("ธมฺมํ พุทฺโธ", "ธมฺมํ พุทฺโธ"),  # Pali
])
def test_equal_looking_text_is_stored_the_same(written, kept):
    assert composed(written) == typed(written) == kept


ALPHABET = (
    "กนมอเแา\u0e33\u0e31\u0e34\u0e35\u0e38\u0e39\u0e3a\u0e47\u0e48\u0e49\u0e4c\u0e4d a1é\u0301"
    "\u200b\u200d\ufe0f👍👩\x00\n"
)


def test_cleaning_twice_changes_nothing():
    chance = random.Random(7)
    for _ in range(20_000):
        text = "".join(chance.choices(ALPHABET, k=chance.randint(1, 12)))
        once = typed(text)
        assert typed(once) == once, ascii(text)
        assert unicodedata.is_normalized("NFC", once), ascii(text)
        assert "".join(letters_of(once)) == once


@pytest.mark.parametrize(("text", "count"), [
    ("", 0), ("น้ำ", 1), ("ที่", 1), ("เก่า", 3), ("กำลังใจ", 5), ("ป้าปู", 3), ("รู้", 1),
    ("abc", 3), ("cafe\u0301", 4), ("ก\nข", 3), ("\r\n", 1), (FAMILY * 2, 2), ("🇹🇭🇱🇦", 2),
    ("👍🏽👍", 2), (WALES, 1), ("1\ufe0f\u20e3", 1), ("ก\u200b", 2),
])
def test_letters_are_counted_as_people_count(text, count):
    assert letters(text) == count


@pytest.mark.parametrize("hostile", [
    "\u0e34\u0e38" * 20_000, "\u0e48" * 40_000, "ก" + "\u0e48\u0e34" * 20_000, "\u200b" * 40_000,
    "👍\u200d" * 20_000, "\u0e4d" * 40_000, "\u0e33" * 40_000, "1\ufe0f" * 20_000, "\r" * 40_000,
    "🏴" + "\U000e0067" * 40_000,
])
def test_hostile_text_is_cleaned_in_linear_time(hostile):
    begun = time.perf_counter()
    letters(typed(hostile))
    assert time.perf_counter() - begun < 2


def test_digits_of_every_script_are_converted():
    assert to_arabic("๐๑๒๓๔๕๖๗๘๙ ２５６７ ٢٠٢٤ ៤") == "0123456789 2567 2024 4"
    assert to_arabic("ก² ½ Ⅳ ① a") == "ก² ½ Ⅳ ① a"
