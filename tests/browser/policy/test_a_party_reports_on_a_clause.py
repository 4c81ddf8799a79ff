"""A member of a party reports on a clause by phone, a verifier confirms it, everybody sees it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, axe_violations, press, screens

PHOTO = Path(__file__).resolve().parents[3] / "docs/images/model.png"
CLAUSE = """
from policy.models import Clause
clause = Clause.objects.filter(
    page__locale__language_code="th", page__title__contains="อนุบาลปู", number="4").get()
print(f"/follow-up/clause/{clause.translation_key}/tao-example/")
"""


@pytest.fixture(scope="module")
def cell(served):
    """The address of a clause and party that the demonstration's reporter answers for."""
    return served.shell(CLAUSE).strip()


@pytest.fixture
def enter(open_browser, served):
    """Opens ``address`` as a user who signs in on the way."""

    def as_user(name, address, **options):
        page = open_browser(**options)
        page.goto(f"/_util/login/?next={address}")
        page.fill("input[name=username]", name)
        page.fill("input[name=password]", served.password(name))
        page.locator("main button[type=submit]").click()
        page.wait_for_url(f"**{address}")
        return page

    return as_user


def fits(page, width):
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def has_no_violation(page):
    assert axe_violations(page) == []


def test_a_report_is_sent_from_a_phone_verified_and_published(enter, open_browser, cell):
    # The member goes from their list to the form, corrects a mistake, adds a photo and sends it.
    page = enter("reporter", "/follow-up/mine/", viewport=PHONE, bypass_csp=True)
    fits(page, 360)
    has_no_violation(page)
    page.goto(f"{cell}report/")
    page.get_by_label("ทำอะไรไปแล้วบ้าง").fill("ยกร่างข้อบัญญัติและรับฟังครบทุกหมู่บ้าน")
    page.get_by_label("เสร็จแล้ว", exact=True).check()
    page.get_by_label("หน่วย").fill("หมู่บ้าน")
    page.get_by_label("ตัวเลข").fill("มาก")
    page.get_by_label("ชื่อของคุณ").fill("สมศรี")
    page.get_by_role("button", name="ส่งรายงาน").click()
    expect(page.locator("#id_figure_error")).to_be_visible()
    expect(page.locator("#id_done_on_error")).to_be_visible()
    expect(page.get_by_label("ทำอะไรไปแล้วบ้าง")).to_have_value("ยกร่างข้อบัญญัติและรับฟังครบทุกหมู่บ้าน")
    has_no_violation(page)
    fits(page, 360)
    page.get_by_label("ตัวเลข").fill("8")
    page.get_by_label("ทำเมื่อไร").fill("2025-11-20")
    page.get_by_label("รูปถ่ายหรือไฟล์ที่เป็นหลักฐาน").set_input_files(PHOTO)
    page.get_by_role("button", name="ส่งรายงาน").click()
    expect(page.get_by_role("status")).to_contain_text("รายงานของคุณอยู่ด้านล่างแล้ว")
    expect(page.locator(".now")).to_contain_text("รายงานแล้ว มีหลักฐาน")
    fits(page, 360)
    has_no_violation(page)

    # The verifier confirms the report.
    page = enter("verifier", cell, viewport=PHONE, bypass_csp=True)
    page.get_by_role("link", name="บันทึกสิ่งที่ไปเห็น").last.click()
    has_no_violation(page)
    page.get_by_label("จริง ไปดูแล้วเป็นตามนั้น", exact=True).check()
    page.get_by_label("เสร็จแล้ว", exact=True).check()
    page.get_by_label("เห็นอะไร ที่ไหน").fill("เห็นร่างติดที่ศาลาทั้งแปดหมู่บ้าน")
    page.get_by_label("ไปดูเมื่อไร").fill("2025-11-25")
    page.get_by_label("ชื่อของคุณหรือชื่อกลุ่ม").fill("กลุ่มเรือเล็ก")
    page.get_by_role("button", name="บันทึก", exact=True).click()
    expect(page.locator(".now")).to_contain_text("ชุมชนตรวจแล้วว่าจริง")

    # Everybody sees the table, the history and the photo.
    page = open_browser(viewport=DESKTOP)
    page.goto("/follow-up/?party=tao-example&status=verified")
    expect(page.locator(f'td.cell a[href="{cell}"]')).to_contain_text("ชุมชนตรวจแล้วว่าจริง")
    page.locator(f'td.cell a[href="{cell}"]').click()
    for words in ("8 หมู่บ้าน", "เห็นร่างติดที่ศาลาทั้งแปดหมู่บ้าน", "กลุ่มเรือเล็ก", "สมศรี"):
        expect(page.locator("main")).to_contain_text(words)
    photo = page.request.get(page.get_by_role("link", name="model.jpg").get_attribute("href"))
    assert photo.ok and photo.headers["content-type"] == "image/jpeg"


