"""The whole chain in one story, step by step in the browser: a practice and its lesson are written,
a Model is extracted, reviewed and replicated twice, brought to an assembly, amended and adopted,
reported on and verified; then the lesson is withdrawn and its dependents are flagged.

Each step builds on the one before. With SCREENSHOTS=folder, every public page is saved there.
"""

import contextlib
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, approve, axe_violations, more_actions, press

pytestmark = pytest.mark.thorough  # each of its steps has a story of its own in the quick run
PHOTO = Path(__file__).resolve().parents[3] / "docs/images/model.png"
PASSWORD = "long-enough-for-7"
TODAY = timezone.localdate()
PEOPLE = """
from django.contrib.auth import get_user_model
from hub.models import SectionPage
users = get_user_model().objects
for name, first in (("story-nok", "นก"), ("story-dam", "ดำ")):
    if not users.filter(username=name).exists():
        users.create_user(name, name + "@example.org", "long-enough-for-7", first_name=first)
for stage in ("practice", "model", "issue"):
    print(SectionPage.objects.filter(
        locale__language_code="th", stages__contains=stage).order_by("path").first().pk)
"""
ADDRESS = "from wagtail.models import Page; print(Page.objects.get(pk={}).url)"
CELLS = """
from policy.models import Clause
for clause in Clause.objects.filter(page={}).order_by("sort_order"):
    print(f"/follow-up/clause/{{clause.translation_key}}/tao-example/")
"""
PRACTICE, LESSON = "เสียงตามสายเตือนน้ำหลากบ้านปลายคลอง", "เตือนน้ำครั้งเดียวคนไม่ได้ยิน"
MODEL, ISSUE = "เตือนน้ำหลากด้วยเสียงตามสาย", "หลายตำบลรู้ข่าวน้ำหลากช้าไป"
ASSEMBLY, DRAFT = "สมัชชาลุ่มน้ำปลายคลอง", "การเตือนน้ำหลากที่ทุกบ้านได้ยิน"
STATUSES = ["ชุมชนตรวจแล้วว่าจริง", "รายงานแล้ว", "เกินกำหนด"]  # as the rules say, clause by clause
CLAUSES = ["ให้ทุกหมู่บ้านมีคนจดระดับน้ำ", "ให้ประกาศเสียงตามสาย", "ให้ซ้อมหนีน้ำปีละครั้ง"]


@pytest.fixture(scope="module")
def story(served):
    """What each step passes on to the next: primary keys by name, and the addresses of pages."""
    practices, models, policy = served.shell(PEOPLE).split()
    return {"practices": practices, "models": models, "policy": policy}


@pytest.fixture
def address_of(served, story):
    return lambda name: served.shell(ADDRESS.format(story[name])).strip()


@pytest.fixture
def member(open_browser):
    """Opens ``address`` on the phone of a user signed in on the public site."""

    def phone_of(name, password, address):
        page = open_browser(viewport=PHONE)
        page.goto(f"/accounts/login/?next={address}")
        page.fill("input[name=login]", name)
        page.fill("input[name=password]", password)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(f"**{address}")
        return page

    return phone_of


@pytest.fixture
def look(open_browser):
    """Opens ``address`` as a visitor on phone and desktop and returns the page; checks its width,
    that it contains ``words`` and that axe finds nothing."""
    readers = [(open_browser(viewport=viewport, bypass_csp=True), viewport)
               for viewport in (PHONE, DESKTOP)]

    def seen(address, name, *words):
        for reader, viewport in readers:
            page = reader.context.new_page()
            page.goto(address)
            page.evaluate("document.fonts.ready")
            for word in words:
                expect(page.locator("main")).to_contain_text(word)
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], name
            assert axe_violations(page) == []
            if folder := os.environ.get("SCREENSHOTS"):
                page.screenshot(path=f"{folder}/{name}-{viewport['width']}.png", full_page=True)
        return page

    return seen


def write(page, kind, parent, fields, links=()) -> str:
    """Write a page in the editor and save it as a draft; returns its primary key.

    ``fields``: name → text; ``links``: (relation, title of the target, evidence)."""
    page.goto(f"/admin/pages/add/{kind}/{parent}/")
    for name, text in fields.items():
        page.fill(f"[name='{name}']", str(text))
    for number, (relation, title, evidence) in enumerate(links):
        add(page, "chain_links", number, relation=relation, evidence_text=evidence,
            date=TODAY, author="คณะทำงานปลายคลอง")
        choose(page, f"chain_links-{number}-target", title)
    return save(page)


