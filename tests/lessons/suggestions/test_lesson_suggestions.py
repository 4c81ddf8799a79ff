"""Fitting lessons are suggested where a page is written; answers are stored, counts are public."""

import csv
import io
import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory

from hub.models import ChainLink
from hub.pages import form_extensions
from hub.people.personal_data import name_of
from lessons.models import LessonAnswer, LessonPage
from lessons.suggestions.answers import relation_to_lessons, save_answer
from lessons.usage.counts import usage_by_lesson
from models_lib.models import ModelPage, ReplicationPage
from policy.models import AssemblyPage, IssuePage, ResolutionPage
from tests.factories import (
    AssemblyPageFactory,
    IssuePageFactory,
    LessonPageFactory,
    ModelPageFactory,
    ReplicationPageFactory,
    ResolutionPageFactory,
    SectionPageFactory,
    organisation,
)
from tests.lessons.privacy.test_closing_and_opening_a_lesson import form_of

pytestmark = pytest.mark.django_db
ASKING = [ModelPageFactory, ReplicationPageFactory, AssemblyPageFactory, IssuePageFactory,
          ResolutionPageFactory]


@pytest.fixture
def lesson(hub):
    return LessonPageFactory(
        parent=SectionPageFactory(), title="แม่ปูไข่ต้องแยกถัง", next_time="ใช้ถังละหนึ่งตัว",
        happened="แม่ปูกัดกันจนไข่เสีย",
    )


@pytest.fixture
def model(lesson):
    return ModelPageFactory(title="ธนาคารปู", problem="แม่ปูไข่ตายก่อนฟัก")


def edit(client, page, **answers):
    return client.post(f"/admin/pages/{page.pk}/edit/", form_of(client, page) | answers)


@pytest.mark.parametrize("factory", ASKING)
def test_every_page_type_with_suggestions_shows_lessons_that_fit_its_draft(
    factory, lesson, moderator, signed_in
):
    page = factory(title="แม่ปูไข่ในถัง")
    text = signed_in(moderator).get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert "แม่ปูไข่ต้องแยกถัง" in text and "ใช้ถังละหนึ่งตัว" in text
    assert f'name="lesson-{lesson.pk}"' in text


def test_other_page_types_show_no_suggestions(lesson, moderator, signed_in):
    text = signed_in(moderator).get(f"/admin/pages/{lesson.pk}/edit/").content.decode()
    assert "data-lesson-suggestions" not in text


def test_the_endpoint_returns_lessons_that_fit_the_text(lesson, model, editor, signed_in):
    client = signed_in(editor)
    for data in ({"model": "models_lib.modelpage"}, {"page": model.pk}):
        answer = client.post("/admin/lessons/at-hand/", {"text": "แม่ปูไข่เสีย"} | data)
        assert "แม่ปูไข่ต้องแยกถัง" in answer.content.decode()
    nothing = client.post("/admin/lessons/at-hand/", {"model": "models_lib.modelpage", "text": ""})
    assert nothing.status_code == 200 and "แม่ปูไข่" not in nothing.content.decode()


@pytest.mark.parametrize("data", [
    {}, {"model": "x"}, {"model": "auth.user"}, {"page": "x"}, {"page": "9" * 30}, {"page": "0"},
])
def test_bad_requests_are_not_found(data, editor, signed_in):
    assert signed_in(editor).post("/admin/lessons/at-hand/", data).status_code == 404


def test_suggestions_require_permission_to_edit_the_page(
    lesson, model, django_user_model, signed_in
):
    user = django_user_model.objects.create_user("member", password="x")
    client = signed_in(user)
    assert client.post("/admin/lessons/at-hand/", {"page": model.pk}).status_code == 302
    assert signed_in(user).get("/admin/lessons/at-hand/").status_code == 302


