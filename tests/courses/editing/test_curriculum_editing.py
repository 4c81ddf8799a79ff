"""Editing a curriculum: session plans, handouts of sessions, and the checklist."""

import uuid

import pytest
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield
from wagtail.users.models import UserProfile

from courses.editing.checklist import checklist_of, unmet_requirements
from courses.models import CourseSession, CurriculumPage, Handout
from hub.chain.relations import Relation
from hub.models import ChainLink
from tests.factories import (
    CurriculumPageFactory,
    LessonPageFactory,
    ModelPageFactory,
    SectionPageFactory,
    document,
    link,
)

pytestmark = pytest.mark.django_db


def session(title="ครั้งแรก", minutes=60, steps=(), **fields):
    return CourseSession(title=title, minutes=minutes, steps=[
        ("step", {"minutes": length, "what": what, **more}) for length, what, more in steps
    ], **fields)


def form_of(page, sessions, handouts=(), **fields):
    """The data of the editor's form; ``sessions`` and ``handouts`` are dicts of their rows."""
    return nested_form_data({
        "title": page.title, "slug": page.slug, "summary": "ย่อ", "audience": "ผู้นำ",
        "licence": "cc-by-4.0", "aims": streamfield([("item", "ทำได้เอง")]),
        "competences-count": "0", "body-count": "0", "comments": inline_formset([]),
        "sessions": inline_formset([{"minutes": "60", "steps-count": "0"} | s for s in sessions]),
        "handouts": inline_formset(list(handouts)), "contributors": inline_formset([]),
        "attachments": inline_formset([]), "chain_links": inline_formset([]),
    } | fields)


# The plan by the minute


def test_steps_start_where_the_previous_one_ends():
    made = session(minutes=90, steps=[
        (15, "ทักทาย", {"who": "วิทยากร"}), (60, "ลงมือ", {"materials": "ปากกา\nกระดาษ"}),
        (15, "สรุป", {}),
    ])
    assert [(s.clock, s.end) for s in made.timetable] == [("0:00", 15), ("0:15", 75), ("1:15", 90)]
    assert made.planned_minutes == 90
    assert made.plan.splitlines()[1] == "0:15–1:15 ลงมือ · ปากกา · กระดาษ"


def test_the_page_shows_the_plan_and_the_materials(hub, visitor):
    page = CurriculumPageFactory()
    page.sessions = [
        session("เดินป่า", 30, [(30, "เดิน", {"materials": "ปากกา"})], materials="แผนที่"),
        session("วาดรูป", 20, [(20, "วาด", {"materials": "- ปากกา\nสี", "who": "เยาวชน"})]),
    ]
    page.save_revision().publish()
    shown = visitor.get(page.url)
    things = [(m.name, m.sessions) for m in shown.context["materials"]]
    assert things == [("แผนที่", [1]), ("ปากกา", [1, 2]), ("สี", [2])]
    body = shown.content.decode()
    assert "0:00" in body and "เยาวชน" in body and "50 นาที" in body
    assert visitor.get("/search/", {"q": "เยาวชน"}).context["total"] == 1


def test_a_changed_step_is_shown_in_the_comparison_of_versions(hub, visitor):
    page = CurriculumPageFactory()
    key = uuid.uuid4()
    for what in ("เล่าเรื่องปู", "เล่าเรื่องหอย"):
        page = CurriculumPage.objects.get(pk=page.pk)
        page.sessions = [session(steps=[(60, what, {})], key=key)]
        page.save_revision().publish()
    body = visitor.get(page.url + "v/2/to/3/").content.decode()
    assert "เล่าเรื่อง" in body and "<del>" in body and "<ins>" in body
    assert str(key) not in body


# Files and their sessions


