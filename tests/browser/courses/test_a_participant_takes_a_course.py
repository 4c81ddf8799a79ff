"""A village leader enrols by phone, waits for a seat, gets files and a certificate."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, press
from tests.browser.members.test_a_visitor_becomes_a_member import PASSWORD, check

FULL = """
from datetime import timedelta
from django.contrib.auth import get_user_model
from django.utils import timezone
from courses.models import CourseRun, CurriculumPage, Enrolment, Meeting
page = CurriculumPage.objects.live().filter(locale__language_code="th").order_by("pk").first()
run = CourseRun.objects.create(curriculum=page, title="รุ่นทดสอบ {now}", place="ศาลา", seats=1,
                               contact="074", reminder_days=0)
day = timezone.localdate() + timedelta(days=9)
Meeting.objects.create(run=run, date=day)
users = get_user_model().objects
run.facilitators.add(users.get(username="facilitator"))
Enrolment.objects.create(run=run, user=users.get(username="member"), name="คนแรก", state="enrolled")
print(run.pk)
"""
OVER = """
from datetime import timedelta
from django.utils import timezone
from courses.models import Meeting
Meeting.objects.filter(run={run}).update(date=timezone.localdate() - timedelta(days=1))
"""


def test_from_signing_up_to_a_certificate_that_anybody_can_check(
    open_browser, served, sign_in_here, tmp_path
):
    now = int(time.time())
    run = served.shell(FULL.format(now=now)).strip()
    address = f"participant-{now}@example.org"
    participant = open_browser(viewport=PHONE, java_script_enabled=False)

    # They find the course, create and confirm an account, and are back at the form.
    participant.goto("/courses/runs/")
    participant.get_by_role("link", name=re.compile(f"รุ่นทดสอบ {now}")).click()
    participant.get_by_role("link", name="ลงชื่อสำรอง").click()
    participant.get_by_role("link", name="สร้างบัญชี").click()
    participant.fill("input[name=name]", "สมศรี มีสุข")
    participant.fill("input[name=email]", address)
    participant.fill("input[name=password1]", PASSWORD)
    participant.check("input[name=consent]")
    press(participant.get_by_role("button", name="สร้างบัญชีนี้"))
    participant.goto(re.search(r"\S+/confirm-email/\S+", served.emails_to(address)[-1])[0])
    press(participant.get_by_role("button", name="ยืนยัน"))
    assert participant.url.endswith(f"/courses/runs/{run}/enrol/")

    # By keyboard; the course is full, so they are put on the waiting list.
    participant.locator("input[name=phone]").focus()
    for text in ("081 234 5678", "กลุ่มปูม้า", "ไม่กินหมู"):
        participant.keyboard.insert_text(text)
        participant.keyboard.press("Tab")
    participant.locator("input[name=consent]").focus()
    participant.keyboard.press("Space")
    participant.keyboard.press("Tab")
    participant.keyboard.press("Enter")
    expect(participant.locator("h1")).to_have_text("คุณอยู่ในรายชื่อสำรอง ลำดับที่ 1")
    served.emails_to(address, "ลำดับที่ 1")

    # Somebody gives up their seat: the participant moves up and is notified.
    first = sign_in_here("member")
    first.goto(f"/courses/runs/{run}/mine/")
    first.get_by_role("link", name="คืนที่นั่ง").click()
    first.get_by_role("button", name="ใช่ คืนที่นั่ง").click()
    served.emails_to(address, "มีที่ว่างแล้ว")
    participant.reload()
    expect(participant.locator("h1")).to_have_text("คุณมีที่นั่งในการอบรมนี้")

    # The facilitator, on a phone, sends a file and a message.
    teacher = sign_in_here("facilitator")
    teacher.goto(f"/courses/runs/{run}/group/send/")
    teacher.fill("textarea[name=text]", "พรุ่งนี้พบกันที่ท่าเรือ")
    teacher.set_input_files("input[name=files]", {
        "name": "แผนที่.txt", "mimeType": "text/plain", "buffer": "ทางไปท่าเรือ".encode(),
    })
    teacher.get_by_role("button", name="ส่ง", exact=True).click()
    expect(teacher.locator(".notice[role=status]")).to_contain_text("1")
    served.emails_to(address, "พรุ่งนี้พบกันที่ท่าเรือ")
    participant.reload()
    with participant.expect_download() as download:
        participant.get_by_role("link", name="แผนที่.txt").click()
    download.value.save_as(tmp_path / "map.txt")
    assert (tmp_path / "map.txt").read_text("utf-8") == "ทางไปท่าเรือ"

    # After the meeting: attendance and completion.
    served.shell(OVER.format(run=run))
    teacher.goto(f"/courses/runs/{run}/group/")
    teacher.locator(".doing").first.click()
    teacher.get_by_role("checkbox", name="สมศรี มีสุข").check()
    teacher.get_by_role("button", name="บันทึกว่าใครมา").click()
    teacher.get_by_role("link", name="ยืนยันผู้เรียนจบ").click()
    expect(teacher.get_by_role("checkbox", name="สมศรี มีสุข")).to_be_checked()
    teacher.get_by_role("button", name="ยืนยันและออกวุฒิบัตร").click()
    email = served.emails_to(address, "/certificates/")[0]

    # Anybody with the address sees that it is genuine; only the participant can download it.
    code = re.search(r"/certificates/([0-9A-Z-]+)/", email)[1]
    anybody = open_browser(viewport=PHONE)
    anybody.goto("/certificates/")
    anybody.fill("input[name=code]", code.lower().replace("-", " "))
    anybody.keyboard.press("Enter")
    expect(anybody.locator("h1")).to_have_text("วุฒิบัตรนี้เป็นของจริง")
    expect(anybody.locator(".certificate")).to_contain_text("สมศรี มีสุข")
    assert anybody.request.get(f"/certificates/{code}/pdf/", max_redirects=0).status == 302
    participant.reload()
    with participant.expect_download() as download:
        participant.get_by_role("link", name="ดาวน์โหลด (PDF)").click()
    download.value.save_as(tmp_path / "certificate.pdf")
    assert (tmp_path / "certificate.pdf").read_bytes().startswith(b"%PDF")

    # The participant deletes their account; the certificate stays without the name.
    participant.goto("/accounts/me/leave/")
    participant.fill("input[name=password]", PASSWORD)
    participant.get_by_role("button", name="ลบบัญชีของฉันถาวร").click()
    anybody.reload()
    expect(anybody.locator(".certificate")).not_to_contain_text("สมศรี")
    expect(anybody.locator(".certificate")).to_contain_text("ตามคำขอของเจ้าตัว")


IDS = """
from courses.models import Certificate, CourseRun, Enrolment
past = CourseRun.objects.get(title="รุ่นที่ 2 จะนะ")
full = CourseRun.objects.get(title="รุ่นที่ 1 คลองหอยโข่ง")
coming = CourseRun.objects.get(title="รุ่นที่ 3 เทพา")
codes = [Certificate.objects.filter(is_demonstration=True, revoked_at__isnull=revoked)
         .order_by("pk")[0].code for revoked in (True, False)]