@pytest.mark.postgresql
def test_an_answer_is_stored_shown_and_changed_with_its_history(
    lesson, model, moderator, signed_in
):
    client, name = signed_in(moderator), f"lesson-{lesson.pk}"
    assert edit(client, model, **{name: "used"}).status_code == 302
    assert LessonAnswer.objects.get().answer == "used"
    text = client.get(f"/admin/pages/{model.pk}/edit/").content.decode()
    assert f'name="{name}" value="used" checked' in text
    edit(client, model, **{name: "not_used", f"{name}-why": "เราเลี้ยงปูดำ"})
    kept = LessonAnswer.objects.get()
    assert (kept.answer, kept.reason, kept.user) == ("not_used", "เราเลี้ยงปูดำ", moderator)
    history = client.get(f"/admin/pages/{lesson.pk}/history/").content.decode()
    assert history.count("ธนาคารปู”") == 2 and "เราเลี้ยงปูดำ" in history


def test_not_used_needs_a_reason_and_input_is_kept(lesson, model, moderator, signed_in):
    name = f"lesson-{lesson.pk}"
    answer = edit(signed_in(moderator), model, **{name: "not_used", f"{name}-why": " "})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "แม่ปูไข่ต้องแยกถัง" in str(answer.context["form"].non_field_errors())
    assert f'name="{name}" value="not_used" checked' in text
    assert not LessonAnswer.objects.exists()


def test_used_with_evidence_adds_the_link_of_the_chain_once(lesson, model, moderator, signed_in):
    client, name = signed_in(moderator), f"lesson-{lesson.pk}"
    for _time in range(2):
        edit(client, model, **{name: "used", f"{name}-evidence": "ถังละตัวเขียนจากบทเรียนนี้"})
    draft = ModelPage.objects.get(pk=model.pk).get_latest_revision_as_object()
    [link] = draft.chain_links.all()
    assert (link.relation, link.target_id) == ("rests_on", lesson.pk)
    assert link.author == name_of(moderator), "no sign-in name, which may be an address"
    draft.latest_revision.publish()
    assert ChainLink.objects.filter(page=model.pk, target=lesson.pk).count() == 1


def test_the_relation_to_lessons_is_one_that_the_page_type_declares():
    assert relation_to_lessons(ModelPage) == "rests_on"
    assert relation_to_lessons(IssuePage) == "rests_on"
    assert relation_to_lessons(ResolutionPage) == "cites"
    assert relation_to_lessons(AssemblyPage) is None
    assert relation_to_lessons(ReplicationPage) is None


def test_answers_are_stored_when_a_page_is_created(lesson, moderator, signed_in):
    section, client = SectionPageFactory(stages="model"), signed_in(moderator)
    address = f"/admin/pages/add/models_lib/modelpage/{section.pk}/"
    form = client.get(address).context["form"]
    data = {b.html_name: b.value() for b in form if b.value()}
    data |= {"title": "ตัวแบบใหม่", "summary": "ย่อ"}
    for formset in form.formsets.values():
        data |= {f"{formset.prefix}-{k}": 0 for k in ("TOTAL_FORMS", "INITIAL_FORMS")}
    data |= {"body-count": 0, "results-count": 0, f"lesson-{lesson.pk}": "used"}
    answered = client.post(address, data)
    assert answered.status_code == 302, answered.context["form"].errors
    assert LessonAnswer.objects.get().target.title == "ตัวแบบใหม่"


@pytest.mark.parametrize("data", [
    {"lesson-x": "used"}, {"lesson-99999999": "used"}, {"lesson-" + "9" * 40: "used"},
    {"lesson-1": "maybe"}, {"lesson-1-why": "x"},
])
def test_invalid_answers_are_ignored(data, model, moderator, signed_in):
    assert edit(signed_in(moderator), model, **data).status_code == 302
    assert not LessonAnswer.objects.exists()


# What everybody sees


def test_the_page_of_a_lesson_shows_how_often_and_where_it_was_used(
    lesson, model, moderator, visitor
):
    assert "ใช้แล้ว" not in visitor.get(lesson.url).content.decode()
    save_answer(lesson, model, moderator, "used")
    save_answer(lesson, IssuePageFactory(title="น้ำ"), moderator, "not_used", "ความลับของเรา")
    text = visitor.get(lesson.url).content.decode()
    assert "ใช้แล้ว 1 ครั้ง" in text and "ไม่ใช้ 1 ครั้ง" in text
    assert f'href="{model.url}"' in text
    assert "ความลับของเรา" not in text