def test_a_handout_stays_with_its_session_when_sessions_are_reordered(hub, moderator, signed_in):
    page = CurriculumPageFactory()
    page.sessions = [session("หนึ่ง"), session("สอง")]
    page.save_revision().publish()
    page = CurriculumPage.objects.get(pk=page.pk)
    one, two = page.sessions.all()
    page.handouts = [Handout(document=document("ของหนึ่ง"), session_key=one.key)]
    page.save_revision().publish()
    page = CurriculumPage.objects.get(pk=page.pk)
    [row] = page.handouts.all()
    assert row.session_number == 1
    data = form_of(page, [], **{"action-publish": "1"}) | nested_form_data({
        "sessions": inline_formset([
            {"id": str(two.pk), "title": "สอง", "minutes": "60", "key": str(two.key),
             "steps-count": "0", "ORDER": "1"},
            {"id": str(one.pk), "title": "หนึ่ง", "minutes": "60", "key": str(one.key),
             "steps-count": "0", "ORDER": "2"},
        ], initial=2),
        "handouts": inline_formset([
            {"id": str(row.pk), "document": str(row.document_id), "session_key": str(one.key),
             "purpose": "", "licence": ""}], initial=1),
    })
    answer = signed_in(moderator).post(f"/admin/pages/{page.pk}/edit/", data)
    assert answer.status_code == 302
    page = CurriculumPage.objects.get(pk=page.pk)
    assert [s.title for s in page.sessions.all()] == ["สอง", "หนึ่ง"]
    assert [h.session_number for h in page.handouts.all()] == [2]


def test_a_handout_of_a_deleted_session_stays_and_is_reported(hub, visitor):
    page = CurriculumPageFactory()
    page.sessions = [session("หนึ่ง")]
    page.handouts = [Handout(document=document("ของหนึ่ง"), session_key=uuid.uuid4())]
    page.save_revision().publish()
    page = CurriculumPage.objects.get(pk=page.pk)
    assert [h.session_number for h in page.handouts.all()] == [None]
    assert "ของหนึ่ง" in visitor.get(page.url).content.decode()
    assert any("ของหนึ่ง" in problem for item in checklist_of(page) for problem in item.problems)


def test_sessions_with_the_same_key_get_unique_keys(hub, moderator, signed_in):
    page, key = CurriculumPageFactory(), str(uuid.uuid4())
    sessions = [{"title": "หนึ่ง", "key": key}, {"title": "สอง", "key": key}]
    signed_in(moderator).post(f"/admin/pages/{page.pk}/edit/", form_of(
        page, sessions, **{"action-publish": "1"}))
    keys = [s.key for s in CurriculumPage.objects.get(pk=page.pk).sessions.all()]
    assert len(keys) == len(set(keys)) == 2


def test_the_session_of_a_handout_can_be_set_by_number(hub):
    page = CurriculumPageFactory()
    page.sessions = [session("หนึ่ง"), session("สอง")]
    page.save()
    made = Handout.objects.create(page=page, document=document(), session_number=2)
    assert Handout.objects.get(pk=made.pk).session_number == 2
    assert made.session_key == page.sessions.all()[1].key


# The checklist


def problems(page):
    return " ".join(problem for item in checklist_of(page) for problem in item.problems)


@pytest.mark.parametrize(
    ("minutes", "expected"), [(45, "ยังขาดอีก 15 นาที"), (80, "ไป 20 นาที"), (60, "")],
    ids=["less", "more", "right"],
)
def test_steps_that_do_not_fill_their_session_are_reported(hub, minutes, expected):
    page = CurriculumPageFactory()
    page.sessions = [session(steps=[(minutes, "ทำ", {})])]
    body = problems(page)
    assert expected in body and ("ขั้นตอนรวมกัน" in body) == bool(expected)


def test_a_session_without_a_plan_and_an_unreadable_file_are_reported(hub):
    page = CurriculumPageFactory()
    page.sessions = [session("ว่าง")]
    garbled = document("เพี้ยน", "เพี้ยน.txt", ("ก่่่่าาิิ ้้้้ เเเ็็็็ ัััั " * 40).encode())
    page.handouts = [Handout(document=garbled)]
    body = problems(page)
    assert "ว่าง" in body and "เพี้ยน" in body


def test_publishing_an_incomplete_page_shows_what_is_missing_and_keeps_input(
        hub, moderator, signed_in):
    page = CurriculumPageFactory()
    client = signed_in(moderator)
    for action in ("action-publish", "action-submit"):
        answer = client.post(f"/admin/pages/{page.pk}/edit/", form_of(
            page, [], assessment="ลองทำให้ดู", **{action: "1"}))
        body = answer.content.decode()
        assert answer.status_code == 200
        assert "เพิ่มช่วงเรียนอย่างน้อยหนึ่งช่วง" in body and "ลองทำให้ดู" in body
    assert CurriculumPage.objects.get(pk=page.pk).assessment == ""
    saved = client.post(f"/admin/pages/{page.pk}/edit/", form_of(page, [], assessment="ร่าง"))
    assert saved.status_code == 302  # a draft may lack anything
    latest = CurriculumPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert latest.assessment == "ร่าง"