def add(page, inline, place, /, **fields):
    """Add a child to an inline panel; a field that offers choices is chosen by its value."""
    page.locator(f"#id_{inline}-ADD").click()
    for name, value in fields.items():
        field = page.locator(f"[name='{inline}-{place}-{name}']")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(str(value))


def choose(page, field, title):
    page.locator(f"#id_{field}-chooser .unchosen [data-chooser-action-choose]").click()
    modal = page.locator(".modal-dialog")
    expect(modal).to_be_visible(timeout=30_000)  # it searches the page tree
    found = modal.locator("a.choose-page").filter(has_text=title).first
    for _attempt in range(30):  # the worker may still be adding the page to the editors' index
        modal.locator("input[name=q]").fill("")
        modal.locator("input[name=q]").fill(title)
        with contextlib.suppress(AssertionError):
            expect(found).to_be_visible(timeout=2_000)
            break
    found.click()
    expect(page.locator(f"#id_{field}-chooser")).to_contain_text(title)


def save(page) -> str:
    page.wait_for_timeout(2_500)  # an autosave in progress would create a second page
    press(page.get_by_role("button", name="บันทึกฉบับร่าง").first)
    assert page.url.endswith("/edit/"), page.locator(".error-message, .messages").all_inner_texts()
    return page.url.rstrip("/").split("/")[-2]


def publish(author, moderator, pk):
    """The author submits, the moderator approves."""
    author.goto(f"/admin/pages/{pk}/edit/")
    more_actions(author)
    press(author.locator("[name=action-submit]"))
    approve(moderator, pk)


def test_01_a_practice_and_its_lesson_are_written(sign_in, story, look, address_of):
    editor, moderator = sign_in("editor"), sign_in("moderator")
    story["practice"] = write(editor, "lessons/practicepage", story["practices"], {
        "title": PRACTICE, "summary": "ผู้เฒ่าปลายคลองดูน้ำแล้วบอกกันทางเสียงตามสาย",
        "context_text": "บ้านริมคลองที่น้ำมาเร็วในคืนฝนหนัก", "outcome": "ยกของทันทุกบ้านเมื่อน้ำมาครั้งหลัง",
    })
    publish(editor, moderator, story["practice"])
    story["lesson"] = write(editor, "lessons/lessonpage", story["practices"], {
        "title": LESSON, "summary": "ต้องบอกสามครั้ง และบอกว่าน้ำจะถึงเมื่อไร",
        "event": "คืนน้ำหลากที่บ้านปลายคลอง", "expected": "ทุกบ้านได้ยินประกาศ",
        "happened": "ครึ่งหนึ่งหลับอยู่ ไม่ได้ยิน", "why": "ประกาศครั้งเดียวตอนสองทุ่ม",
        "next_time": "ประกาศสามครั้ง ห่างกันสิบห้านาที",
    }, [("extracted_from", PRACTICE, "ถอดจากวงคุยหลังน้ำลด")])
    publish(editor, moderator, story["lesson"])
    look(address_of("practice"), "01-practice", LESSON)
    look(address_of("lesson"), "01-lesson", PRACTICE, "ครึ่งหนึ่งหลับอยู่")


