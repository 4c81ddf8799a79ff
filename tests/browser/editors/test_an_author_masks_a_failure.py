"""An author restricts a lesson on a failure to their organisation, checks the masked copy, corrects
and submits it; a moderator, who never sees the original, publishes the copy for everybody.

Lesson suggestions appear in the editor and are answered there.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, approve, press

pytestmark = pytest.mark.thorough  # each of its steps is tested without a browser
TITLE = "เงินทอดกฐินทดลองหายไป"
SECRET = "นางสาวสมหญิง ทดลองดี"
PLACE = "ตำบลบ่อยาง"


@pytest.fixture(scope="module")
def story():
    """What each step passes on to the next."""
    return {}


def section(served):
    return served.shell(
        "from hub.models import SectionPage;"
        "print(SectionPage.objects.filter(locale__language_code='th', stages__contains='lesson')"
        ".values_list('pk', flat=True)[0])"
    ).strip()


def save(page):
    press(page.get_by_role("button", name="บันทึกฉบับร่าง").first)


def test_1_the_author_writes_a_failure_for_their_organisation_only(sign_in, served, story):
    page = sign_in("editor")
    page.goto(f"/admin/pages/add/lessons/lessonpage/{section(served)}/")
    page.fill("[name=title]", TITLE)
    page.fill("[name=summary]", f"{SECRET} ที่{PLACE} เก็บเงิน 52,000 บาท แล้วหาไม่พบ")
    page.select_option("[name=openness]", "anonymised")
    page.select_option("[name=organisation]", index=1)
    for field in ("event", "expected", "happened", "why"):
        page.fill(f"[name={field}]", f"เล่าเรื่อง {field} ของ{SECRET}")
    page.fill("[name=next_time]", "ให้สองบ้านถือกุญแจคนละดอก ริมบ่อเก่า")
    save(page)
    story["pk"] = re.search(r"/pages/(\d+)/edit", page.url)[1]
    found = page.request.get(f"{served.url}/search/", params={"q": "ทอดกฐินทดลอง"}).text()
    assert TITLE not in found


def test_2_the_author_checks_the_copy_masks_more_and_submits_it(sign_in, served, story):
    page = sign_in("editor")
    page.goto(f"/admin/pages/{story['pk']}/edit/")
    page.get_by_role("link", name="ดูฉบับปิดชื่อ").click()
    table = page.locator(".masking__table")
    expect(table.locator("mark", has_text=SECRET).first).to_be_visible()
    expect(table.locator("mark.masked", has_text="หลักหมื่นบาท")).to_be_visible()
    page.fill("[name=extra_words]", "ริมบ่อเก่า")
    money = page.locator(".masking__spans li", has_text="52,000 บาท")
    money.locator("input[type=checkbox]").check()
    page.get_by_role("button", name="บันทึกแล้วดูใหม่").click()
    expect(page.locator(".error-message")).to_have_text("บอกว่าทำไมจึงเปิดได้")
    expect(page.locator("[name=extra_words]")).to_have_value("ริมบ่อเก่า")
    money.locator("input[type=text]").fill("ยอดนี้ติดไว้ที่ศาลา")
    page.get_by_role("button", name="บันทึกแล้วดูใหม่").click()
    expect(table.locator("mark.masked", has_text="[ปิดไว้]")).to_be_visible()
    expect(table.locator("mark.masked", has_text="หลักหมื่นบาท")).to_have_count(0)
    page.get_by_role("button", name="ส่งฉบับนี้").click()
    expect(page.locator(".messages")).to_contain_text("ผู้ตรวจไม่เห็นต้นฉบับ")


def test_3_the_moderator_publishes_the_copy_and_sees_no_original(sign_in, served, story):
    page = sign_in("moderator")
    assert page.request.get(f"{served.url}/admin/pages/{story['pk']}/edit/").status == 404
    page.goto("/admin/")
    assert SECRET not in page.content()
    copy = served.shell(
        "from lessons.models import MaskedLesson;"
        f"print(MaskedLesson.objects.get(original={story['pk']}).copy_id)"
    ).strip()
    page.goto(f"/admin/pages/{copy}/edit/")
    assert SECRET not in page.content() and PLACE not in page.content()
    approve(page, copy)
    story["copy"] = copy


def test_4_everybody_reads_the_copy_on_a_phone(open_browser, served, story):
    page = open_browser(viewport=PHONE)
    page.goto("/search/?q=ทอดกฐินทดลอง")
    page.locator(".result h2 a").first.click()
    expect(page.locator("main")).to_contain_text("โดยไม่บอกชื่อคน")
    text = page.locator("main").inner_text()
    assert "52,000 บาท" in text and "ตำบลหนึ่งในสงขลา" in text and "[ปิดไว้]" in text
    assert SECRET not in text and "บ่อยาง" not in text and "บ่อเก่า" not in text


def test_5_the_copy_is_gone_when_the_lesson_is_private_again(sign_in, open_browser, served, story):
    page = sign_in("editor")
    page.goto(f"/admin/pages/{story['pk']}/edit/")
    page.select_option("[name=openness]", "private")
    save(page)
    stranger = open_browser()
    stranger.goto("/search/?q=ทอดกฐินทดลอง")
    expect(stranger.locator(".result", has_text="ทอดกฐิน")).to_have_count(0)


def test_an_editor_answers_lesson_suggestions(sign_in, open_browser, served):
    page = sign_in("editor")
    parent = served.shell(
        "from hub.models import SectionPage;"
        "print(SectionPage.objects.filter(locale__language_code='th', stages__contains='issue')"
        ".values_list('pk', flat=True)[0])"
    ).strip()
    page.goto(f"/admin/pages/add/policy/issuepage/{parent}/")
    panel = page.locator("[data-lesson-suggestions]")
    expect(panel.locator(".lesson-suggestions__item")).to_have_count(0)
    page.fill("[name=title]", "แม่ปูไข่ทดลองถูกจับก่อนฟัก")
    page.fill("[name=summary]", "ชาวประมงจับแม่ปูไข่นอกกระดองจนปูลดลง")
    lesson = panel.locator(".lesson-suggestions__item", has_text="แม่ปูไข่ขังรวมกันแล้วไข่เสีย")
    expect(lesson).to_be_visible()
    expect(lesson.locator("textarea").first).to_be_hidden()
    lesson.get_by_label("ไม่ใช้ เพราะ…").check()
    page.fill("[name=problem]", "แม่ปูลดลงทุกปี")
    page.fill("[name=evidence_text]", "สมุดบันทึก")
    page.wait_for_timeout(1800)
    expect(lesson.get_by_label("ไม่ใช้ เพราะ…")).to_be_checked()
    lesson.get_by_label("ทำไมจึงไม่ใช้").fill("ที่นี่ไม่มีถังฟัก")
    save(page)
    page.reload()
    expect(lesson.locator(".lesson-suggestions__stored")).to_be_visible()
    expect(lesson.get_by_label("ทำไมจึงไม่ใช้")).to_have_value("ที่นี่ไม่มีถังฟัก")
    lesson.get_by_label("ใช้", exact=True).check()
    lesson.locator("textarea").last.fill("ข้อเสนอเรื่องคืนแม่ปูมาจากบทเรียนนี้")
    save(page)
    pk = re.search(r"/pages/(\d+)/edit", page.url)[1]
    output = served.shell(
        "from policy.models import IssuePage;"
        f"page = IssuePage.objects.get(pk={pk}).get_latest_revision_as_object();"
        "print([(l.relation, l.evidence_text) for l in page.chain_links.all()]);"
        "print(page.lesson_answers.get().answer)"
    )
    assert "rests_on" in output and "คืนแม่ปู" in output and "used" in output