@pytest.fixture
def submitted(hub, editor, moderator, signed_in):
    """A course that an editor submitted when complete, and whose sessions were removed since."""
    page = CurriculumPageFactory(title="หลักสูตรรอตรวจ", live=False, aims=[("item", "รู้")])
    page.sessions = [session("ครั้งแรก")]
    page.save_revision(user=editor)
    page.get_workflow().start(page, editor)
    empty = form_of(page, [])
    assert signed_in(moderator).post(f"/admin/pages/{page.pk}/edit/", empty).status_code == 302
    return CurriculumPage.objects.get(pk=page.pk)


@pytest.mark.parametrize("by_script", [True, False])
def test_approving_an_incomplete_page_shows_what_is_missing(
    submitted, moderator, signed_in, by_script
):
    state = submitted.current_workflow_task_state
    address = f"/admin/pages/workflow/action/{submitted.pk}/approve/{state.pk}/"
    headers = {"x-requested-with": "XMLHttpRequest"} if by_script else {}
    client = signed_in(moderator)
    answer = client.post(address, {"comment": ""}, headers=headers)
    leads_to = answer.json()["redirect"] if by_script else answer["Location"]
    assert leads_to == f"/admin/pages/{submitted.pk}/edit/"
    assert "เพิ่มช่วงเรียนอย่างน้อยหนึ่งช่วง" in client.get(leads_to).content.decode()
    page = CurriculumPage.objects.get(pk=submitted.pk)
    assert not page.live and page.current_workflow_state.status == "in_progress"
    complete = form_of(page, [{"title": "ครั้งแรก", "key": str(uuid.uuid4())}])
    assert client.post(f"/admin/pages/{page.pk}/edit/", complete).status_code == 302
    client.post(address, {"comment": ""}, headers=headers)
    assert CurriculumPage.objects.get(pk=submitted.pk).live


@pytest.mark.parametrize(("action", "said", "is_live"), [
    ("approve", "เผยแพร่ “หลักสูตรรอตรวจ” แล้ว", True),
    ("reject", "ส่ง “หลักสูตรรอตรวจ” คืนให้ผู้เขียนแล้ว", False),
])
def test_the_form_says_what_became_of_the_page(
    submitted, moderator, signed_in, action, said, is_live
):
    client = signed_in(moderator)
    complete = form_of(submitted, [{"title": "ครั้งแรก", "key": str(uuid.uuid4())}], **{
        "action-workflow-action": "true", "workflow-action-name": action})
    answer = client.post(f"/admin/pages/{submitted.pk}/edit/", complete, follow=True)
    assert said in answer.content.decode()
    assert CurriculumPage.objects.get(pk=submitted.pk).live is is_live


def test_users_who_may_not_approve_see_no_checklist(submitted, member, signed_in):
    state = submitted.current_workflow_task_state
    address = f"/admin/pages/workflow/action/{submitted.pk}/approve/{state.pk}/"
    answer = signed_in(member).post(address, {"comment": ""})
    assert "ช่วงเรียน" not in answer.content.decode()
    assert not CurriculumPage.objects.get(pk=submitted.pk).live


@pytest.mark.parametrize("include_descendants", [True, False])
def test_bulk_publishing_shows_what_is_missing(
    submitted, moderator, signed_in, include_descendants
):
    other = LessonPageFactory(title="บทเรียนรอ", live=False, parent=submitted.get_parent())
    chosen = submitted.get_parent() if include_descendants else submitted
    address = f"/admin/bulk/wagtailcore/page/publish/?id={chosen.pk}&id={other.pk}&next=/admin/"
    client = signed_in(moderator)
    data = {"include_descendants": "on"} if include_descendants else {}
    answer = client.post(address, data)
    assert answer.status_code == 302 and answer["Location"] == "/admin/"
    body = client.get("/admin/").content.decode()
    assert "หลักสูตรรอตรวจ" in body and "เพิ่มช่วงเรียนอย่างน้อยหนึ่งช่วง" in body
    assert not CurriculumPage.objects.get(pk=submitted.pk).live
    other.refresh_from_db()
    assert not other.live
    page = submitted.get_latest_revision_as_object()
    page.sessions = [session("ครั้งแรก")]
    page.save_revision()
    assert client.post(address, data).status_code == 302
    assert CurriculumPage.objects.get(pk=submitted.pk).live


