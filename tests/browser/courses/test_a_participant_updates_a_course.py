"""A participant comes back to a downloaded course, downloads what changed, and follows updates."""

import json
import os
import re
import time
import zipfile

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, axe_violations
from tests.conftest import matrix

COURSE = """
from courses.models import CurriculumPage
slugs = ["หลักสูตรประมงชุมชน", "community-fisheries-course"]
print(CurriculumPage.objects.get(slug__in=slugs, locale__language_code="{language}").url)
"""
NEWER = """
from datetime import timedelta
from django.utils import timezone
from courses.updates import followers
from courses.models import CourseFollower, CurriculumPage
page = [p for p in CurriculumPage.objects.all() if p.url == "{address}"][0]
page.assessment += " {words}"
page.changes = "{words}"
page.save_revision().publish()
CourseFollower.objects.update(notified_at=timezone.now() - timedelta(days=2))
print(followers.send_due())
"""
WORDS = {
    "th": {
        "have": "มีชุดเดิมอยู่แล้วใช่ไหม", "show": "ดูว่าอะไรเปลี่ยน", "since": "อะไรเปลี่ยนไปจากชุดที่คุณมี",
        "changed": "ดาวน์โหลดเฉพาะส่วนที่เปลี่ยน", "whole": "ดาวน์โหลดชุดเอกสารทั้งหมด",
        "current": "ชุดของคุณเป็นฉบับล่าสุดแล้ว", "follow": "ส่งอีเมลบอกฉันเมื่อหลักสูตรนี้เปลี่ยน",
        "send": "ส่งอีเมลให้ฉันยืนยัน", "yes": "ตกลง ส่งอีเมลแจ้งฉัน", "stop": "เลิกรับอีเมลเรื่องนี้",
        "stopped": "เลิกรับอีเมลแล้ว", "newer": "มีของใหม่กว่าแล้ว", "new": "แก้เรื่องการติดตาม",
    },
    "en": {
        "have": "You have an earlier copy?", "show": "Show what changed",
        "since": "What changed since your copy", "changed": "Download only what changed",
        "whole": "Download the whole course pack", "current": "Your copy is up to date",
        "follow": "Write to me when this course changes", "send": "Send me an e-mail to confirm",
        "yes": "Yes, write to me", "stop": "Stop these e-mails",
        "stopped": "The e-mails are stopped", "newer": "There is something newer",
        "new": "The call after thirty days is clearer",
    },
}


def look(page, name):
    """At phone and desktop width: no axe violation, nothing wider than the page."""
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert axe_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], page.url
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=f"{folder}/{name}-{size['width']}.png", full_page=True)
    page.set_viewport_size(PHONE)


@pytest.mark.parametrize("language", matrix(["th", "en"], quick=["th"]))
def test_a_reader_downloads_only_what_changed(
    open_browser, served, tmp_path, language
):
    words = WORDS[language]
    page = open_browser(viewport=PHONE, bypass_csp=True)
    page.goto(served.shell(COURSE.format(language=language)).strip())
    page.get_by_role("link", name=words["have"]).click()
    page.get_by_role("button", name=words["show"]).click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, f"which-{language}")
    page.locator("select[name=version]").select_option("1")
    page.get_by_role("button", name=words["show"]).click()
    expect(page.locator("h1")).to_have_text(words["since"])
    expect(page.locator(".since__part")).to_have_count(6)
    look(page, f"since-{language}")
    with page.expect_download() as download:
        page.get_by_role("link", name=words["changed"]).click()
    download.value.save_as(tmp_path / "changed.zip")
    with page.expect_download() as download:
        page.get_by_role("link", name=words["whole"]).click()
    download.value.save_as(tmp_path / "whole.zip")
    with zipfile.ZipFile(tmp_path / "whole.zip") as whole, \
            zipfile.ZipFile(tmp_path / "changed.zip") as changed:
        manifest = next(n for n in whole.namelist() if n.endswith("/manifest.json"))
        assert json.loads(whole.read(manifest))["version"] >= 2
        assert set(changed.namelist()) < set(whole.namelist()) | {
            manifest.replace("manifest.json", "CHANGES.txt")}
        (tmp_path / "manifest.json").write_bytes(whole.read(manifest))

    # With the new manifest, nothing is left to download.
    page.goto(page.url.split("?")[0].replace("since/1/", "since/"))
    page.set_input_files("input[name=manifest]", tmp_path / "manifest.json")
    page.get_by_role("button", name=words["show"]).click()
    expect(page.locator("h1")).to_have_text(words["current"])
    look(page, f"current-{language}")


@pytest.mark.parametrize("language", matrix(["th", "en"], quick=["en"]))
def test_followers_are_notified_of_a_new_version(open_browser, served, sign_in_here, language):
    words, address = WORDS[language], f"follower-{language}-{int(time.time())}@example.org"
    course = served.shell(COURSE.format(language=language)).strip()
    member = sign_in_here("member", bypass_csp=True)
    member.goto(course)
    with member.expect_download():
        member.get_by_role("link", name=words["whole"]).first.click()
    page = open_browser(viewport=PHONE, bypass_csp=True)
    page.goto(course)
    page.get_by_role("link", name=words["follow"]).click()
    page.locator("input[name=email]").fill("ไม่ใช่อีเมล")
    page.get_by_role("button", name=words["send"]).click()
    expect(page.locator("#email-problem")).to_be_visible()
    look(page, f"follow-{language}")
    page.locator("input[name=email]").fill(address)
    page.get_by_role("button", name=words["send"]).click()
    look(page, f"asked-{language}")
    page.goto(re.search(r"\S+/courses/letters/confirm/\S+", served.emails_to(address)[0])[0])
    look(page, f"confirm-{language}")
    page.get_by_role("button", name=words["yes"]).click()

    served.shell(NEWER.format(address=course, words=words["new"]))
    (news,) = served.emails_to(address, words["new"])
    page.goto(re.search(r"\S+/c/\w+/\d+/", news)[0])
    expect(page.locator("h1")).to_have_text(words["since"])
    expect(page.locator(".since ins").filter(has_text=words["new"])).to_have_count(1)
    member.reload()
    expect(member.get_by_role("link", name=words["newer"])).to_be_visible()
    look(member, f"course-{language}")
    member.goto("/accounts/me/" if language == "th" else "/en/accounts/me/")
    member.get_by_role("link", name=words["newer"]).first.wait_for()
    look(member, f"member-{language}")
    member.get_by_role("link", name=words["newer"]).first.click()
    expect(member.locator("h1")).to_have_text(words["since"])

    page.goto(re.search(r"\S+/courses/letters/stop/\S+", news)[0])
    look(page, f"stop-{language}")
    page.get_by_role("button", name=words["stop"], exact=True).click()
    expect(page.locator("h1")).to_have_text(words["stopped"])
