"""Two texts are compared by word, paragraph and passage, and either is got back from it."""

import random
import time
import unicodedata

import pytest

from hub.versions.diff import (
    Change,
    Kind,
    Passage,
    after,
    before,
    likeness,
    paragraph_changes,
    passage_changes,
    word_changes,
)

SAME, ADDED, REMOVED, CHANGED = Kind.SAME, Kind.ADDED, Kind.REMOVED, Kind.CHANGED
WORDS = (
    "ธนาคาร ปู แม่ปู ไข่ นอก กระดอง ชาวประมง พื้นบ้าน ท่าเรือ ทะเล ฝาก คืน ลูกปู ถัง อากาศ น้ำ ที่ เพื่อ "
    "เก้าอี้ โต๊ะ ใส่ ไม้ กำ ทำ ค่ำ เกาะ เปรี้ยว แพะ ๑๒ ฯลฯ กิ่งไม้ ญาติ ผู้ใหญ่บ้าน crab bank 120 80% café"
).split()
LETTERS = "กขคงจาะิีึืุูเแโใไ่้๊๋์ำๅๆ ๑๒ab1\n\u0301\u200d👩🏽🇹🇭é😀"


def text_of(luck, words=40):
    joiners = ["", "", "", " ", "\n", ", "]
    return "".join(luck.choice(WORDS) + luck.choice(joiners) for _ in range(words))


def edited(luck, text):
    """``text`` with some stretches cut, put in, moved; anywhere, also within letters."""
    for _ in range(luck.randrange(6)):
        here, there = sorted(luck.randrange(len(text) + 1) for _ in range(2))
        match luck.randrange(3):
            case 0:
                text = text[:here] + text[min(there, here + 9):]
            case 1:
                text = text[:here] + text_of(luck, 3) + text[here:]
            case 2:
                text = text[:here] + text[there:] + text[here:there]
    return text


def is_within_a_letter(one, next_one):
    return (
        unicodedata.category(next_one) in ("Mn", "Mc", "Me")
        or next_one in "ะาำๅ\u200d" or one in "เแโใไ\u200d"
    )


@pytest.mark.parametrize("seed", range(300))
def test_both_texts_are_recovered_and_no_letter_loses_its_signs(seed):
    luck = random.Random(seed)
    old = text_of(luck)
    new = edited(luck, old) if seed % 3 else text_of(luck)
    if seed % 5 == 0:  # no text anybody would write
        old, new = ("".join(luck.choices(LETTERS, k=60)) for _ in range(2))
    changes = word_changes(old, new)
    assert before(changes) == old
    assert after(changes) == new
    assert all(change.text for change in changes)
    for text, left_out in ((old, ADDED), (new, REMOVED)):
        pieces = [c.text for c in changes if c.kind != left_out]
        ends, end = [], 0
        for piece in pieces[:-1]:
            end += len(piece)
            ends.append(end)
        for end in ends:
            assert not is_within_a_letter(text[end - 1], text[end]), (text, end)


def test_one_thai_word_among_others_is_found():
    assert word_changes("ฝากแม่ปูไว้ในถังของธนาคาร", "ฝากแม่ปูไว้ในกระชังของธนาคาร") == [
        Change(SAME, "ฝากแม่ปูไว้ใน"), Change(REMOVED, "ถัง"), Change(ADDED, "กระชัง"),
        Change(SAME, "ของธนาคาร"),
    ]


def test_a_tone_mark_changes_the_whole_word():
    assert word_changes("ชาวบ้านอ่านข่าว", "ชาวบ้านอ่านข้าว") == [
        Change(SAME, "ชาวบ้านอ่าน"), Change(REMOVED, "ข่าว"), Change(ADDED, "ข้าว"),
    ]


@pytest.mark.parametrize("text", ["", "ก", "น้ำ ทะเล\n"])
def test_equal_texts_have_no_change(text):
    assert word_changes(text, text) == ([Change(SAME, text)] if text else [])


def test_an_empty_text_is_all_added_or_all_removed():
    assert word_changes("", "แม่ปู") == [Change(ADDED, "แม่ปู")]
    assert word_changes("แม่ปู", "") == [Change(REMOVED, "แม่ปู")]


def test_changed_phrases_are_not_split_at_spaces_or_short_words():
    old, new = "we meet on Monday at the temple", "we meet every second Sunday at the temple"
    assert word_changes(old, new) == [
        Change(SAME, "we meet "), Change(REMOVED, "on Monday"),
        Change(ADDED, "every second Sunday"), Change(SAME, " at the temple"),
    ]


def test_a_number_changes_as_a_whole_and_a_space_is_no_part_of_the_sign_before_it():
    assert word_changes("40,000 บาท", "65,000 บาท") == [
        Change(REMOVED, "40,000"), Change(ADDED, "65,000"), Change(SAME, " บาท"),
    ]
    assert word_changes("few tanks and rules", "few tanks, and rules") == [
        Change(SAME, "few tanks"), Change(ADDED, ","), Change(SAME, " and rules"),
    ]


def test_a_word_between_two_changes_is_merged_into_them():
    old, new = "ตั้งเพิงไว้ปลายท่า มีเรือฝากเพียงสองลำ", "ตั้งเพิงใกล้ตาชั่งของคนรับซื้อ จำนวนเรือที่ฝากเพิ่มขึ้น"
    assert len([c for c in word_changes(old, new) if c.kind == SAME]) == 1


