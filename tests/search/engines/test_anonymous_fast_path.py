"""The fast path of anonymous visitors finds the same as the normal path."""

import random

import pytest

from search.engines import anonymous_fast_path
from search.engines.contract import PUBLIC, Filters
from search.engines.tantivy_engine import TantivyEngine
from search.query import planning
from tests.search.entries import entry

WORDS = "ปูม้า ทะเล ชายหาด น้ำท่วม ยางพารา ผู้สูงอายุ เด็ก ตลาด ขยะ ข้าว ควาย ครู".split()


def engine_with(tmp_path, entries):
    engine = TantivyEngine(tmp_path)
    engine.rebuild(entries)
    return engine


def ask(engine, text, filters, strategies, offset=0):
    return planning.run(engine, planning.plan(text), filters, offset, 10, True, strategies)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("strategies", [["any"], ["phrase", "all"]])
def test_the_fast_path_finds_the_same(tmp_path, monkeypatch, seed, strategies):
    generator = random.Random(seed)
    entries = [
        entry(
            n, title=generator.choice(WORDS), body=" ".join(generator.choices(WORDS, k=30)),
            standing=generator.randrange(4), site=generator.choice("12"),
            audience=generator.choice([PUBLIC, PUBLIC, PUBLIC, "p1"]),
            published=generator.choice([0, 1_700_000_000, 4_000_000_000]),
        )
        for n in range(80)
    ]
    engine = engine_with(tmp_path, entries)
    text = " ".join(generator.sample(WORDS, 2))
    for filters in (Filters([PUBLIC]), Filters([PUBLIC], site="1")):
        short = ask(engine, text, filters, strategies)
        with monkeypatch.context() as patched:
            patched.setattr(anonymous_fast_path, "applies_to", lambda *_: False)
            whole = ask(engine, text, filters, strategies)
        assert (short.total, short.facets) == (whole.total, whole.facets)
        assert [h.score for h in short.hits] == pytest.approx([h.score for h in whole.hits])
        assert short.hits and {h.page_id for h in short.hits} <= {
            e.page_id for e in entries
            if e.audience == PUBLIC and filters.site in (None, e.site)
        }


def test_public_entries_are_found_behind_many_private_ones(tmp_path):
    closed = [entry(n, body="ปูม้า ปูม้า", audience="p1") for n in range(150)]
    engine = engine_with(tmp_path, [*closed, entry(999, body="ปูม้า กับเรื่องอื่น")])
    answer = ask(engine, "ปูม้า", Filters([PUBLIC]), ["any"])
    assert [hit.page_id for hit in answer.hits] == [999]
    assert answer.total == 1


def test_an_entry_with_only_a_common_word_is_not_found(tmp_path):
    many = [entry(n, body="ชุมชน ทำงาน") for n in range(200)]
    engine = engine_with(tmp_path, [*many, entry(999, body="ชุมชน ชันโรง")])
    answer = ask(engine, "ชุมชน ชันโรง", Filters([PUBLIC]), ["any"])
    assert [hit.page_id for hit in answer.hits] == [999]


def test_a_query_of_common_words_has_results(tmp_path):
    engine = engine_with(tmp_path, [entry(n, body="ชุมชน ทำงาน") for n in range(200)])
    for strategies in (["any"], ["phrase", "all"]):
        assert ask(engine, "ชุมชน", Filters([PUBLIC]), strategies).total == 200
