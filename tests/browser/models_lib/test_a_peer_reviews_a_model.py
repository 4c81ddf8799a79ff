"""An author asks for peer reviews; the result is shown on the published Model."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, approve, axe_violations

FIND = """
from models_lib.models import ModelPage
print(ModelPage.objects.get(locale__language_code="th", title__startswith="บ้านขยะเหลือน้อย").pk)
"""


def link_to(served, address) -> str:
    """The link in the e-mail to ``address``, once the worker has sent it."""
    return re.search(r"\S+/peer-review/\S+", served.emails_to(address)[0])[0]


def check_axe(page):
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def answer(page, signing, recommendation, name=""):
    for legend in ("ตัวเลขและแหล่งข้อมูลรองรับ", "บอกชัดไหมว่า", "บอกเรื่องเงิน", "ชุมชนอื่นอ่านแล้ว"):
        group = page.get_by_role("group", name=re.compile(legend))
        group.get_by_label("พอใช้ได้").check()
    page.locator("#id_costs_text").fill("ไม่ได้นับค่าแรงของทีมเยี่ยมถัง")
    page.get_by_label(recommendation, exact=True).check()
    page.get_by_label("ไม่มี", exact=True).check()
    page.get_by_label(re.compile(signing)).check()
    page.get_by_label("ชื่อและหน่วยงานตามที่อยากให้แสดง").fill(name)
    page.get_by_label("ให้เผยแพร่ข้อความของฉัน").check()
    page.get_by_role("button", name="ส่งผลทบทวน").click()


@pytest.mark.thorough
def test_a_model_is_reviewed_and_shows_the_result(open_browser, sign_in, served):
    pk = served.shell(FIND).strip()
    author = sign_in("editor")
    author.goto(f"/admin/peer-review/{pk}/")
    author.get_by_role("button", name="เริ่มการทบทวนโดยผู้รู้").click()
    expect(author.locator("main")).to_contain_text("กำลังทบทวน")

    moderator = sign_in("moderator")
    moderator.goto(f"/admin/pages/{pk}/edit/")
    moderator.get_by_role("link", name="อ่านและเชิญผู้ทบทวน").click()
    moderator.get_by_label("อีเมล").fill(
        "ครูสมศรี <somsri-story@example.org>\nlek-story@example.org")
    moderator.get_by_role("button", name="ส่งคำเชิญ").click()
    expect(moderator.locator("main")).to_contain_text("somsri-story@example.org")

    phone = open_browser(viewport=PHONE, java_script_enabled=False)
    phone.goto(link_to(served, "somsri-story@example.org"))
    with phone.expect_popup() as opened:
        phone.get_by_role("link", name="อ่านตัวแบบ").click()
    expect(opened.value.locator("h1")).to_contain_text("บ้านขยะ")
    expect(opened.value.locator("main")).to_contain_text("นี่คือฉบับที่กำลังทบทวน")
    phone.get_by_role("button", name="ส่งผลทบทวน").click()
    expect(phone.locator("#evidence-problem")).to_be_visible()
    answer(phone, "ได้ ให้ลงชื่อฉัน", "พร้อมใช้เมื่อแก้แล้ว", "ครูสมศรี (นามสมมติ)")
    expect(phone.get_by_role("status")).to_contain_text("ขอบคุณ")

    second = open_browser(viewport=PHONE, bypass_csp=True)
    second.goto(link_to(served, "lek-story@example.org"))
    check_axe(second)
    second.get_by_role("button", name="ส่งผลทบทวน").click()
    check_axe(second)
    answer(second, "ไม่ ทั้งผู้อ่าน", "พร้อมใช้")
    expect(second.get_by_role("status")).to_contain_text("ขอบคุณ")
    second.locator("#id_evidence_0").focus()  # changes the answer by keyboard
    second.keyboard.press("Space")
    second.locator("#id_evidence_0").press("Enter")
    expect(second.get_by_role("status")).to_contain_text("ขอบคุณ")
    expect(second.locator("#id_evidence_0")).to_be_checked()

    author.reload()
    expect(author.locator("main")).to_contain_text("2 จาก 2")
    expect(author.locator("main")).not_to_contain_text("ไม่ได้นับค่าแรง")
    moderator.reload()
    expect(moderator.locator("main")).to_contain_text("ไม่ได้นับค่าแรง")
    expect(moderator.locator("main")).to_contain_text("lek-story@example.org")

    approve(moderator, pk)

    for viewport in (PHONE, DESKTOP):
        reader = open_browser(viewport=viewport, bypass_csp=True)
        reader.goto("/search/?q=บ้านขยะเหลือน้อย&kind=model&lang=th")
        reader.locator(".result h2 a").first.click()
        result = reader.locator("section.reviewed")
        expect(result).to_contain_text("ผู้รู้ 2 คนทบทวนแล้วเมื่อ")
        expect(result).to_contain_text("ครูสมศรี (นามสมมติ)")
        expect(result).to_contain_text("ผู้ทบทวนที่ไม่ประสงค์ออกชื่อ")
        assert "lek-story" not in reader.content()
        reader.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        check_axe(reader)
    second.reload()
    expect(second.locator("h1")).to_have_text("คำเชิญนี้สิ้นสุดแล้ว")
    check_axe(second)
