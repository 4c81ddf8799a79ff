"""A village leader signs up by phone, confirms, fills in a profile, adds a passkey, and leaves."""

import json
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, axe_violations, press
from tests.conftest import combinations

PASSWORD = "ปลากระบอก-7-ตัว"
WORDS = {
    "th": {"sign in": "เข้าสู่ระบบ", "join": "สร้างบัญชี", "create": "สร้างบัญชีนี้", "mail": "เปิดดูอีเมลของคุณ",
           "confirm": "ยืนยัน", "save": "บันทึก", "out": "ออกจากระบบ", "leave": "ลบบัญชีของฉันถาวร",
           "left": "ลบบัญชีของคุณแล้ว"},
    "en": {"sign in": "Sign in", "join": "Create an account", "create": "Create the account",
           "mail": "Look into your mail", "confirm": "Confirm", "save": "Save", "out": "Sign out",
           "leave": "Delete my account for good", "left": "Your account is deleted"},
}


def check(page):
    """No axe violation, nothing wider than the phone."""
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


def type_and_go_on(page, *texts):
    """Fill in the fields one after the other, by keyboard."""
    for text in texts:
        page.keyboard.insert_text(text)
        page.keyboard.press("Tab")


@pytest.mark.parametrize(("language", "script"), combinations(
    [("th", True), ("en", False), ("th", False), ("en", True)], quick=[("th", False)]
))
def test_a_visitor_joins_takes_part_and_leaves(open_browser, served, language, script):
    words, prefix = WORDS[language], "" if language == "th" else "/en"
    address = f"leader-{language}-{int(script)}-{int(time.time())}@example.org"
    page = open_browser(viewport=PHONE, java_script_enabled=script)
    page.goto(f"{prefix}/")
    assert not page.context.cookies(), "reading sets no cookies"
    page.locator("header a.account").click()
    page.get_by_role("link", name=words["join"]).click()
    page.locator("input[name=name]").focus()
    type_and_go_on(page, "สมศรี มีสุข", address, PASSWORD)
    page.keyboard.press("Space")  # the consent
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(words["mail"])
    page.goto(re.search(r"\S+/confirm-email/\S+", served.emails_to(address)[-1])[0])
    page.get_by_role("button", name=words["confirm"]).click()
    # Back on the page they came from, signed in, with their name in the menu.
    page.locator("header .account summary").click()
    page.locator("header .account__menu a").click()
    expect(page.locator("h1")).to_have_text("สมศรี มีสุข")
    page.locator('a[href$="/particulars/"]').click()
    page.locator("input[name=other_organisation]").fill("กลุ่มปูม้าบ้านเรา")
    page.locator("select[name=area]").select_option(index=2)
    page.get_by_role("button", name=words["save"]).click()
    expect(page.locator(".lead")).to_contain_text("กลุ่มปูม้าบ้านเรา")
    page.locator("header .account summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name=words["out"]).click()
    page.locator("header a.account").click()
    page.locator("input[name=login]").focus()
    page.keyboard.insert_text(address)
    page.keyboard.press("Tab")
    page.keyboard.insert_text(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("header .account summary")).to_be_visible()
    page.goto(f"{prefix}/accounts/me/")
    with page.expect_download() as download:
        page.locator('a[href$="/me/data/"]').click()
    held = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert held["account"]["organisation"] == "กลุ่มปูม้าบ้านเรา"
    page.locator('a[href$="/me/leave/"]').click()
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name=words["leave"]).click()
    expect(page.locator("h1")).to_have_text(words["left"])
    page.goto(f"{prefix}/accounts/me/")
    expect(page.locator("h1")).to_have_text(words["sign in"])


def test_a_passkey_signs_in_without_a_password(open_browser, served):
    """Uses Chromium's virtual authenticator."""
    page = open_browser(viewport=PHONE)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }})
    # Passkeys need a host name, not an IP address.
    base = served.url.replace("127.0.0.1", "localhost")
    page.goto(f"{base}/en/accounts/login/")
    page.fill("input[name=login]", "member")
    page.fill("input[name=password]", served.password("member"))
    press(page.get_by_role("button", name="Sign in", exact=True))
    page.goto(f"{base}/en/accounts/2fa/webauthn/add/")
    page.fill("input[name=password]", served.password("member"))
    page.get_by_role("button", name="Confirm").click()
    page.locator("input[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    expect(page.locator("main")).to_contain_text("The passkey is added.")
    page.goto(f"{base}/en/accounts/logout/")
    press(page.locator("main").get_by_role("button", name="Sign out"))
    page.goto(f"{base}/en/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/en/accounts/me/")
    served.shell(
        "from allauth.mfa.models import Authenticator; Authenticator.objects.all().delete()"
    )


@pytest.mark.thorough
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_account_page_is_accessible(open_browser, served, prefix):
    page = open_browser(viewport=PHONE, bypass_csp=True)
    for address in ("login/", "signup/", "password/reset/", "password/reset/done/", "privacy/",
                    "confirm-email/", "confirm-email/old/", "left/"):
        page.goto(f"{prefix}/accounts/{address}")
        check(page)
    page.goto(f"{prefix}/accounts/signup/")
    page.locator("main form button").first.click()
    expect(page.locator(".errorlist").first).to_be_visible()
    check(page)
    page.goto(f"{prefix}/accounts/login/")
    page.fill("input[name=login]", "member")
    page.fill("input[name=password]", served.password("member"))
    page.locator("main form button").first.click()
    page.wait_for_url("**/accounts/me/")
    check(page)
    page.locator("header .account summary").click()
    check(page)
    page.goto(f"{prefix}/accounts/2fa/totp/activate/")
    check(page)  # asks for the password once more
    page.fill("input[name=password]", served.password("member"))
    page.locator("main form button").first.click()
    page.wait_for_url("**/activate/")
    check(page)
    for address in ("me/particulars/", "me/leave/", "email/", "password/change/", "2fa/",
                    "2fa/webauthn/", "2fa/webauthn/add/", "logout/"):
        page.goto(f"{prefix}/accounts/{address}")
        check(page)
