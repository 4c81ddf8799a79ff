"""An editor writes a lesson, attaches files, previews, submits; a moderator publishes.

The public search finds it at once, and no longer once unpublished, moved or made private.
"""

import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import approve, more_actions, press

FILES = Path(__file__).resolve().parents[2] / "files"
WORD = "กระพงทดลอง"  # is on no other page
TITLE = f"บทเรียนเรื่อง{WORD}ที่ป่าชายเลน"
ATTACHMENTS = ["crab-bank.ppt", "crab-bank.doc", "chromium.pdf"]


def found(page, served, text=WORD) -> bool:
    response = page.request.get(f"{served.url}/search/", params={"q": text})
    assert response.status == 200
    return f">{TITLE}</a>" in response.text()


def attach(page, number, path, title):
    page.click("#id_attachments-ADD")
    page.click(f"#id_attachments-{number}-document-chooser .unchosen [data-chooser-action-choose]")
    modal = page.locator(".modal-dialog")
    modal.get_by_role("tab").nth(1).click()
    modal.locator("input[name$=title]").fill(title)
    modal.locator("input[type=file]").set_input_files(path)
    modal.locator("input[name$=title]").fill(title)
    modal.locator("form[enctype] button[type=submit]").click()
    expect(page.locator(f"#id_attachments-{number}-document-chooser")).to_contain_text(title)
    page.fill(f"#id_attachments-{number}-note", "ไฟล์ประกอบ")


@pytest.fixture(scope="module")
def story():
    """What each step passes on to the next."""
    return {}


def test_1_the_editor_writes_a_lesson_with_blocks_and_attachments(sign_in, served, story, tmp_path):
    page = sign_in("editor")
    parent = served.shell(
        "from hub.models import SectionPage;"
        "print(SectionPage.objects.filter(locale__language_code='th', stages__contains='lesson')"
        ".values_list('pk', flat=True)[0])"
    ).strip()
    page.goto(f"/admin/pages/add/lessons/lessonpage/{parent}/")
    page.fill("[name=title]", TITLE)
    page.fill("[name=summary]", "ลองเลี้ยงแล้วได้เรียนรู้")
    page.locator("[name=period_start]").press_sequentially("12/06/2566")
    page.locator("[name=period_start]").press("Tab")
    expect(page.locator("[name=period_start]")).to_have_value("12/06/2566")
    for field in ("event", "expected", "happened", "why", "next_time"):
        page.fill(f"[name={field}]", f"เล่าเรื่อง {field}")
    page.locator("[title='Insert a block']").first.click()
    page.locator(".w-combobox__option", has=page.locator(".icon-title")).click()
    page.fill("[name=body-0-value]", "วิธีวางกระชังที่ปากคลอง")
    docx = tmp_path / "บันทึกกลุ่ม.docx"
    import docx as python_docx

    document = python_docx.Document()
    document.add_paragraph(f"บันทึกของกลุ่ม{WORD} ปี 2567 สมาชิกสิบสองคน")
    document.save(docx)
    for number, path in enumerate([*(FILES / name for name in ATTACHMENTS), docx]):
        attach(page, number, path, f"ไฟล์ {path.name}")
    page.get_by_role("button", name="บันทึกฉบับร่าง").first.click()
    page.wait_for_url("**/edit/")
    expect(page.locator("[name=period_start]")).to_have_value("12 มิถุนายน 2566")
    story["edit"] = page.url
    story["pk"] = page.url.rstrip("/").split("/")[-2]
    assert not found(page, served)


def test_2_the_editor_previews_and_submits(sign_in, served, story):
    page = sign_in("editor")
    page.goto(story["edit"])
    page.fill("[name=period_start]", "31/02/2567")
    page.get_by_role("button", name="บันทึกฉบับร่าง").first.click()
    expect(page.locator(".w-field__errors").filter(
        has_text="กุมภาพันธ์ 2567 มี 29 วัน").first).to_be_visible()
    page.goto(story["edit"])
    expect(page.locator("[name=period_start]")).to_have_value("12 มิถุนายน 2566")
    preview = page.context.new_page()
    preview.goto(f"/admin/pages/{story['pk']}/view_draft/")
    expect(preview.locator("h1")).to_contain_text(WORD)
    expect(preview.locator("h2", has_text="วิธีวางกระชังที่ปากคลอง")).to_be_visible()
    preview.close()
    more_actions(page)
    press(page.locator("[name=action-submit]"))
    assert not found(page, served)


def test_3_the_moderator_approves_and_search_finds_it_at_once(sign_in, served, story):
    page = sign_in("moderator")
    approve(page, story["pk"])
    assert found(page, served)


def test_4_search_finds_the_text_of_its_attachments(visitor, served):
    for _attempt in range(60):
        visitor.goto(f"/search/?q={WORD}")
        if visitor.locator(".result", has_text="บันทึกกลุ่ม.docx").count():
            break
        time.sleep(0.5)
    expect(visitor.locator(".result", has_text="บันทึกกลุ่ม.docx")).to_be_visible()
    press(visitor.locator(".result h2 a", has_text="ป่าชายเลน"))
    for name in ATTACHMENTS:
        link = visitor.locator("a.file", has_text=name)
        answer = visitor.request.get(link.get_attribute("href"))
        assert answer.status == 200
        kind = "inline" if name.endswith(".pdf") else "attachment"
        assert answer.headers["content-disposition"].startswith(kind)


def test_5_moved_under_a_private_page_it_is_not_found(sign_in, served, story):
    page = sign_in("admin")
    section, private = served.shell(
        "from hub.models import HomePage, SectionPage; from wagtail.models import "
        "PageViewRestriction as R; home = HomePage.objects.get(locale__language_code='th');"
        "s = SectionPage(title='ห้องใน', slug='ห้องใน', stages='lesson', locale=home.locale);"
        "home.add_child(instance=s); R.objects.create(page=s, restriction_type='login');"
        f"from wagtail.models import Page; print(Page.objects.get(pk={story['pk']})"
        ".get_parent().pk, s.pk)"
    ).split()
    for destination, expected in ((private, False), (section, True)):
        page.goto(f"/admin/pages/{story['pk']}/move/{destination}/confirm/")
        press(page.locator("main form button[type=submit], main form input[type=submit]").last)
        assert found(signed_out_page(page), served) is expected


def test_6_made_private_it_is_not_found(sign_in, served, story):
    page = sign_in("admin")
    address = f"/admin/pages/{story['pk']}/privacy/"
    for choice, expected in (("login", False), ("none", True)):
        page.goto(story["edit"])
        token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
        answer = page.request.post(
            served.url + address,
            form={"csrfmiddlewaretoken": token, "restriction_type": choice},
            headers={"Referer": served.url + "/admin/"},
        )
        assert answer.status == 200
        assert found(signed_out_page(page), served) is expected


def test_7_unpublished_it_is_not_found(sign_in, served, story):
    page = sign_in("moderator")
    page.goto(f"/admin/pages/{story['pk']}/unpublish/")
    press(page.locator("main form button[type=submit], main form input[type=submit]").last)
    assert not found(signed_out_page(page), served)


def signed_out_page(page):
    """A page in a new profile that is not signed in."""
    return page.context.browser.new_context().new_page()