def test_long_texts_are_compared_in_time():
    luck = random.Random(1)
    old = text_of(luck, 16_000)  # 200 kB of Thai and more
    assert len(old.encode()) > 200_000
    another = text_of(random.Random(2), 16_000)
    few_words = "".join(luck.choices(["น้ำ", "ปู", " "], k=40_000))
    other_few_words = "".join(luck.choices(["น้ำ", "ปู", " "], k=40_000))
    for one, other in [
        (old, edited(luck, old)), (old, another), (few_words, other_few_words),
        ("a " * 100_000, "a " * 99_999), ("ก" * 70_000, "ข" + "ก" * 60_000),
    ]:
        begun = time.process_time()
        changes = word_changes(one, other)
        assert time.process_time() - begun < 6
        assert (before(changes), after(changes)) == (one, other)


def test_an_edit_in_a_long_text_is_shown_as_that_edit():
    luck = random.Random(3)
    old = text_of(luck, 16_000)
    new = "คำนำ" + old[:100_0] + " (แก้ไขแล้ว) " + old[100_0:] + " จบ"
    changed = sum(len(c.text) for c in word_changes(old, new) if c.kind != SAME)
    assert changed < 200


# Paragraphs


def test_a_changed_paragraph_is_paired_with_what_it_was():
    old = ["ชาวประมงนำแม่ปูมาฝาก", "สมาชิกดูแลถังทุกเช้า", "ปล่อยลูกปูลงทะเล"]
    new = ["ชาวประมงนำแม่ปูมาฝาก", "ประชุมทุกเดือน", "สมาชิกดูแลถังทุกเช้าและเย็น", "ปล่อยลูกปูลงทะเล"]
    changes = paragraph_changes(old, new)
    assert [c.kind for c in changes] == [SAME, ADDED, CHANGED, SAME]
    assert changes[2].words == [Change(SAME, "สมาชิกดูแลถังทุกเช้า"), Change(ADDED, "และเย็น")]


def test_a_moved_paragraph_is_marked_moved_even_when_changed():
    old = ["หนึ่ง เลี้ยงปู", "สอง ทำบัญชี", "สาม ปล่อยลงทะเลที่หน้าท่าเรือทุกเดือน"]
    new = ["สาม ปล่อยลงทะเลที่หน้าท่าเรือทุกสัปดาห์", "หนึ่ง เลี้ยงปู", "สอง ทำบัญชี"]
    changes = paragraph_changes(old, new)
    assert [(c.kind, c.moved) for c in changes] == [
        (CHANGED, True), (SAME, False), (SAME, False),
    ]


def test_a_removed_paragraph_is_shown_at_its_old_place():
    changes = paragraph_changes(["ก่อน", "ทะเลหายไป", "หลัง"], ["ก่อน", "หลัง"])
    assert [(c.kind, before(c.words)) for c in changes] == [
        (SAME, "ก่อน"), (REMOVED, "ทะเลหายไป"), (SAME, "หลัง"),
    ]
    changes = paragraph_changes(["ทะเลหายไป", "หลัง"], ["หลัง", "ป่าที่เพิ่มขึ้นมาใหม่"])
    assert [c.kind for c in changes] == [REMOVED, SAME, ADDED]


def test_a_replaced_figure_keeps_its_place():
    [change] = paragraph_changes(["120"], ["150"])
    assert change.words == [Change(REMOVED, "120"), Change(ADDED, "150")]


@pytest.mark.parametrize("seed", range(60))
def test_paragraphs_are_recovered(seed):
    luck = random.Random(seed)
    old = [text_of(luck, luck.randrange(8)) for _ in range(luck.randrange(9))]
    new = [edited(luck, p) for p in old if luck.random() > 0.2] + [text_of(luck, 4)]
    luck.shuffle(new)
    changes = paragraph_changes(old, new)
    assert [after(c.words) for c in changes if c.kind != REMOVED] == new
    assert sorted(before(c.words) for c in changes if c.kind != ADDED) == sorted(old)


def test_a_thousand_paragraphs_are_compared_in_time():
    luck = random.Random(4)
    old = [text_of(luck, 12) for _ in range(1000)]
    begun = time.process_time()
    for new in ([text_of(luck, 12) for _ in range(1000)], [edited(luck, p) for p in old]):
        paragraph_changes(old, new)
    assert time.process_time() - begun < 8


def test_likeness_counts_words_in_common():
    assert likeness("แม่ปู ถัง", "แม่ปู ถัง") == 1
    assert likeness("แม่ปู", "ทะเล") == 0
    assert 0 < likeness("แม่ปูในถัง", "แม่ปูในทะเล") < 1


# Passages


def test_a_passage_is_matched_by_its_name():
    money = Passage("c", "เงิน", ["ร้อย"])
    old = [Passage("a", "ถัง", ["ใช้ถัง"]), Passage("b", "คน", ["สองคน"]), money]
    new = [money, Passage("a", "กระชัง", ["ผูกไว้กลางน้ำ"]), Passage("d", "ใหม่", ["สิ่งใหม่"])]
    changes = passage_changes(old, new)
    assert [(c.name, c.kind, c.moved) for c in changes] == [
        ("c", SAME, True), ("a", CHANGED, False), ("b", REMOVED, False), ("d", ADDED, False),
    ]
    assert changes[1].heading == [Change(REMOVED, "ถัง"), Change(ADDED, "กระชัง")]
    assert changes[2].heading == [Change(REMOVED, "คน")]


def test_a_passage_without_a_name_is_matched_by_its_words():
    old = [Passage("", "ข้อ 1", ["ให้ทุกตำบลตั้งกองทุน"]), Passage("", "ข้อ 2", ["ให้รายงานทุกปี"])]
    new = [Passage("", "ข้อ 1", ["ให้รายงานทุกปี"])]
    assert [(c.kind, after(c.heading)) for c in passage_changes(old, new)] == [
        (REMOVED, ""), (CHANGED, "ข้อ 1"),
    ]
