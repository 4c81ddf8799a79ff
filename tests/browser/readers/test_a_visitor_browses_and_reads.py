"""A visitor arrives in Thai, changes to English, browses by kind, topic and place, and reads."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import press

KINDS = {
    "แนวปฏิบัติ": "practice", "บทเรียน": "lesson", "การดูงาน": "study-tour", "ตัวแบบ": "model",
    "การขยายผล": "replication", "หลักสูตร": "curriculum", "ประเด็นนโยบาย": "issue",
    "สมัชชา": "assembly", "มติ": "resolution",
}


def test_english_is_one_click_away_and_back(visitor):
    visitor.goto("/")
    assert visitor.locator("html").get_attribute("lang") == "th"
    visitor.get_by_role("link", name="English").click()
    expect(visitor.locator("html")).to_have_attribute("lang", "en")
    assert "/en/" in visitor.url
    visitor.get_by_role("link", name="ไทย").first.click()
    expect(visitor.locator("html")).to_have_attribute("lang", "th")


def test_every_kind_of_page_is_reached_by_browsing_its_kind(visitor):
    for kind in KINDS.values():
        visitor.goto(f"/search/?kind={kind}")
        press(visitor.locator(".results h2 a").first)
        assert visitor.locator(f"main .kind--{kind}").count(), kind


def test_a_topic_and_a_place_on_the_home_page_lead_to_their_pages(visitor):
    for group in ("topic=", "area="):
        visitor.goto("/")
        chip = visitor.locator(f'main a[href*="{group}"]').first
        number = int(re.search(r"\d+$", chip.inner_text().strip())[0])
        chip.click()
        expect(visitor.locator(".found")).to_contain_text(str(number))


def test_a_section_lists_its_pages_and_narrows_them(visitor):
    visitor.goto("/")
    visitor.get_by_role("navigation", name="หลัก").get_by_role("link").first.click()
    visitor.locator(".card h2, .card h3").nth(3).wait_for()
    visitor.locator('main a[href*="area="], main option[value]').first.wait_for(state="attached")


def test_a_page_reads_without_javascript(open_browser):
    page = open_browser(java_script_enabled=False)
    page.goto("/")
    page.fill("main input[name=q]", "ธนาคารปูม้า")
    page.keyboard.press("Enter")
    page.locator(".results h2 a").first.click()
    expect(page.locator("h1")).to_contain_text("ปู")


def test_the_keyboard_reaches_the_content_past_the_menu(visitor):
    visitor.goto("/")
    visitor.keyboard.press("Tab")
    skip = visitor.locator(":focus")
    expect(skip).to_be_visible()
    visitor.keyboard.press("Enter")
    assert visitor.evaluate("document.activeElement.closest('main') !== null || "
                            "location.hash === '#' + document.querySelector('main').id")
