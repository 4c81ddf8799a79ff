"""A facilitator in the field: a phone, no script, who came, somebody who walked in, the list."""

import time

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.conftest import PHONE

RUN = """
from datetime import timedelta
from django.contrib.auth import get_user_model
from django.utils import timezone
from courses.models import CourseRun, CurriculumPage, Enrolment, Meeting
page = CurriculumPage.objects.live().filter(locale__language_code="th").order_by("pk").first()
run = CourseRun.objects.create(curriculum=page, title="กลุ่มทดสอบ {now}", place="ศาลา", seats=9,
                               contact="074", reminder_days=0, required_meetings=1)
for days in (2, 1):
    Meeting.objects.create(run=run, date=timezone.localdate() - timedelta(days=days))
users = get_user_model().objects
run.facilitators.add(users.get(username="facilitator"))
Enrolment.objects.create(run=run, user=users.get(username="member"), name="คนมาก่อน",
                         needs="ใช้รถเข็น", phone="0812345678", state="enrolled",
                         consent_version="1")
print(run.pk)
"""


def test_attendance_and_certificates_on_a_phone(open_browser, served, tmp_path):
    run = served.shell(RUN.format(now=int(time.time()))).strip()
    page = open_browser(viewport=PHONE, java_script_enabled=False)
    page.goto("/accounts/login/")
    page.fill("input[name=login]", "facilitator")
    page.fill("input[name=password]", served.password("facilitator"))
    page.locator("main form button").first.click()
    page.locator(f"a[href='/courses/runs/{run}/group/']").click()
    expect(page.locator(".person")).to_contain_text("ใช้รถเข็น")
    assert page.locator("a[href='tel:0812345678']").count() == 1

    # Somebody walked in, without an account; she said that we may keep her name.
    page.get_by_role("link", name="เพิ่มคน").click()
    page.fill("input[name=name]", "ยายแดง ริมคลอง")
    page.get_by_role("button", name="เพิ่ม", exact=True).click()
    expect(page.locator(".errorlist")).to_be_visible()
    assert page.input_value("input[name=name]") == "ยายแดง ริมคลอง", "what was typed is kept"
    page.check("input[name=agreed]")
    page.get_by_role("button", name="เพิ่ม", exact=True).click()

    # Who came, by the keyboard alone: the boxes follow each other, then the button.
    page.locator(".doing").last.click()
    boxes = page.get_by_role("checkbox")
    boxes.first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".notice[role=status]")).to_be_visible()
    for row in page.locator(".tick, .doing").all():
        assert row.bounding_box()["height"] >= 44, "as large as a thumb"

    page.get_by_role("link", name="ยืนยันผู้เรียนจบ").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(2)
    page.get_by_role("button", name="ยืนยันและออกวุฒิบัตร").click()
    expect(page.locator(".notice[role=status]")).to_contain_text("2")

    # Her certificate on paper, from the facilitator's phone.
    page.locator(".person", has_text="ยายแดง").get_by_role("link", name="ออกวุฒิบัตรแล้ว").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="ดาวน์โหลด (PDF)").click()
    assert download.value.suggested_filename.endswith(".pdf")

    page.goto(f"/courses/runs/{run}/group/")
    with page.expect_download() as download:
        page.get_by_role("link", name="ตารางคำนวณ (XLSX)").click()
    download.value.save_as(tmp_path / "list.xlsx")
    cells = [c.value for row in load_workbook(tmp_path / "list.xlsx").active for c in row]
    assert {"ยายแดง ริมคลอง", "คนมาก่อน", "0812345678"} <= set(cells)