def test_02_a_model_is_extracted_and_reviewed_by_peers(
    sign_in, open_browser, served, story, look, address_of
):
    editor, moderator = sign_in("editor"), sign_in("moderator")
    pk = story["model"] = write(editor, "models_lib/modelpage", story["models"], {
        "title": MODEL, "summary": "จดน้ำทุกเช้า ประกาศสามครั้ง ทุกบ้านยกของทัน",
        "problem": "น้ำหลากมาถึงก่อนข่าว", "beneficiaries": "ครัวเรือนริมคลอง",
        "not_working": "บ้านที่ไฟดับแล้วเสียงตามสายเงียบ",
    }, [("rests_on", LESSON, "ขั้นประกาศสามครั้งมาจากบทเรียนนี้")])
    for number, title in enumerate(["คนจดระดับน้ำ", "ประกาศสามครั้ง"]):
        add(editor, "building_blocks", number, title=title, what=f"{title} มีคนรับผิดชอบชัด")
    save(editor)
    editor.goto(f"/admin/peer-review/{pk}/")
    press(editor.get_by_role("button", name="เริ่มการทบทวนโดยผู้รู้"))
    moderator.goto(f"/admin/peer-review/{pk}/")
    moderator.get_by_label("อีเมล").fill("ครูน้ำ <story-one@example.org>\nstory-two@example.org")
    moderator.get_by_role("button", name="ส่งคำเชิญ").click()
    for address in ("story-one@example.org", "story-two@example.org"):
        reviewer = open_browser(viewport=PHONE)
        reviewer.goto(re.search(r"\S+/peer-review/\S+", served.emails_to(address, MODEL)[-1])[0])
        for name in ("evidence", "conditions", "costs", "replicability"):
            reviewer.locator(f"#id_{name}_1").check()
        reviewer.get_by_label("พร้อมใช้", exact=True).check()
        reviewer.get_by_label("ไม่มี", exact=True).check()
        reviewer.get_by_label(re.compile("ไม่ ทั้งผู้อ่าน")).check()
        reviewer.get_by_label("ให้เผยแพร่ข้อความของฉัน").check()
        reviewer.get_by_role("button", name="ส่งผลทบทวน").click()
        expect(reviewer.get_by_role("status")).to_contain_text("ขอบคุณ")
    approve(moderator, pk)
    look(address_of("model"), "02-model", "ผู้รู้ 2 คนทบทวนแล้วเมื่อ", LESSON, "คนจดระดับน้ำ")


@pytest.mark.parametrize(("who", "name", "outcome", "result"), [
    ("กลุ่มบ้านเหนือคลอง", "story-nok", "success", "ยกของทันทุกบ้าน"),
    ("กลุ่มบ้านสวนใน", "story-dam", "failure", "ไฟดับ ไม่มีใครได้ยิน"),
], ids=["it-worked", "it-failed"])
def test_03_two_villages_report_replications(
    sign_in, member, story, look, address_of, who, name, outcome, result
):
    phone = member(name, PASSWORD, address_of("model") + "replicate/")
    phone.fill("[name=who]", who)
    phone.fill("[name=area_typed]", "เกาะยอ")
    phone.fill("[name=started]", "พ.ค. ๒๕๖๘")
    phone.locator(f"[name=outcome][value={outcome}]").check()
    for part in phone.locator("[name^=block-][value=kept]").all():
        part.check()
    if outcome == "failure":
        phone.locator("[name^=block-][value=dropped]").last.check()
        phone.locator("[name^=why-]").last.fill("ไม่มีไฟสำรอง")
    phone.fill("[name=result]", result)
    phone.fill("[name=evidence]", "สมุดจดของกลุ่ม")
    phone.locator("[name=consent]").check()
    phone.get_by_role("button", name="ส่งให้กองบรรณาธิการ").click()
    expect(phone.locator(".my-report").filter(has_text=who)).to_contain_text("อยู่กับกองบรรณาธิการ")
    moderator = sign_in("moderator")
    moderator.get_by_role("link", name=who).first.click()
    pk = moderator.url.rstrip("/").split("/")[-2]
    story[name] = pk
    approve(moderator, pk)
    page = look(address_of("model"), f"03-model-{outcome}", who)
    if outcome == "failure":
        expect(page.locator(".reasons").first).to_contain_text("ไม่มีไฟสำรอง")
        expect(page.get_by_role("row").filter(has_text=who)).to_contain_text("ไม่ได้ผล")
    look(address_of(name), f"03-{outcome}", result)


