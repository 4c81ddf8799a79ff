"""A file whose Thai is garbled says so with a sample where it was uploaded, once it was read."""

import re

import pytest
from playwright.sync_api import expect

from tests.search.extraction.test_extraction import SENTENCES, thai_pdf


@pytest.fixture
def garbled(tmp_path):
    """A PDF whose map names every Thai letter after the next one."""
    content = bytes(thai_pdf([" ".join(SENTENCES[:2]).replace("ำ", "า")] * 2).output())
    path = tmp_path / "เพี้ยน.pdf"
    path.write_bytes(re.sub(
        rb"<0E([0-9A-Fa-f]{2})", lambda m: b"<0E%02X" % (int(m[1], 16) % 0x5B + 1), content
    ))
    return path


def assert_warned(page):
    warning = page.locator("[data-text-of] .help-warning").last
    expect(warning).to_be_visible(timeout=40_000)
    expect(warning).to_contain_text("ค้นหาข้อความในไฟล์นี้ไม่ได้")
    assert warning.locator("q").inner_text()


def test_on_the_page_of_uploads_and_on_its_own_page(sign_in, served, garbled):
    page = sign_in("editor")
    page.goto(f"{served.url}/admin/documents/multiple/add/")
    page.locator("#fileupload").set_input_files(garbled)
    assert_warned(page)
    page.goto(f"{served.url}/admin/documents/?ordering=-created_at")
    page.get_by_role("link", name="เพี้ยน").first.click()
    assert_warned(page)


def test_in_the_form_of_a_page_below_the_file_that_was_chosen(sign_in, served, garbled):
    page = sign_in("editor")
    parent = served.shell(
        "from hub.models import SectionPage\n"
        "print(SectionPage.objects.filter(stages__contains='lesson').first().pk)"
    ).strip()
    page.goto(f"{served.url}/admin/pages/add/lessons/lessonpage/{parent}/")
    page.click("#id_attachments-ADD")
    page.click("#id_attachments-0-document-chooser .unchosen [data-chooser-action-choose]")
    modal = page.locator(".modal-dialog")
    modal.get_by_role("tab").nth(1).click()
    modal.locator("input[type=file]").set_input_files(garbled)
    modal.locator("input[name$=title]").fill("เพี้ยน")
    modal.locator("form[enctype] button[type=submit]").click()
    assert_warned(page)
