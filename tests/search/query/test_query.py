"""Any text becomes a plan, and the plan finds what a reader expects."""

import pytest

from search.engines.contract import Entry, Filters, Section
from search.engines.tantivy_engine import TantivyEngine
from search.query import planning

BODIES = {
    1: "การปลูกข้าวหอมมะลิในนา",
    2: "ข่าวประจำวันของตำบล",
    3: "ถังขยะหน้าบ้าน",
    4: "ชุมชนจัดการน้ำ",
    5: "จัดการขยะในชุมชนอย่างไรให้ได้ผล",
    6: "WHO report on COVID-19",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    engine = TantivyEngine(tmp_path_factory.mktemp("index"))
    engine.rebuild(
        Entry(
            f"page:{n}", "page", "lesson", "th", f"เรื่องที่ {n}", "", [Section("", "", body)],
            "public", "1", "/", n,
        )
        for n, body in BODIES.items()
    )
    return engine


def ask(engine, text):
    return planning.run(engine, planning.plan(text), Filters(["public"]))


def pages(answer):
    return [hit.page_id for hit in answer.hits]


@pytest.mark.parametrize("text", ["ข้าว", "ข้าวๆ", '"ข้าว"', "ข้าว?"])
def test_rice_never_finds_news(engine, text):
    assert pages(ask(engine, text)) == [1]


def test_news_never_finds_rice(engine):
    assert pages(ask(engine, "ข่าว")) == [2]


def test_a_part_of_a_compound_is_found(engine):
    assert set(pages(ask(engine, "ขยะ"))) == {3, 5}


def test_the_phrase_comes_before_all_words_before_any_word(engine):
    assert ask(engine, "จัดการน้ำ").strategy == "phrase"
    assert ask(engine, "น้ำชุมชน").strategy == "all"
    assert ask(engine, "น้ำ ข้าวหอมมะลิ จักรวาล").strategy == "any"


def test_when_the_phrase_is_found_nothing_weaker_is_shown(engine):
    assert pages(ask(engine, "จัดการน้ำ")) == [4]


def test_a_question_matches_any_word(engine):
    answer = ask(engine, "จัดการขยะในชุมชนอย่างไร")
    assert answer.strategy == "any"
    assert pages(answer)[0] == 5


def test_who_is_an_organisation_unless_it_asks(engine):
    assert not planning.plan("WHO report").is_question
    assert planning.plan("who made this").is_question
    assert pages(ask(engine, "WHO")) == [6]


def test_an_excluded_word_must_not_occur(engine):
    assert pages(ask(engine, "ขยะ -ถังขยะ")) == [5]


def test_a_long_query_is_truncated_with_a_note():
    plan = planning.plan("ข้าว น้ำ ปลา " * 1000)
    assert "cut" in plan.notes
    assert len(plan.text) <= planning.MAX_CHARACTERS
    assert sum(len(t.words) for t in plan.terms) <= planning.MAX_WORDS


@pytest.mark.parametrize("text", ["", "   ", "\x00", "!!", "\ud800", '""', "-", "\u200b"])
def test_a_query_without_words_is_empty(text):
    plan = planning.plan(text)
    assert plan.is_empty
    assert plan.notes == ("empty",)


@pytest.mark.parametrize(
    "text",
    ["AND OR NOT", "body:ข้าว^5", "title:[* TO *]", '"ข้าว', "((((", "*", "?", "~2", "\\", "+-!",
     "ข้าว\x00น้ำ", "ข้าว\ud800", "ก" * 10_000, "a" * 10_000, "่" * 10_000, "-ก " * 5000, "'; DROP"],
)
def test_no_query_breaks_a_search(engine, text):
    plan = planning.plan(text)
    if not plan.is_empty:
        ask(engine, text)
    engine.suggest(text, Filters(["public"]), 5)