def test_04_the_issue_is_brought_to_an_assembly(sign_in, story, look, address_of):
    editor, moderator = sign_in("editor"), sign_in("moderator")
    story["issue"] = write(editor, "policy/issuepage", story["policy"], {
        "title": ISSUE, "summary": "ข่าวน้ำไปถึงบ้านช้ากว่าน้ำ", "problem": "แต่ละตำบลเตือนกันคนละแบบ",
        "evidence_text": "สองหมู่บ้านลองแล้ว หนึ่งได้ผล หนึ่งไม่ได้ผล",
    }, [("rests_on", MODEL, "ตัวแบบที่สองหมู่บ้านลองแล้ว")])
    publish(editor, moderator, story["issue"])
    story["assembly"] = pk = write(editor, "policy/assemblypage", story["policy"], {
        "title": ASSEMBLY, "summary": "ตัวแทนริมคลองหาทางเตือนน้ำร่วมกัน", "number": 9,
        "held_on": TODAY + timedelta(days=1), "place": "ศาลาบ้านปลายคลอง",
    }, [("rests_on", ISSUE, "ประเด็นที่นำเข้าสมัชชา")])
    add(editor, "process", 0, kind="amendments", starts=TODAY - timedelta(days=2),
        ends=TODAY + timedelta(days=1))
    add(editor, "agenda", 0, number="1", title=DRAFT)
    choose(editor, "agenda-0-issue", ISSUE)
    save(editor)
    publish(editor, moderator, pk)
    story["draft"] = write(editor, "policy/draftresolutionpage", pk, {
        "title": DRAFT, "summary": "ให้ทุกบ้านรู้ก่อนน้ำถึง",
    }, [("cites", MODEL, "ร่างจากตัวแบบนี้"), ("follows_up", ISSUE, "ตอบประเด็นนี้")])
    paragraphs = [("info-circle", "เห็นว่าน้ำหลากมาเร็วขึ้น"), *(("list-ol", c) for c in CLAUSES)]
    for number, (icon, text) in enumerate(paragraphs):
        panel = editor.locator("#panel-child-content-tabled-section, [id*=tabled-section]").first
        panel.locator("[title='Insert a block']").last.click()
        editor.locator(".w-combobox__option", has=editor.locator(f".icon-{icon}")).first.click()
        editor.fill(f"[name=tabled-{number}-value]", text)
    save(editor)
    publish(editor, moderator, story["draft"])
    look(address_of("issue"), "04-issue", MODEL)
    look(address_of("assembly"), "04-assembly", DRAFT, ISSUE)
    look(address_of("draft"), "04-draft", *CLAUSES)


def test_05_a_member_amends_the_draft_and_the_assembly_adopts_it(
    sign_in, member, served, story, look, address_of
):
    draft = address_of("draft")
    phone = member("story-nok", PASSWORD, f"{draft}p/3/")
    phone.locator("#amend > summary").click()
    phone.fill("#amend-text", f"{CLAUSES[1]}สามครั้งก่อนน้ำถึง")
    phone.fill("#amend-reason", "ครั้งเดียวคนไม่ได้ยิน")
    phone.get_by_role("button", name="ส่งคำขอแก้").click()
    expect(phone.locator(".contribution:target")).to_contain_text("ครั้งเดียวคนไม่ได้ยิน")
    desk = sign_in("moderator")
    desk.goto(f"{draft}secretariat/")
    desk.locator("fieldset", has_text="ย่อหน้า 3").locator("input[type=checkbox]").first.check()
    desk.get_by_role("button", name="ตัดสินข้อที่เลือก").click()
    desk.locator("input[value=accept]").check()
    desk.fill("#id_reason", "ตรงกับบทเรียน")
    press(desk.get_by_role("button", name="ตัดสินและเผยแพร่"))
    served.emails_to("story-nok@example.org", "ตรงกับบทเรียน")
    look(f"{draft}p/3/trace/", "05-trace", "สามครั้งก่อนน้ำถึง", "นก")
    desk.goto(f"{draft}secretariat/adopt/")
    adopt(desk, story)
    look(address_of("resolution"), "05-resolution", "สามครั้งก่อนน้ำถึง", "เกินกำหนด")


def adopt(desk, story):
    """Adopt by consensus, forty days ago; then set party and due date of each clause."""
    desk.fill("#id_number", "9/1")
    desk.fill("#id_adopted_on", str(TODAY - timedelta(days=40)))
    desk.locator("[name=adoption][value=consensus]").check()
    desk.locator("main form.form--wide > button").click()
    desk.wait_for_url("**/admin/pages/*/edit/")
    story["resolution"] = desk.url.rstrip("/").split("/")[-2]
    for number, due in enumerate((30, 30, -5)):
        desk.select_option(
            f"[name=clauses-{number}-parties]", label="องค์การบริหารส่วนตำบลตัวอย่าง"
        )
        desk.select_option(f"[name=clauses-{number}-channel]", "plan")
        desk.fill(f"[name=clauses-{number}-due]", str(TODAY + timedelta(days=due)))
    more_actions(desk)
    press(desk.locator("[name=action-publish]"))


