"""A member comments on a draft and amends it by phone; the secretariat merges and notifies them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, axe_violations
from tests.conftest import matrix

DRAFT = """
from policy.models import DraftResolutionPage
print(DraftResolutionPage.objects.filter(locale__language_code="th").earliest("pk").url)
"""
MEMBERS = """
from django.contrib.auth import get_user_model
users = get_user_model().objects
for name, first in (("phone-mali", "มะลิ"), ("phone-dam", "ดำ")):
    if not users.filter(username=name).exists():
        users.create_user(name, name + "@example.org", "long-enough-7", first_name=first)
"""
OPEN_TO_ALL = """
from policy.models import DraftResolutionPage
print(DraftResolutionPage.objects.update(hold_first_contributions=%s))
"""


@pytest.fixture(scope="module")
def draft(served):
    served.shell(MEMBERS)
    return served.shell(DRAFT).strip()


def member(open_browser, name, **options):
    page = open_browser(viewport=PHONE, **options)
    page.goto("/_util/login/")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", "long-enough-7")
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)
    return page


def propose(page, draft, text, reason):
    page.goto(f"{draft}p/5/")
    page.locator("#amend > summary").click()
    page.fill("#amend-text", text)
    page.fill("#amend-reason", reason)
    page.get_by_role("button", name="ส่งคำขอแก้").click()
    # Back at their own proposal, with the changed words marked.
    expect(page.locator(".contribution:target")).to_contain_text(reason)
    expect(page.locator(".contribution:target ins").first).to_be_visible()


@pytest.mark.parametrize(
    "script", matrix([True, False], quick=[False]), ids=["script", "no-script"])
def test_a_member_comments_and_amends_and_is_notified_of_the_merge(
    open_browser, sign_in, served, draft, script
):
    words = "และโทรแจ้งลูกหลานด้วย" if script else "และจดไว้ในสมุดของหมู่บ้าน"
    served.shell(OPEN_TO_ALL % False)
    mali = member(open_browser, "phone-mali", java_script_enabled=script)
    mali.goto(draft)
    expect(mali.locator('[aria-current="step"]').first).to_be_visible()
    mali.locator("#p5 h3 a").click()
    mali.locator("#comment > summary").click()
    mali.fill("#comment-text", f"โรงพยาบาลไกลจากบ้านเรา {script}")
    mali.get_by_role("button", name="ส่งความเห็น").click()
    expect(mali.get_by_text(f"โรงพยาบาลไกลจากบ้านเรา {script}")).to_be_visible()
    propose(mali, draft, f"ให้มีทางส่งต่อเรื่องเร่งด่วน{words}", "ลูกหลานอยู่ไกล")
    dam = member(open_browser, "phone-dam", java_script_enabled=script)
    propose(dam, draft, f"ให้มีทางส่งต่อเรื่องเร่งด่วนภายในหนึ่งชั่วโมง{script}", "ช้าไม่ได้")

    secretariat = sign_in("moderator", viewport=DESKTOP)
    secretariat.goto(f"{draft}secretariat/")
    group = secretariat.locator("fieldset", has_text="ย่อหน้า 5")
    for box in group.locator("input[type=checkbox]").all():
        box.check()
    secretariat.get_by_role("button", name="ตัดสินข้อที่เลือก").click()
    secretariat.locator("input[value=merge]").check()
    merged = f"ให้มีทางส่งต่อเรื่องเร่งด่วนภายในหนึ่งชั่วโมง{words}"
    secretariat.fill("#id_text", merged)
    secretariat.fill("#id_reason", "สองข้อไปด้วยกันได้")
    secretariat.get_by_role("button", name="ตัดสินและเผยแพร่").click()
    entry = secretariat.locator("article.contribution", has_text="สองข้อไปด้วยกันได้").last
    expect(entry).to_be_visible()

    body = served.emails_to("phone-mali@example.org", merged)[0]
    assert "สองข้อไปด้วยกันได้" in body
    trace = re.search(r"http\S+/trace/", body)[0]
    reader = open_browser(viewport=PHONE, java_script_enabled=script)
    reader.goto(trace)
    first = reader.locator(".trace__step").first
    expect(first).to_contain_text("มะลิ")
    expect(first).to_contain_text("ดำ")
    reader.goto(draft)
    expect(reader.locator("#p5")).to_contain_text(merged)


@pytest.mark.thorough
def test_its_pages_are_accessible_and_fit_a_phone(open_browser, sign_in, draft, served):
    """For a visitor, a member and the secretariat, in both languages."""
    assembly = draft.rsplit("/", 2)[0] + "/"
    english = served.shell(DRAFT.replace('"th"', '"en"')).strip()
    public = [draft, f"{draft}p/3/", f"{draft}p/3/trace/", f"{draft}p/4/", f"{draft}register/",
              assembly, f"{assembly}proposals/", english, f"{english}p/3/",
              f"{english}register/"]
    own = [f"{draft}p/4/", f"{assembly}propose/"]
    desk = [f"{draft}secretariat/", f"{draft}secretariat/results/",
            f"{draft}secretariat/split/?p=4", f"{draft}secretariat/join/?p=4",
            f"{draft}secretariat/adopt/"]
    problems = []
    for scheme in ("light", "dark"):
        options = {"bypass_csp": True, "color_scheme": scheme}
        for page, addresses in (
            (open_browser(viewport=PHONE, **options), public),
            (member(open_browser, "phone-mali", **options), own),
            (sign_in("moderator", viewport=PHONE, **options), desk),
        ):
            for address in addresses:
                assert page.goto(address).status == 200, address
                page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
                problems += axe_violations(page, without=["wagtail-userbar"])
                width = page.evaluate("document.documentElement.scrollWidth")
                if width > PHONE["width"]:
                    problems.append(f"{address}: {width} px wide")
    assert not problems, "\n".join(problems)


def test_the_content_security_policy_blocks_nothing(open_browser, draft):
    page = open_browser()
    complaints = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    for address in (draft, f"{draft}p/3/", f"{draft}p/3/trace/", f"{draft}register/"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
    assert complaints == []
