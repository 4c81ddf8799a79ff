"""A writer plans a course: minutes add up while they are typed, files stay with their session."""

import io
import zipfile

import pytest
from playwright.sync_api import expect

TITLE = "หลักสูตรประมงชุมชน"


@pytest.fixture
def form(served, sign_in):
    """The editor's form of a draft of its own: the editor saves by itself what is typed."""
    number = served.shell(
        "from uuid import uuid4\n"
        "from courses.models import CurriculumPage\n"
        f"page = CurriculumPage.objects.filter(title__startswith={TITLE!r}).earliest('pk')\n"
        "new = {'slug': uuid4().hex}\n"
        "copy = page.copy(keep_live=False, copy_revisions=False, update_attrs=new)\n"
        "print(copy.pk)"
    ).split()[-1]
    page = sign_in("moderator")
    page.goto(f"/admin/pages/{number}/edit/")
    expect(page.locator("[data-sum=total]")).to_contain_text("9 ชม. 30 นาที")
    return page


def test_minutes_add_up_while_they_are_typed(form):
    shown = form.locator("#inline_child_sessions-0 [data-sum=steps]")
    expect(shown).to_have_class("minutes-sum minutes-sum--right")
    form.fill("input[name='sessions-0-steps-0-value-minutes']", "25")
    expect(shown).to_contain_text("เกินเวลาของช่วงนี้ 10 นาที")
    form.fill("input[name='sessions-0-minutes']", "120")
    expect(shown).to_contain_text("ยังเหลือ 20 นาที")
    expect(form.locator("[data-sum=total]")).to_contain_text("10 ชม. 0 นาที")


def test_a_file_stays_with_its_session_when_it_moves(form):
    chosen = form.locator("select[name='handouts-0-session_key'] option:checked")
    expect(chosen).to_have_text("1. บ้านเราพร้อมหรือยัง")
    row = form.locator("#inline_child_sessions-0")
    row.locator("[data-inline-panel-child-move-down]").first.press("Enter")  # by keyboard
    expect(chosen).to_have_text("2. บ้านเราพร้อมหรือยัง")
    form.locator("#id_sessions-ADD").click()
    keys = form.locator("input[data-row-key]")
    expect(keys).to_have_count(6)
    assert len({key.input_value() for key in keys.all()}) == 6


def test_existing_handouts_become_a_draft(sign_in):
    page = sign_in("editor")
    page.goto("/admin/courses/bring-in/")
    expect(page.locator("#id_folder")).to_be_visible()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("01 เดินป่า/ใบงาน.txt", "เดินดูต้นไม้ในป่าชุมชนของเรา " * 5)
        archive.writestr("เล่น.exe", b"MZ")
    page.set_input_files("#id_files", [
        {"name": "ป่าชุมชน.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}])
    page.locator("main button[type=submit]", has_text="นำเข้า").click()
    expect(page.locator(".import-report tbody tr")).to_have_count(2)
    expect(page.locator(".import-report")).to_contain_text("ไม่รับ")
    page.get_by_role("link", name="เขียนฉบับร่างต่อ").click()
    expect(page.locator("input[name='sessions-0-title']")).to_have_value("เดินป่า")
