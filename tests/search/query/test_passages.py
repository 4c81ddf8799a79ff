"""A hit shows its best passage, marked, beginning and ending between clusters."""

import pytest

from search.engines.contract import Hit, Section
from search.query import passages, planning
from search.text import thai

FILLER = "ชุมชนร่วมกันคิดร่วมกันทำเพื่อให้ทุกคนมีสุขภาพที่ดีขึ้นอย่างยั่งยืน"


def hit(*sections, summary=""):
    held = [Section(*s) for s in sections]
    return Hit("k", 1.0, "lesson", "ชื่อ", 1, None, None, summary, held)


def best(text, *sections, **arguments):
    words = passages.needles(planning.plan(text))
    places = passages.WordPositions(hit(*sections, **arguments), words)
    return passages.best_passages(places, words)


def test_the_section_that_has_the_words_is_chosen():
    found = best("ขยะ", ("a", "หนึ่ง", FILLER * 5), ("b", "สอง", f"{FILLER} จัดการขยะ {FILLER}"))
    assert (found[0].anchor, found[0].heading) == ("b", "สอง")
    assert [text for text, matched in found[0].pieces if matched] == ["ขยะ"]


def test_the_place_with_most_of_the_words_is_chosen():
    text = f"น้ำ {FILLER * 10} จัดการน้ำในนาข้าว {FILLER * 10}"
    [first, *_rest] = best("จัดการน้ำอย่างไรในนาข้าว", ("", "", text))
    assert "จัดการน้ำในนาข้าว" in "".join(t for t, _m in first.pieces)


@pytest.mark.parametrize("before", range(0, 40, 3))
def test_no_passage_begins_or_ends_within_a_cluster(before):
    text = FILLER * 6 + FILLER[:before] + "ถังขยะ" + FILLER * 6
    [passage] = best("ถังขยะ", ("", "", text))
    shown = "".join(t for t, _m in passage.pieces).strip("… ")
    start = text.index(shown)
    end = start + len(shown)
    assert not thai.NOT_FIRST.match(shown[0])
    assert start == 0 or text[start - 1] not in "เแโใไ"
    assert end == len(text) or not thai.NOT_FIRST.match(text[end])
    assert 100 <= len(shown) <= 220


def test_a_match_never_splits_a_cluster():
    for passage in best("กา", ("", "", "กาน้ำ กาำ ก้า")):
        for text, _matched in passage.pieces:
            assert not thai.NOT_FIRST.match(text[0])


def test_a_match_is_not_separated_from_the_vowel_before_it():
    [passage] = best("กา", ("", "", "เกาหลัง กา"))
    assert [(t, m) for t, m in passage.pieces if m] == [("กา", True)]
    assert passage.pieces[0] == ("เกาหลัง ", False)


def test_thai_digits_and_capitals_match_and_are_shown_as_written():
    [passage] = best("2568 covid", ("", "", "ปี ๒๕๖๘ มี COVID"))
    assert [t for t, matched in passage.pieces if matched] == ["๒๕๖๘", "COVID"]


def test_a_hit_without_a_matching_text_shows_its_beginning():
    [passage] = best("ขยะ", ("", "", FILLER * 9))
    assert "".join(t for t, _m in passage.pieces).startswith(FILLER[:50])


def test_an_empty_hit_has_no_passage():
    assert best("ขยะ", ("", "", "")) == []


def test_pieces_are_plain_text():
    [passage] = best("ขยะ", ("", "", "<b>ขยะ</b> & more"))
    assert "".join(t for t, _m in passage.pieces) == "<b>ขยะ</b> & more"