def test_recommendations_do_not_block_publishing(hub, moderator, signed_in):
    page = CurriculumPageFactory()
    data = form_of(page, [{"title": "ครั้งแรก", "key": str(uuid.uuid4())}],
                   **{"action-publish": "1"})
    assert signed_in(moderator).post(f"/admin/pages/{page.pk}/edit/", data).status_code == 302
    page = CurriculumPage.objects.get(pk=page.pk)
    assert unmet_requirements(page) == [] and problems(page)


def test_a_handout_without_a_licence_blocks_publishing(hub, moderator, signed_in):
    page = CurriculumPageFactory()
    made = document("ไม่รู้ของใคร")
    row = {"document": str(made.pk), "session_key": "", "purpose": "", "licence": "not-stated"}
    data = form_of(page, [{"title": "ครั้งแรก", "key": str(uuid.uuid4())}], [row],
                   **{"action-publish": "1"})
    answer = signed_in(moderator).post(f"/admin/pages/{page.pk}/edit/", data)
    assert answer.status_code == 200 and "ไม่รู้ของใคร" in answer.content.decode()
    assert not Handout.objects.exists()


def test_the_form_has_the_checklist_in_both_languages(hub, administrator, signed_in):
    page = CurriculumPageFactory()
    client = signed_in(administrator)
    assert "เพิ่มช่วงเรียนอย่างน้อยหนึ่งช่วง" in client.get(
        f"/admin/pages/{page.pk}/edit/").content.decode()
    profile = UserProfile.get_for_user(administrator)
    profile.preferred_language = "en"
    profile.save()
    assert "Add at least one session." in client.get(
        f"/admin/pages/{page.pk}/edit/").content.decode()
    section = SectionPageFactory(title="หลักสูตร", stages="curriculum")
    new = client.get(f"/admin/pages/add/courses/curriculumpage/{section.pk}/")
    assert new.status_code == 200


# Cited versions


@pytest.fixture
def model(hub):
    made = ModelPageFactory(title="ตัวแบบปู", parent=SectionPageFactory(stages="model"))
    made.problem = "ปัญหาใหม่"
    made.save_revision().publish()
    return made


def test_a_newer_version_of_a_taught_page_is_shown_with_its_changes(model, visitor):
    page = CurriculumPageFactory()
    cited = link(page, Relation.TEACHES, model, version=1)
    page.save_revision().publish()
    body = visitor.get(page.url).content.decode()
    assert "เขียนจากฉบับที่ 1" in body and "ตอนนี้มีฉบับที่ 2 แล้ว" in body
    assert f"{model.url}v/1/to/2/" in body
    assert visitor.get(f"{model.url}v/1/to/2/").status_code == 200
    ChainLink.objects.filter(pk=cited.pk).update(version=2)
    page.save_revision().publish()
    body = visitor.get(page.url).content.decode()
    assert "เขียนจากฉบับที่ 2" in body and "ตอนนี้มีฉบับ" not in body


def chain_row(model, **fields):
    return {"relation": "teaches", "target": str(model.pk), "evidence_text": "สอนทั้งหมด",
            "date": "2024-01-01", "author": "ทีม", "version": "", "evidence_url": "",
            "evidence_document": ""} | fields


def test_a_new_link_cites_the_current_version(model, moderator, signed_in):
    page = CurriculumPageFactory()
    for sent, kept in (("", 2), ("1", 1)):
        row = chain_row(model, version=sent)
        data = form_of(page, [{"title": "ครั้งแรก", "key": str(uuid.uuid4())}],
                       chain_links=inline_formset([row]), **{"action-publish": "1"})
        answer = signed_in(moderator).post(f"/admin/pages/{page.pk}/edit/", data)
        assert answer.status_code == 302
        made = ChainLink.objects.filter(page=page.pk).latest("pk")
        assert made.version == kept


@pytest.mark.parametrize("number", ["3", "0", "x", "-1"])
def test_an_unknown_version_is_a_field_error(model, moderator, signed_in, number):
    page = CurriculumPageFactory()
    data = form_of(page, [], chain_links=inline_formset([chain_row(model, version=number)]))
    answer = signed_in(moderator).post(f"/admin/pages/{page.pk}/edit/", data)
    assert answer.status_code == 200
    assert not ChainLink.objects.exists()
