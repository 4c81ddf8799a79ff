"""A village leader reports by phone that a Model did not work in their village; a moderator
publishes the report, and the Model shows it."""


import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, axe_violations, more_actions, press
from tests.conftest import matrix
from tests.models_lib.replications.reports import photo

LEADER = """
from django.contrib.auth import get_user_model
user, created = get_user_model().objects.get_or_create(
    username=%r, defaults={"email": "leader@example.org"})
user.set_password("a-leaders-password")
user.save()
from models_lib.models import ModelPage
print(ModelPage.objects.get(slug=%r).url)
"""
WORDS = {
    "th": {"tell": "เล่าว่าทำแล้วเป็นอย่างไร", "send": "ส่งให้กองบรรณาธิการ", "keep": "เก็บไว้ก่อน เขียนต่อทีหลัง",
           "waiting": "อยู่กับกองบรรณาธิการ", "published": "เผยแพร่แล้ว", "failed": "ไม่ได้ผล",
           "dropped": "ตัดออก", "mine": "รายงานของฉัน", "write": "เขียนต่อ"},
    "en": {"tell": "Tell how it went", "send": "Send to the editors",
           "keep": "Keep it and write on later", "waiting": "With the editors",
           "published": "Published", "failed": "It did not work", "dropped": "Dropped",
           "mine": "My reports", "write": "Write on"},
}


def check_accessible(page):
    """No axe violation, nothing wider than the phone."""
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize(("language", "slug", "typed", "began"), [
    ("th", "ธนาคารปูม้า", "เกาะยอ", "พ.ค. ๒๕๖๗"),
    pytest.param("en", "crab-bank", "Ko Yo", "May 2024", marks=pytest.mark.thorough),
])
@pytest.mark.parametrize(
    "script", matrix([True, False], quick=[False]), ids=["script", "no-script"])
def test_a_replication_is_reported_and_published_on_the_model(
    open_browser, sign_in, served, language, slug, typed, began, script
):
    words, who = WORDS[language], f"กลุ่มบ้านเกาะ {language} {int(script)}"
    model = served.shell(LEADER % (f"leader-{language}", slug)).strip()
    page = open_browser(viewport=PHONE, java_script_enabled=script, bypass_csp=True)
    look = check_accessible if script else lambda page: None
    page.goto(model)
    page.get_by_role("link", name=words["tell"]).click()
    page.fill("input[name=login]", f"leader-{language}")
    page.fill("input[name=password]", "a-leaders-password")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("h1")).to_have_text(words["tell"])
    look(page)
    # Sent too early: missing fields are marked; what was entered is kept, the photo too.
    page.fill("[name=who]", who)
    page.fill("[name=area_typed]", typed)
    page.locator("[name=outcome][value=failure]").check()
    page.locator("[name^=block-][value=dropped]").first.check()
    page.locator("[name^=why-]").first.fill("น้ำจืดเกินไป")
    page.set_input_files("[name=photo-1]", {
        "name": "ปู.jpg", "mimeType": "image/jpeg", "buffer": photo(size=(2400, 1800)).read()})
    page.get_by_role("button", name=words["send"]).click()
    expect(page.locator("#started-problem")).to_be_visible()
    expect(page.locator("[name=who]")).to_have_value(who)
    expect(page.locator("[name=outcome][value=failure]")).to_be_checked()
    expect(page.locator(".photo img")).to_have_count(1)
    page.locator(".photo img").scroll_into_view_if_needed()  # it is loaded lazily
    expect(page.locator(".photo img")).to_have_js_property("naturalHeight", 1600)
    look(page)
    page.fill("[name=started]", began)
    page.get_by_role("button", name=words["keep"]).click()
    # Continued later from their own reports.
    page.goto("/replications/mine/" if language == "th" else "/en/replications/mine/")
    look(page)
    page.get_by_role("link", name=words["write"]).first.click()
    expect(page.locator("[name=started]")).to_have_value(began)
    page.fill("[name=result]", "ปูตายเกือบหมด")
    page.fill("[name=evidence]", "สมุดจด")
    page.fill("[name=cost_baht]", "๑๒,๕๐๐")
    page.fill("[name=contact_phone]", "081-234-5678")
    page.locator("[name^=alt-]").fill("ถังปูสองแถวในเพิง")
    page.locator("[name=consent]").check()
    page.get_by_role("button", name=words["send"]).click()
    report = page.locator(".my-report").filter(has_text=who)
    expect(report).to_contain_text(words["waiting"])
    assert who not in open_browser().request.get(model).text()
    # The moderator finds it on the dashboard, sees whom to contact, and publishes it.
    desk = sign_in("moderator")
    desk.get_by_role("link", name=who).first.click()
    expect(desk.locator("body")).to_contain_text("081-234-5678")
    more_actions(desk)
    expect(desk.get_by_role("link", name="ไม่รับรายงานนี้")).to_be_visible()
    press(desk.locator("[data-workflow-action-name=approve]").first)
    page.reload()
    expect(report).to_contain_text(words["published"])
    report.get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("ปูตายเกือบหมด")
    expect(page.locator("figure img")).to_have_attribute("alt", "ถังปูสองแถวในเพิง")
    assert "081-234-5678" not in page.content()
    look(page)
    page.goto(model)
    row = page.get_by_role("row").filter(has_text=who)
    expect(row).to_contain_text(words["failed"])
    expect(page.locator(".reasons").first).to_contain_text("น้ำจืดเกินไป")
    look(page)