def test_06_the_party_reports_and_a_verifier_confirms(
    member, served, story, look, address_of
):
    resolution = address_of("resolution")
    cells = served.shell(CELLS.format(story["resolution"])).split()
    party = member("reporter", served.password("reporter"), "/follow-up/mine/")
    for cell, proof in ((cells[0], True), (cells[1], False)):
        party.goto(f"{cell}report/")
        party.get_by_label("ทำอะไรไปแล้วบ้าง").fill("ตั้งคนจดน้ำครบทุกหมู่บ้าน")
        party.get_by_label("เสร็จแล้ว", exact=True).check()
        party.get_by_label("ทำเมื่อไร").fill(str(TODAY - timedelta(days=3)))
        party.get_by_label("ชื่อของคุณ").fill("สมศรี")
        if proof:
            party.get_by_label("รูปถ่ายหรือไฟล์ที่เป็นหลักฐาน").set_input_files(PHOTO)
        party.get_by_role("button", name="ส่งรายงาน").click()
        expect(party.get_by_role("status")).to_contain_text("รายงานของคุณอยู่ด้านล่างแล้ว")
    verifier = member("verifier", served.password("verifier"), cells[0])
    verifier.get_by_role("link", name="บันทึกสิ่งที่ไปเห็น").last.click()
    verifier.get_by_label("จริง ไปดูแล้วเป็นตามนั้น", exact=True).check()
    verifier.get_by_label("เสร็จแล้ว", exact=True).check()
    verifier.get_by_label("เห็นอะไร ที่ไหน").fill("มีสมุดจดน้ำที่ศาลาทุกหมู่บ้าน")
    verifier.get_by_label("ไปดูเมื่อไร").fill(str(TODAY))
    verifier.get_by_label("ชื่อของคุณหรือชื่อกลุ่ม").fill("กลุ่มเรือเล็ก")
    verifier.get_by_role("button", name="บันทึก", exact=True).click()
    expect(verifier.locator(".now")).to_contain_text("ชุมชนตรวจแล้วว่าจริง")
    page = look(resolution, "06-resolution")
    for number, status in enumerate(STATUSES, 1):
        clause = page.locator(f"#clause-{number}")
        expect(clause.locator(".clause__head .status")).to_contain_text(status)
    for number, (cell, status) in enumerate(zip(cells, STATUSES, strict=True), 1):
        expect(look(cell, f"06-cell-{number}").locator(".now")).to_contain_text(status)
    page = look(f"/follow-up/assembly/{story['assembly']}/", "06-ledger", DRAFT)
    for cell, status in zip(cells, STATUSES, strict=True):
        expect(page.locator(f'td.cell a[href="{cell}"]')).to_contain_text(status)


def test_07_the_lesson_is_withdrawn_and_its_dependents_are_flagged(
    sign_in, served, story, look, address_of
):
    desk = sign_in("moderator")
    desk.goto(f"/admin/pages/{story['lesson']}/withdraw/")
    desk.fill("[name=reason]", "ไปถามซ้ำแล้ว คนได้ยินแต่ไม่เชื่อ")
    press(desk.locator("main form button[type=submit]").last)
    look(address_of("lesson"), "07-lesson", "ไปถามซ้ำแล้ว คนได้ยินแต่ไม่เชื่อ")
    for name in ("model", "story-nok", "story-dam", "issue", "draft", "resolution"):
        look(address_of(name), f"07-{name}", "ถอน", LESSON)
    page = look(f"{address_of('practice')}chain/", "07-chain", LESSON, MODEL, ISSUE, *CLAUSES[:1])
    data = page.request.get(f"{address_of('practice')}chain/json/").json()
    assert data
    look("/chain/broken/", "07-broken", MODEL)
    desk.goto(f"/admin/pages/{story['model']}/edit/")
    desk.get_by_role("link", name="ทบทวน").first.click()
    desk.fill("[name=reviewer]", "คณะทำงานปลายคลอง")
    desk.fill("[name=checked]", "ขั้นประกาศสามครั้งยังได้ผล")
    press(desk.locator("main form button[type=submit]").last)
    look(address_of("model"), "07-model-reviewed", "คณะทำงานปลายคลอง")