def test_drafts_and_private_pages_do_not_count(lesson, moderator):
    from wagtail.models import PageViewRestriction

    private = ModelPageFactory(title="ส่วนตัว")
    PageViewRestriction.objects.create(page_id=private.pk, restriction_type="login")
    for page in (ModelPageFactory(live=False), private):
        save_answer(lesson, page, moderator, "used")
    used = usage_by_lesson([lesson])[lesson.translation_key]
    assert (used.used, used.not_used) == (0, 0)


def test_translations_share_their_counts(lesson, model, moderator, english_home, visitor):
    english = lesson.copy_for_translation(english_home.locale, copy_parents=True)
    english.save_revision().publish()
    twin = model.copy_for_translation(english_home.locale, copy_parents=True)
    twin.save_revision().publish()
    save_answer(lesson, model, moderator, "not_used", "ไม่")
    save_answer(LessonPage.objects.get(pk=english.pk), twin, moderator, "used")
    for page in (lesson, english):
        used = usage_by_lesson([page])[page.translation_key]
        assert (used.used, used.not_used) == (1, 0), "the newest answer about the same counts"
        assert used.pages[0].locale_id == page.locale_id
    assert "Used once" in visitor.get(LessonPage.objects.get(pk=english.pk).url).content.decode()


def test_the_report_lists_open_lessons_with_their_counts(lesson, model, moderator, visitor):
    hidden = LessonPageFactory(title="=ปิดไว้", openness="private", parent=lesson.get_parent(),
                               organisation=organisation("เรา"))
    save_answer(lesson, model, moderator, "used")
    save_answer(hidden, model, moderator, "used")
    text = visitor.get("/lessons-used/").content.decode()
    assert "แม่ปูไข่ต้องแยกถัง" in text and "ปิดไว้" not in text
    [row] = json.loads(visitor.get("/lessons-used/json/").content)["lessons"]
    assert (row["used"], row["not_used"], row["used_by"][0]["title"]) == (1, 0, "ธนาคารปู")
    answered = visitor.get("/lessons-used/csv/").content.decode("utf-8-sig")
    [_head, line] = csv.reader(io.StringIO(answered))
    assert line[0] == "แม่ปูไข่ต้องแยกถัง" and line[3:] == ["1", "0", "ธนาคารปู"]
    lesson.title = "=1+1"
    lesson.save_revision().publish()
    answered = visitor.get("/lessons-used/csv/").content.decode("utf-8-sig")
    assert "'=1+1" in answered


def test_a_public_form_shows_suggestions_and_stores_answers(lesson, model, editor):
    """What a form outside the editor needs: the tag and the calls of ``form_extensions``."""
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    template = Template("{% load lesson_tags %}{% lesson_suggestions page text data %}")
    shown = template.render(Context({"request": request, "page": ReplicationPage,
                                     "text": "แม่ปูไข่เสีย", "data": {}}))
    assert f'name="lesson-{lesson.pk}"' in shown
    page = ReplicationPageFactory(parent=model)
    data = {f"lesson-{lesson.pk}": "not_used"}
    assert len(form_extensions.problems(page, data, editor)) == 1
    data[f"lesson-{lesson.pk}-why"] = "ไม่มีถัง"
    assert form_extensions.problems(page, data, editor) == []
    form_extensions.apply(page, data, editor)
    form_extensions.store(page, data, editor)
    assert LessonAnswer.objects.get().reason == "ไม่มีถัง"
    typed = template.render(Context({"request": request, "page": page, "text": "", "data": data}))
    assert "ไม่มีถัง" in typed


def test_a_lesson_that_was_used_is_not_among_those_never_used(lesson, model, moderator):
    from hub.models import KnowledgePage
    from lessons.usage.broken_links import never_used

    assert lesson.pk in never_used(KnowledgePage.objects.open_to_all()).values_list("pk", flat=True)
    save_answer(lesson, model, moderator, "used")
    assert not never_used(KnowledgePage.objects.open_to_all()).exists()