def test_a_link_in_an_email_opens_the_form_without_signing_in(served, open_browser):
    served.shell(
        "from policy.models import Party\n"
        "Party.objects.filter(organisation__slug='university-example').update(email='uni@example.org')"
    )
    served.manage("send_reminders")
    body = served.emails_to("uni@example.org")[0]
    page = open_browser(viewport=PHONE, bypass_csp=True)
    address = re.search(r"http\S+/follow-up/link/\S+", body)[0]
    page.goto(address)
    has_no_violation(page)
    page.get_by_label("ทำอะไรไปแล้วบ้าง").fill("ช่วยร่างแล้ว")
    page.get_by_label("เสร็จแล้ว", exact=True).check()
    page.get_by_label("ทำเมื่อไร").fill("2025-11-20")
    page.get_by_label("ชื่อของคุณ").fill("อาจารย์สมชาย")
    page.get_by_role("button", name="ส่งรายงาน").click()
    expect(page.locator("main")).to_contain_text("ช่วยร่างแล้ว")
    page.goto(address)
    expect(page.locator("h1")).to_have_text("ลิงก์นี้ใช้ไม่ได้แล้ว")
    has_no_violation(page)
    page.goto(re.search(r"http\S+/follow-up/quiet/\S+", body)[0])
    has_no_violation(page)
    page.get_by_role("button", name="เลิกรับจดหมายเตือน").click()
    expect(page.locator("h1")).to_have_text("จะไม่ได้รับจดหมายเตือนอีก")


@pytest.mark.thorough
@screens(DESKTOP, "light")
def test_every_page_is_accessible_and_fits(open_browser, cell, viewport, scheme):
    page = open_browser(viewport=viewport, color_scheme=scheme, bypass_csp=True)
    for prefix in ("", "/en"):
        for address in ("/follow-up/", "/follow-up/?on=2025-01-01&status=overdue",
                        "/follow-up/party/tao-example/", "/follow-up/area/9011/", cell):
            page.goto(f"{prefix}{address}")
            fits(page, viewport["width"])
            has_no_violation(page)


def test_the_ledger_works_by_keyboard(open_browser, cell):
    page = open_browser(viewport=DESKTOP)
    page.goto("/follow-up/")
    page.locator("#c-party").focus()
    page.keyboard.press("ArrowDown")
    for _field in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.choose button')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**party=*")
    region = page.locator(".ledger__scroll").first
    region.focus()
    expect(region).to_be_focused()  # wide tables scroll with the arrow keys
    page.keyboard.press("Tab")
    for _link in range(30):
        if page.evaluate("document.activeElement.matches('td.cell a')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/follow-up/clause/**")


def test_the_filter_works_without_javascript(open_browser):
    page = open_browser(viewport=PHONE, java_script_enabled=False)
    page.goto("/follow-up/")
    page.locator(".choosing summary").click()
    page.locator("#c-status").select_option("contradicted")
    press(page.get_by_role("button", name="แสดง", exact=True))
    assert "status=contradicted" in page.url
    expect(page.locator(".ledger__table .status--contradicted").first).to_be_visible()
