"""No text of an export is taken for a formula, and what was guarded reads back as it was."""

import random

import pytest

from hub.files.cell_text import guard, is_formula, unguard

pytestmark = pytest.mark.any_database
TRIGGERS = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫"]
HIDDEN_BEHIND = ["", " ", "\u00a0", "\u200b", "\u200e", "\u202e", "\ufeff", "\u2060", "\x00",
                 "\x1f", "\x85", " \u200b\u3000"]


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_formula_is_guarded_wherever_it_hides(trigger):
    for before in HIDDEN_BEHIND:
        text = f"{before}{trigger}HYPERLINK(A1)"
        assert guard(text) == f"'{text}", ascii(text)


@pytest.mark.parametrize("control", ["\t", "\r", "\n"])
def test_a_tab_and_the_end_of_a_line_are_guarded(control):
    assert guard(f"{control}ปู") == f"'{control}ปู"


@pytest.mark.parametrize("text", [
    "", "ปูม้า", "a=b", "ก-ฮ", "1+1", "'", "'ก", "ๆ", "ําก", " ก", "\u200bก", "(-5)", "“=1”",
    "0812345678", "➕", "–", "%", "#N/A", "🦀",
])
def test_other_text_stays_as_it_is(text):
    assert not is_formula(text)
    assert guard(text) == text and unguard(text) == text


def test_an_apostrophe_that_was_typed_is_kept():
    for text in ("'=1", "''=1", "' =1", "'\t"):
        assert guard(text) == f"'{text}"
        assert unguard(guard(text)) == text


def test_guarded_text_reads_back():
    chance = random.Random(12)
    alphabet = "'=+-@＝\t\r\n \u200b\x00กa1"
    for _ in range(5000):
        text = "".join(chance.choices(alphabet, k=chance.randrange(6)))
        assert unguard(guard(text)) == text, ascii(text)
        assert not is_formula(guard(text)), ascii(text)
