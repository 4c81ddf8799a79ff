"""The editor's policy allows no eval, and nothing in it asks for it: every kind of page, panels,
StreamField, tables, rich text, choosers."""

from playwright.sync_api import expect

PANELS = ("preview", "checks", "comments", "status")


def test_pages_panels_blocks_and_choosers_meet_no_policy(sign_in, served):
    page = sign_in("admin")
    refused = []
    page.on("console", lambda said: refused.append(said.text)
            if "Content Security Policy" in said.text else None)
    keys = served.shell(
        "from hub.models.knowledge_page import knowledge_page_types;"
        "print(*[t.objects.live().first().pk for t in knowledge_page_types() if t.objects.live()])"
    ).split()
    assert keys
    for key in keys:
        answer = page.goto(f"/admin/pages/{key}/edit/")
        assert "unsafe-eval" not in answer.headers["content-security-policy"]
        expect(page.locator("[name=title]")).to_be_visible()
    lesson = served.shell(
        "from lessons.models import LessonPage; print(LessonPage.objects.live().first().pk)")
    page.goto(f"/admin/pages/{lesson.strip()}/edit/")
    for name in PANELS:
        page.locator(f"[data-side-panel-toggle={name}]").first.click()
        expect(page.locator(f"[data-side-panel={name}]")).to_be_visible()
    page.locator(f"[data-side-panel-toggle={PANELS[-1]}]").first.click()
    add = page.locator(".c-sf-add-button")
    add.last.click()
    for number in range(page.locator(".w-combobox__option").count()):
        if number:
            add.last.click()
        page.locator(".w-combobox__option").nth(number).click()
    expect(page.locator(".handsontable").first).to_be_attached()
    page.locator(".public-DraftEditor-content").first.click()
    page.keyboard.type("ข้อความ")
    expect(page.locator(".public-DraftEditor-content").first).to_contain_text("ข้อความ")
    page.locator("[data-chooser-action-choose]:visible").first.click()
    expect(page.locator(".modal-dialog [role=tab]").first).to_be_visible()
    assert refused == []
