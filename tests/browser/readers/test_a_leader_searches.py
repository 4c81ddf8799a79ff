"""A community leader searches and gets the right page, passage and filters."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import press


@pytest.mark.parametrize(
    ("typed", "first", "marked"),
    [
        ("ธนาคารปูม้า", "ธนาคารปูม้า", "ธนาคารปูม้า"),
        ("ผู้สูงอายุอยู่คนเดียวทำอย่างไร", "ผู้สูงอายุ", "ผู้สูงอายุ"),
        ("ข้าว", "ข้าว", "ข้าว"),
    ],
)
def test_the_right_page_is_found_first(visitor, typed, first, marked):
    visitor.goto("/")
    visitor.fill("main input[name=q]", typed)
    visitor.keyboard.press("Enter")
    result = visitor.locator(".result").first
    expect(result.locator("h2")).to_contain_text(first)
    expect(result.locator("mark").first).to_contain_text(marked)


def test_a_search_for_rice_does_not_find_news(visitor):
    visitor.goto("/search/?q=ข้าว")
    for result in visitor.locator(".result").all():
        assert "ข้าว" in result.locator("mark").all_inner_texts()


def test_filters_are_added_and_removed(visitor):
    visitor.goto("/search/?q=ชุมชน")
    whole = visitor.locator(".found").inner_text()
    for facet in ("ประเภท", "หัวข้อ", "อำเภอ", "ปี", "ภาษา"):
        assert visitor.locator(".facets summary", has_text=facet).count(), facet
    value = visitor.locator(".facets details").first.locator("a").last
    count = value.locator(".facets__count").inner_text()
    value.click()
    expect(visitor.locator(".found")).to_contain_text(count)
    visitor.locator(".chips a[aria-current]").first.click()
    expect(visitor.locator(".found")).to_have_text(whole)


def test_suggestions_appear_while_typing(visitor):
    visitor.goto("/")
    visitor.locator("main input[name=q]").press_sequentially("ธนาคารปู", delay=40)
    suggestion = visitor.locator("main .suggestions a").first
    expect(suggestion).to_contain_text("ธนาคารปูม้า")
    suggestion.click()
    expect(visitor.locator("h1")).to_contain_text("ธนาคารปูม้า")


def test_a_passage_leads_to_its_heading(visitor):
    visitor.goto("/search/?q=ความเค็ม")
    link = visitor.locator('a.result__where[href*="#"]').first
    press(link)
    anchor = visitor.evaluate("decodeURIComponent(location.hash.slice(1))")
    assert anchor
    expect(visitor.locator(f'[id="{anchor}"]')).to_be_in_viewport()


def test_an_empty_search_says_what_to_do(visitor):
    visitor.goto("/search/?q=")
    expect(visitor.locator("main")).to_contain_text("พิมพ์")
    visitor.goto("/en/search/?q=zzzqqq")
    expect(visitor.locator("main")).to_contain_text("Nothing was found")


def test_a_word_only_in_a_handout_finds_the_file(visitor, served):
    import time
    import tomllib
    from pathlib import Path

    folder = Path(__file__).resolve().parents[3] / "demonstration/content/curriculum"
    course = tomllib.loads((folder / "community-fisheries-course.th.toml").read_text("utf-8"))
    handout = next(
        h for h in course["handouts"]
        if h["file_name"].endswith(".pdf") and not h.get("facilitator_only")
    )
    heading = handout["pages"][-1]["heading"]
    for _attempt in range(60):  # the background worker may still be indexing
        visitor.goto(f'/search/?q="{heading}"')
        if visitor.locator(".result", has_text=handout["file_name"]).count():
            break
        time.sleep(0.5)
    file = visitor.locator(".result", has_text=handout["file_name"]).first
    expect(file.locator(".result__file")).to_contain_text([handout["title"]])
    assert f"#page={len(handout['pages'])}" in "".join(
        a.get_attribute("href") for a in file.locator("a").all()
    )
