"""Misspelt text is corrected: tones, doubled and silent letters, the wrong keyboard."""

import pytest
from wagtail.models import PageViewRestriction

from search.query.find import find
from search.text.spelling import Speller, distance
from tests.factories import LessonPageFactory, PracticePageFactory

COUNTS = {
    "ธนาคาร": 4, "ปู": 9, "ม้า": 2, "ปูม้า": 5, "ข้าว": 6, "ข่าว": 3, "สงกรานต์": 2, "สวัสดี": 1,
    "พันธุ์": 2, "ผู้สูงอายุ": 4, "เยี่ยม": 3, "ชุมชน": 9, "crab": 2, "mangrove": 2, "ไม้ไผ่": 1,
}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ธนาคารปูมา", "ธนาคารปูม้า"),  # a tone mark left out
        ("ธนาคารปูม่า", "ธนาคารปูม้า"),  # the wrong one
        ("ธนาคาารปูม้า", "ธนาคารปูม้า"),  # a doubled letter
        ("ธนนาคาร", "ธนาคาร"),
        ("สงกรานต", "สงกรานต์"),  # the mark of silence left out
        ("สงกราน", "สงกรานต์"),  # with its letter
        ("พันธ", "พันธุ์"),
        ("ผู้ศูงอายุ", "ผู้สูงอายุ"),  # letters that sound alike
        ("ใม้ไผ่", "ไม้ไผ่"),
        ("l;ylfu", "สวัสดี"),  # the keyboard in Latin
        ("แพฟิ", "crab"),  # and in Thai
        ("mangroove", "mangrove"),
        ("ธนาคาารปูมา ชุมมชน", "ธนาคารปูม้า ชุมชน"),
    ],
)
def test_misspelt_text_is_corrected(typed, meant):
    assert Speller(COUNTS).correct(typed).text == meant


@pytest.mark.parametrize(
    "typed",
    ["ธนาคาร", "ธนาคารปูม้า", "crab", "ชุมชน", "คอมพิวเตอร์", "qqqq", "", "2552", "ก" * 500, "!?"],
)
def test_correct_or_meaningless_text_is_not_changed(typed):
    assert Speller(COUNTS).correct(typed) is None


def test_a_word_of_the_dictionary_is_not_surely_misspelt():
    counts = {"ข้าว": 3}
    assert Speller(counts).correct("ข่าว") == Speller(counts).correct("ข่าว")
    assert not Speller(counts).correct("ข่าว").is_sure
    assert Speller(COUNTS).correct("ธนาคารปูมา").is_sure


@pytest.mark.parametrize(
    ("a", "b", "letters"),
    [("", "", 0), ("crab", "crab", 0), ("crab", "carb", 1), ("crab", "cra", 1),
     ("crab", "crib", 1), ("abc", "cab", 2), ("", "ab", 2)],
)
def test_distance_counts_letters(a, b, letters):
    assert distance(a, b) == distance(b, a) == letters


@pytest.fixture
def pages(hub):
    PracticePageFactory(title="ธนาคารปูม้า", summary="–", context_text="", outcome="")
    PracticePageFactory(title="ข้าวพื้นเมือง", summary="–", context_text="", outcome="")


@pytest.mark.django_db
def test_without_results_the_corrected_search_is_run_with_a_notice(pages, visitor):
    answer = visitor.get("/search/", {"q": "ธนาคารปูมา"})
    assert [r["title"] for r in answer.context["results"]] == ["ธนาคารปูม้า"]
    body = answer.content.decode()
    assert "ไม่พบ “ธนาคารปูมา”" in body and "ธนาคารปูม้า" in body
    english = visitor.get("/en/search/", {"q": "ธนาคารปูมา"}).content.decode()
    assert "Nothing was found for “ธนาคารปูมา”" in english


@pytest.mark.django_db
def test_a_dictionary_word_gets_a_suggestion_and_is_not_replaced(pages, visitor):
    answer = visitor.get("/search/", {"q": "ข่าว"})
    assert answer.context["results"] == []
    assert "คุณหมายถึง" in answer.content.decode()
    offered = visitor.get(answer.context["did_you_mean"]["url"])
    assert [r["title"] for r in offered.context["results"]] == ["ข้าวพื้นเมือง"]


@pytest.mark.django_db
def test_no_correction_reveals_a_word_of_a_private_page(hub, visitor, administrator, signed_in):
    secret = LessonPageFactory(title="กระบือโบราณคดี")
    PageViewRestriction.objects.create(page_id=secret.pk, restriction_type="login")
    for typed in ("กระบือโบราณณคดี", "กระบอโบรานคดี", "dit[nvF[ikIfu"):
        answer = visitor.get("/search/", {"q": typed})
        assert "กระบือโบราณคดี" not in answer.content.decode()
        assert (answer.context["total"], answer.context["did_you_mean"]) == (0, None)


@pytest.mark.django_db
def test_a_misspelt_question_has_results(pages):
    assert [r.page.title for r in find("ธนาคาารปูม้าทำยังไง").results][:1] == ["ธนาคารปูม้า"]
