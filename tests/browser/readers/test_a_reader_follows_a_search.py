"""A reader with a phone follows a search, confirms it, gets new results by e-mail, and stops it."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, axe_violations

LONG_AGO = """
from datetime import datetime, timezone
from search.models import Alert
moment = datetime(2020, 1, 1, tzinfo=timezone.utc)
Alert.objects.filter(email=%r).update(confirmed_at=moment, checked_until=moment)
"""
LEFT = "from search.models import Alert; print(Alert.objects.filter(email=%r).count())"


def link(body, what) -> str:
    return re.search(rf"\S+/alert/{what}/\S+", body)[0]


@pytest.mark.parametrize(
    ("prefix", "typed", "words"),
    [
        ("", "ปูม้า", {
            "follow": "แจ้งเตือนเมื่อมีเรื่องใหม่", "send": "ส่งอีเมลให้ฉันยืนยัน", "mail": "เปิดดูอีเมลของคุณ",
            "yes": "ตกลง ส่งอีเมลแจ้งฉัน", "on": "เริ่มแจ้งเตือนแล้ว", "stop": "เลิกรับการแจ้งเตือนนี้",
            "stopped": "เลิกรับการแจ้งเตือนแล้ว",
        }),
        pytest.param("/en", "crab", {
            "follow": "Tell me when something new is found", "send": "Send me an e-mail to confirm",
            "mail": "Look into your mail", "yes": "Yes, write to me", "on": "The alert is on",
            "stop": "Stop this alert", "stopped": "The alert is stopped",
        }, marks=pytest.mark.thorough),
    ], ids=["th", "en"],
)
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_search_is_followed_confirmed_notified_and_stopped(
    open_browser, served, prefix, typed, words, script
):
    page = open_browser(viewport=PHONE, java_script_enabled=script)
    address = f"reader{prefix[1:]}{int(script)}@example.org"
    page.goto(f"{prefix}/search/?q={typed}")
    page.get_by_role("link", name=words["follow"]).click()
    expect(page.locator(".saved")).to_contain_text(typed)
    page.locator("input[name=email]").fill("ไม่ใช่อีเมล")
    page.get_by_role("button", name=words["send"]).click()
    expect(page.locator("#email-problem")).to_be_visible()
    page.locator("input[name=email]").fill(address)
    page.get_by_role("button", name=words["send"]).click()
    expect(page.locator("h1")).to_have_text(words["mail"])
    page.goto(link(served.emails_to(address)[0], "confirm"))
    page.get_by_role("button", name=words["yes"]).click()
    expect(page.locator("h1")).to_have_text(words["on"])
    served.shell(LONG_AGO % address)
    served.manage("send_alerts")
    news = served.emails_to(address, number=2)[1]
    assert "* " in news
    page.goto(re.search(r"^  (http(?!\S*/documents/)\S+)$", news, re.M)[1])
    expect(page.locator("h1")).to_be_visible()
    page.goto(link(news, "stop"))
    page.get_by_role("button", name=words["stop"], exact=True).click()
    expect(page.locator("h1")).to_have_text(words["stopped"])
    assert served.shell(LEFT % address).strip() == "0"


def test_the_form_with_its_problems_is_accessible(open_browser):
    page = open_browser(viewport=PHONE, bypass_csp=True)
    for address in ("/search/alert/?q=ปูม้า", "/en/search/alert/?q=crab"):
        page.goto(address)
        page.locator("main form button").click()
        expect(page.locator("input[name=email]")).to_be_focused()
        assert axe_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_opened_results_are_counted(open_browser, served):
    """The browser's Referer header is enough, without any script."""
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
    page = open_browser(viewport=PHONE, user_agent=agent, java_script_enabled=False)
    page.goto("/search/?q=ธนาคารปูม้า")
    page.locator(".result h2 a").first.click()
    expect(page.locator("h1")).to_be_visible()
    count = (
        "from search.models import SearchCount\n"
        "c = SearchCount.objects.filter(text='ธนาคารปูม้า').first()\n"
        "print(c and (c.searches, c.no_results, c.opened))"
    )
    for _attempt in range(100):
        if (found := served.shell(count).strip()) == "(1, 0, 1)":
            break
        time.sleep(0.2)
    assert found == "(1, 0, 1)"
