"""The page of the whole chain by keyboard, on a phone, without JavaScript; and a withdrawal, from
the editor's form to the notices on all dependents, and back."""


import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, axe_violations, screens

ADDRESSES = """
from hub.models import KnowledgePage, Withdrawal
from models_lib.models import ModelPage
from policy.models import ResolutionPage
live = KnowledgePage.objects.live().order_by("pk")
superseded = Withdrawal.objects.standing().earliest("pk")
model = superseded.flags.get().key
for language in ("th", "en"):
    pages = live.filter(locale__language_code=language)
    for key in (superseded.key, model):
        print(pages.get(translation_key=key).url)
    print(pages.get(translation_key=model).url + "chain/")
    for stage in ("model", "resolution", "lesson"):
        print(pages.of_stages([stage]).first().url + "chain/")
"""
CRAB = """
from hub.models import KnowledgePage
print(KnowledgePage.objects.get(title__startswith="ธนาคารปูม้า:").url)
"""
WASTE = """
from hub.models import KnowledgePage
pages = KnowledgePage.objects.filter(locale__language_code="th")
for stage, word in (("lesson", "เก็บถังขยะ"), ("model", "ขยะ"), ("resolution", "ขยะ")):
    page = pages.of_stages([stage]).filter(title__contains=word).earliest("pk")
    print(page.pk, page.url)
"""


@pytest.fixture(scope="module")
def crab(served):
    return served.shell(CRAB).strip()


@pytest.mark.thorough
@screens(DESKTOP, "dark")
def test_axe_finds_nothing_and_nothing_overflows(open_browser, served, viewport, scheme):
    addresses = served.shell(ADDRESSES).split()
    assert len(addresses) == 12
    addresses += ["/chain/broken/", "/en/chain/broken/?topic=fishers&area=9003",
                  "/chain/broken/?check=lessons-never-used"]
    page = open_browser(viewport=viewport, color_scheme=scheme, bypass_csp=True)
    problems = []
    for address in addresses:
        assert page.goto(address).status == 200
        page.evaluate("document.fonts.ready")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > viewport["width"]:
            problems.append(f"{address}: {width} px wide")
        problems += axe_violations(page)
    assert not problems, "\n".join(problems)


def test_the_picture_works_by_keyboard_and_scrolls_to_each_box(open_browser, crab):
    page = open_browser(viewport=PHONE)
    page.goto(f"{crab}chain/")
    page.locator(".picture-of-chain").focus()
    seen = []
    for _box in range(page.locator(".pc-box").count()):
        page.keyboard.press("Tab")
        box = page.locator(".pc-box:focus")
        expect(box).to_have_count(1)
        expect(box).to_be_in_viewport()
        seen.append(box.get_attribute("href"))
    assert len(seen) >= 10 and crab in seen
    page.keyboard.press("Tab")
    expect(page.locator(".pc-box:focus")).to_have_count(0)  # Tab leaves the picture
    page.locator(".picture-of-chain").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/chain/" not in url)


def test_no_text_overflows_its_box_in_either_language(open_browser, crab):
    page = open_browser()
    for address in (f"{crab}chain/", "/en/models/crab-bank/chain/"):
        page.goto(address)
        page.evaluate("document.fonts.ready")
        assert page.locator(".pc-box").count() >= 10
        assert page.evaluate("""() => [...document.querySelectorAll('.pc-box')].flatMap(box => {
          const frame = box.querySelector('rect').getBBox();
          return [...box.querySelectorAll('tspan')]
            .filter(t => t.getStartPositionOfChar(0).x + t.getComputedTextLength()
                         > frame.x + frame.width)
            .map(t => t.textContent);
        })""") == []


def test_the_list_is_complete_without_javascript(open_browser, crab):
    page = open_browser(viewport=PHONE, java_script_enabled=False)
    page.goto(crab)
    page.locator(".chain__whole a").click()
    expect(page.locator("h1")).to_have_text("สายโซ่ทั้งเส้น")
    boxes = page.locator(".picture-of-chain a").count()
    assert boxes >= 10
    assert page.locator(".whole .chain__evidence").count() >= 10
    expect(page.locator(".whole")).to_contain_text("สมุดรับฝาก")


@pytest.mark.thorough
def test_dependents_of_a_withdrawn_lesson_show_a_notice_until_reviewed(
    served, sign_in, visitor
):
    lesson, model, resolution = (line.split() for line in served.shell(WASTE).splitlines())
    staff = sign_in("moderator")
    staff.goto(f"/admin/pages/{lesson[0]}/edit/")
    staff.get_by_role("button", name="หน้านี้").or_(
        staff.locator("header [data-controller~='w-dropdown'] button")).first.click()
    staff.get_by_role("link", name="ถอนความรู้นี้").first.click()
    staff.fill("[name=reason]", "ตัวเลขขยะริมคลองนับผิด")
    staff.click("footer button[type=submit], .footer button[type=submit]")
    staff.wait_for_url("**/edit/")
    try:
        visitor.goto(lesson[1])
        expect(visitor.locator(".standing__part--bad")).to_contain_text("ตัวเลขขยะริมคลองนับผิด")
        for _pk, address in (model, resolution):
            visitor.goto(address)
            expect(visitor.locator(".standing__part--warn")).to_contain_text("เก็บถังขยะ")
        expect(visitor.locator(".clause__doubt").first).to_be_visible()
        staff.goto(f"/admin/pages/{model[0]}/edit/")
        staff.get_by_role("link", name="ทบทวน", exact=True).first.click()
        staff.fill("[name=reviewer]", "คณะทบทวนตัวอย่าง")
        staff.fill("[name=checked]", "ชั่งขยะใหม่ทุกซอยแล้ว")
        staff.check("[name=outcome][value=holds]")
        staff.click("footer button[type=submit], .footer button[type=submit]")
        staff.wait_for_url("**/edit/")
        visitor.goto(model[1])
        expect(visitor.locator(".standing__part--good")).to_contain_text("ชั่งขยะใหม่ทุกซอยแล้ว")
        expect(visitor.locator(".standing__part--warn")).to_have_count(0)
        visitor.goto(resolution[1])
        expect(visitor.locator(".standing__part--warn")).to_have_count(1)
    finally:
        staff.goto(f"/admin/pages/{lesson[0]}/lift-withdrawal/")
        staff.fill("[name=because]", "นับใหม่แล้วถูกต้อง")
        staff.click("footer button[type=submit], .footer button[type=submit]")
        staff.wait_for_url("**/edit/")
    visitor.goto(lesson[1])
    expect(visitor.locator(".standing__part--bad")).to_have_count(0)
