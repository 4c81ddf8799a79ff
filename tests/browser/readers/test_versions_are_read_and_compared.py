"""A leader on a phone reads an old version of a Model, sees what changed, and cites it."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, axe_violations, screens

TITLE = "ธนาคารปูม้า: ฝากแม่ปูไข่ ให้ลูกปูได้กลับทะเล"


@pytest.fixture
def model(served):
    """The addresses of a Model with two versions, in Thai and in English."""
    ask = "from models_lib.models import ModelPage as M; print(M.objects.get(slug='%s').url)"
    return tuple(served.shell(ask % slug).strip() for slug in ("ธนาคารปูม้า", "crab-bank"))


def fits(page):
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return page.evaluate(wide) <= 0


def tab_to(page, name):
    """Press Tab until the element whose text begins with ``name`` has the focus, then Enter."""
    for _press in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.innerText || ''")
        if focused.strip().startswith(name):
            return page.keyboard.press("Enter")
    pytest.fail(f"“{name}” is not reached by the keyboard.")


def test_a_leader_reads_compares_and_cites_by_keyboard_on_a_phone(open_browser, model):
    page = open_browser(viewport=PHONE)
    refused = []
    page.on("console", lambda m: refused.append(m.text) if m.type == "error" else None)
    page.goto(model[0])
    expect(page.locator(".facts__version")).to_contain_text("1 ฉบับก่อน")
    data = json.loads(page.locator("script[type='application/ld+json']").inner_text())
    assert (data["name"], data["version"]) == (TITLE, 2)
    tab_to(page, "1 ฉบับก่อน")
    expect(page.locator("h1")).to_have_text("ทุกฉบับ")
    tab_to(page, "ฉบับที่ 1")
    expect(page.locator("h1")).to_contain_text("ในถังรวม")
    expect(page.locator(".version")).to_contain_text("ฉบับที่ 1 จาก 2 ฉบับ")
    tab_to(page, "เปลี่ยนอะไรไปบ้างหลังจากนี้")
    expect(page.locator("h1")).to_contain_text("จากฉบับที่ 1")
    expect(page.locator(".passage ins").first).to_be_visible()
    expect(page.locator(".passage del", has_text="40,000")).to_be_visible()
    folded = page.locator("details.same").first
    expect(folded.locator(".passage").first).to_be_hidden()
    tab_to(page, "ไม่เปลี่ยน")
    expect(folded.locator(".passage").first).to_be_visible()
    assert fits(page)
    page.goto(model[0] + "v/1/cite/")
    expect(page.locator(".citation").first).to_contain_text("(2562)")
    expect(page.locator(".citation").last).to_contain_text("(2019)")
    with page.expect_download() as download:
        page.get_by_role("link", name="BibTeX").click()
    assert download.value.suggested_filename.endswith("v1.bib")
    assert "@misc{page" in Path(download.value.path()).read_text("utf-8")
    assert refused == []


def test_added_and_removed_words_differ_without_colour(open_browser, model):
    page = open_browser()
    page.goto(model[1] + "v/1/to/2/")
    style = "e => getComputedStyle(e).textDecorationLine"
    assert page.locator(".passage ins").first.evaluate(style) == "underline"
    assert page.locator(".passage del").first.evaluate(style) == "line-through"
    expect(page.locator(".passage ins").first).to_contain_text("[added:")
    expect(page.locator(".passage del").first).to_contain_text("[removed:")


@pytest.mark.thorough
@screens(PHONE, "light")
def test_the_pages_of_versions_are_accessible_and_fit(open_browser, model, viewport, scheme):
    page = open_browser(viewport=viewport, color_scheme=scheme, bypass_csp=True)
    for home in model:
        for rest in ("", "versions/", "v/1/", "v/2/", "v/1/to/2/", "v/1/cite/"):
            page.goto(home + rest)
            for details in page.locator("details.same").all():
                details.evaluate("e => { e.open = true }")
            assert axe_violations(page) == []
            assert fits(page), home + rest