print(past.pk, full.pk, coming.pk, past.meeting_list[0].pk,
      full.enrolments.waiting()[0].pk, *codes)
"""


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("prefix", "scheme"), [("", "light"), ("/en", "dark"), ("", "dark"), ("/en", "light")])
def test_every_page_of_a_course_is_accessible(served, sign_in_here, open_browser, prefix, scheme):
    past, full, coming, meeting, waiting, genuine, revoked = served.shell(IDS).split()
    pages = {
        "": [f"/courses/runs/{coming}/", f"/courses/runs/{full}/", "/courses/runs/",
             "/certificates/", "/certificates/?code=x", f"/certificates/{genuine}/",
             f"/certificates/{revoked}/", "/certificates/none/"],
        "member": [f"/courses/runs/{coming}/enrol/", f"/courses/runs/{past}/enrol/",
                   f"/courses/runs/{past}/mine/", f"/courses/runs/{full}/mine/",
                   f"/courses/runs/{full}/leave/", "/accounts/me/"],
        "facilitator": [
            f"/courses/runs/{past}/group/{what}"
            for what in ("", f"meeting/{meeting}/", "add/", "send/", "complete/")
        ] + [f"/courses/runs/{full}/group/", f"/courses/runs/{full}/group/remove/{waiting}/",
             f"/certificates/{genuine}/revoke/", f"/courses/runs/{past}/enrol/"],
    }
    for who, addresses in pages.items():
        options = {"bypass_csp": True, "color_scheme": scheme}
        page = sign_in_here(who, **options) if who else open_browser(viewport=PHONE, **options)
        for address in addresses:
            page.goto(prefix + address)
            check(page)
        if who:
            what = f"{coming}/enrol/" if who == "member" else f"{past}/group/add/"
            page.goto(f"{prefix}/courses/runs/{what}")
            page.locator("main form button").last.click()
            expect(page.locator(".errorlist").first).to_be_visible()
            check(page)
