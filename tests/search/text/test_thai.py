"""Thai text is normalised and segmented into words, whatever the input."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from search.text import thai


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("น\u0e4d\u0e32", "น\u0e33"),  # sara-am in two characters
        ("น\u0e4d\u0e49\u0e32", "น\u0e49\u0e33"),  # and with a tone mark between
        ("ท\u0e48\u0e35", "ท\u0e35\u0e48"),  # tone before vowel
        ("ท\u0e35\u0e48\u0e48", "ท\u0e35\u0e48"),  # a doubled mark
        ("เเม่", "แม่"),
        ("ข้าว\u200bสาร", "ข้าวสาร"),
        ("พ.ศ. ๒๕๖๘", "พ.ศ. 2568"),
        ("COVID", "covid"),
        ("cafe\u0301", "café"),
    ],
)
def test_text_that_looks_the_same_is_normalised_to_the_same(typed, same):
    assert thai.normalise(typed) == same


def test_normalising_twice_changes_nothing():
    text = "น\u0e4d\u0e49\u0e32 ท\u0e48\u0e35\u0e48 เเม่ ๑๒ ABC"
    assert thai.normalise(thai.normalise(text)) == thai.normalise(text)


def test_tone_marks_make_different_words():
    assert thai.words("ข้าว") != thai.words("ข่าว")


def test_nul_and_lone_surrogates_are_cleaned():
    assert thai.clean("ก\x00ข\ud800ค") == "ก ข ค"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("โรงเรียน COVID-19", ["โรงเรียน", "covid", "19"]),
        ("Don't stop", ["don't", "stop"]),
        ("พ.ศ. ๒๕๖๘", thai.words("พ.ศ. 2568")),
        ("", []),
        ("\x00 - !!", []),
    ],
)
def test_scripts_numbers_and_punctuation_are_separated(text, words):
    assert thai.words(text) == words


def test_an_abbreviation_is_the_same_with_and_without_its_last_dot():
    assert thai.words("รพ.สต. บ้านนา") == thai.words("รพ.สต บ้านนา")


def test_clusters_and_grams_find_the_part_of_a_compound():
    assert thai.clusters("ขยะ") == ["ข", "ยะ"]
    assert thai.cluster_tokens("ถังขยะ")[-2:] == thai.cluster_tokens("ขยะ")
    assert set(thai.grams("การจัดการ")) <= set(thai.grams("องค์การจัดการน้ำ"))


def test_no_cluster_begins_with_a_mark():
    for cluster in thai.clusters("เมื่อที่นั่นมีน้ำใจกว้างขวางก็เพราะผู้ใหญ่"):
        assert not thai.NOT_FIRST.match(cluster)


def test_a_custom_word_is_kept_whole():
    word = "ฮับความรู้ขอนแก่นทดลอง"
    assert thai.words(word) != [word]
    try:
        thai.set_custom_words([word])
        assert thai.words(word) == [word]
    finally:
        thai.set_custom_words([])
    assert thai.words(word) != [word]


@pytest.mark.parametrize(
    "unit", ["ก", "เ", "า", "\u0e48", "กา", "ตากลม", "มากว่า", "ด้านหน้า", "a.", "ก.", "1"]
)
def test_a_hundred_thousand_repeated_letters_take_seconds_at_most(unit):
    text = (unit * 100_000)[:100_000]
    started = time.process_time()
    thai.words(text)
    thai.grams(text)
    assert time.process_time() - started < 5


def test_a_long_run_loses_no_letter():
    run = "ด้านหน้าที่นั่น" * 200
    assert "".join(thai.words(run)) == run


def test_tokens_never_part_a_letter_from_its_marks():
    run = "ก" + "กี่" * 1000
    assert "".join(thai.segment(run)) == run
    assert not any(thai.NOT_FIRST.match(piece) for piece in thai.segment(run))


def test_threads_segment_alike():
    texts = [f"การพัฒนาสุขภาพชุมชน{'ตำบล' * n}" for n in range(50)]
    alone = [thai.words(text) for text in texts]
    thai._segment_cached.cache_clear()
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(thai.words, texts)) == alone


def test_importing_loads_no_dictionary():
    code = (
        "import sys, search.text.thai; "
        "print('nlpo3' in sys.modules or 'pythainlp' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("ถังขยะ", ("ถัง", "ขยะ")),
        ("กันและกัน", ("กัน", "และ", "กัน")),
        ("ผู้สูงวัย", ("ผู้", "สูงวัย", "สูง", "วัย")),
        ("อีกา", ("อี", "กา")),
        ("ตาก", ()),
        ("นายก", ()),
        ("ข้าว", ()),
        ("crab", ()),
        ("", ()),
    ],
)
def test_parts_of_a_compound(word, parts):
    assert thai.parts(word) == parts
