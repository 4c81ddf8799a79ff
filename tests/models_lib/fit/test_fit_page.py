"""The page of the fit search: input, results, privacy and the number of queries."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.models import Area
from models_lib.fit.form import FitForm, read_number
from models_lib.models import (
    AreaFeature,
    BlockOutcome,
    BuildingBlock,
    CommunityGroup,
    Condition,
    Skill,
)
from tests.factories import ModelPageFactory, ReplicationPageFactory, home

pytestmark = pytest.mark.django_db


def model(title, conditions=(), blocks=(), **fields):
    page = ModelPageFactory(title=title, live=False, **fields)
    page.conditions = [Condition(locale=page.locale, **c) for c in conditions]
    page.building_blocks = [BuildingBlock(locale=page.locale, what="ทำ", **b) for b in blocks]
    for number, child in enumerate([*page.conditions.all(), *page.building_blocks.all()]):
        child.sort_order = number  # as the editor's form does
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def text_of(response) -> str:
    """What a reader reads, with single spaces."""
    body = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize(("typed", "number"), [
    ("120", 120), ("๑๒๐", 120), ("12,500", 12_500), ("๑๒,๕๐๐ บาท", 12_500), (" 12 500 ", 12_500),
    ("2 หมื่น", 20_000), ("1.5แสน", 150_000), ("45 ครัวเรือน", 45), ("8 คน", 8), ("0", 0),
    ("฿3,000", 3_000), ("1,000,000", 1_000_000),
])
def test_numbers_are_understood_as_people_write_them(typed, number):
    assert read_number(typed) == number


@pytest.mark.parametrize("typed", ["abc", "-5", "1.5", "12,50", "1,2,3", "๑๒ถึง๒๐", "1e9", "½", "²"])
def test_text_that_is_no_number_is_rejected(typed):
    with pytest.raises(ValueError):
        read_number(typed)


def test_the_empty_page_asks_and_shows_no_model(hub, visitor):
    model("ธนาคารปู")
    response = visitor.get("/fit/")
    assert response.status_code == 200
    assert 'name="problem"' in response.content.decode()
    assert "ธนาคารปู" not in response.content.decode()
    assert '<meta name="robots" content="noindex">' in response.content.decode()


@pytest.mark.parametrize(("prefix", "words"), [
    ("", "เขียนเป็นตัวเลขจำนวนเต็ม"), ("/en", "Write a whole number"),
])
def test_a_bad_value_gets_a_message_at_its_field_and_is_kept(hub, visitor, prefix, words):
    response = visitor.get(f"{prefix}/fit/?households=มากมาย&people=12")
    body = response.content.decode()
    assert response.status_code == 422
    field = body[body.index('name="households"'):][:600]
    assert 'id="households-problem"' in field and words in field
    assert 'value="มากมาย"' in body and 'value="12"' in body
    assert 'aria-describedby="households-problem"' in body


@pytest.mark.parametrize("query", [
    "problem=&area=&households=", "area=999999", "area=901101&skill=unknown", "place=moon",
    "budget=9999999999999", "households=" + "9" * 300, "problem=" + "ก" * 1001, "households=NaN",
    "area=90%201", "people=-1", "problem=%20%20",
])
def test_invalid_values_in_the_query_string_are_reported_with_422(hub, visitor, query):
    model("ธนาคารปู", [{"text": "ทะเล"}])
    assert visitor.get(f"/fit/?{query}").status_code == 422


@pytest.mark.parametrize("query", [
    "people=0", "open=x&people=3", "a-zzz=yes&people=3", "a-0123456789=maybe&people=3",
    "people=3&people=4", "problem=<script>alert(1)</script>", "problem=%F0%9F%A6%80%E0",
    "&".join(f"a-{n:010x}=yes" for n in range(900)) + "&people=3", "problem='\"%25_(*AND+OR",
])
def test_odd_but_valid_query_strings_are_answered(hub, visitor, query):
    model("ธนาคารปู", [{"text": "ทะเล"}])
    response = visitor.get(f"/fit/?{query}")
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_every_condition_is_shown_with_its_verdict_and_reason(hub, visitor):
    electrical = Skill.objects.get(slug="electrical")
    fishers = CommunityGroup.objects.get(slug="fishers-group")
    model("ธนาคารปู", [
        {"text": "อยู่ริมทะเล", "kind": "place", "feature": "coast"},
        {"text": "บ้านพอ", "kind": "households-min", "amount": 100},
        {"text": "คนพอ", "kind": "people", "amount": 6},
        {"text": "มีช่าง", "kind": "skill", "skill": electrical, "required": False},
        {"text": "มีกลุ่ม", "kind": "group", "group": fishers, "required": False},
        {"text": "คนรับซื้อยอม"},
    ], budget_min=18_000)
    text = text_of(visitor.get(
        "/fit/?area=901101&households=๑๒๐&people=4&budget=1 หมื่น&skill=electrical"))
    assert "ไม่เหมาะ เพราะ อยู่ริมทะเล คนพอ ขาดอีก 2 คน มีเงินเริ่มต้น" in text
    assert "มีเงินเริ่มต้นอย่างน้อย 18,000 บาท ขาดอีก 8,000 บาท" in text
    assert "ยังไม่มี อยู่ริมทะเล หาดใหญ่ไม่มี: ชายฝั่งทะเล" in text
    assert "มีแล้ว บ้านพอ คุณมี 120 ครัวเรือน ตัวแบบใช้อย่างน้อย 100 ครัวเรือน" in text
    assert "ยังไม่มี คนพอ คุณมี 4 คน ตัวแบบใช้อย่างน้อย 6 คน ขาดอีก 2 คน" in text
    assert "คุณบอกว่ามี: ช่างไฟ" in text
    assert "คุณยังไม่ได้บอกว่ามีหรือไม่: กลุ่มประมง" in text
    assert "ยังไม่รู้ คนรับซื้อยอม มีแต่คุณที่ตอบได้" in text
    assert "มีแล้ว 2 จาก 7 เงื่อนไข" in text


def test_the_english_page_is_in_english(hub, visitor):
    model("Crab bank", [{"text": "People", "kind": "people", "amount": 6}], parent=home("en"))
    text = text_of(visitor.get("/en/fit/?people=4"))
    assert "Does not fit because: People 2 people are lacking" in text
    assert "You have 4 people; the Model takes at least 6." in text


def test_an_answer_counts_and_is_carried_along_in_every_language(hub, visitor):
    page = model("ธนาคารปู", [{"text": "คนรับซื้อยอม"}])
    twin = page.copy_for_translation(home("en").locale, copy_parents=True)
    twin.save_revision().publish()
    key = page.conditions.get().translation_key.hex[:10]
    assert key == twin.conditions.get().translation_key.hex[:10]
    yes = visitor.get(f"/fit/?people=5&a-{key}=yes")
    assert "มีแล้ว คนรับซื้อยอม" in text_of(yes)
    assert "เหมาะ: สิ่งที่ขาดไม่ได้มีครบแล้ว" in text_of(yes)
    english = text_of(visitor.get(f"/en/fit/?people=5&a-{key}=no"))
    assert "Not met คนรับซื้อยอม" in english and "This is your own answer." in english
    # The address to send to others holds the answer, and nothing that says nothing.
    empty = text_of(visitor.get(f"/fit/?people=5&a-{key}=&problem=&open=x&area="))
    assert empty.split("ส่งให้คนอื่นได้: ")[1].split()[0].endswith("/fit/?people=5")
    assert f"/fit/?people=5&a-{key}=yes" in text_of(yes)


def test_answers_to_other_models_travel_with_the_form_of_each(hub, visitor):
    one, two = model("หนึ่ง", [{"text": "ก"}]), model("สอง", [{"text": "ข"}])
    keys = {p.title: p.conditions.get().translation_key.hex[:10] for p in (one, two)}
    body = visitor.get(f"/fit/?people=5&a-{keys['หนึ่ง']}=yes").content.decode()
    hidden = f'<input type="hidden" name="a-{keys["หนึ่ง"]}" value="yes">'
    articles = re.findall(r'<article class="fit".*?</article>', body, re.S)
    assert [hidden in a for a in articles] == ["หนึ่ง" not in a for a in articles]
    assert len(articles) == 2


def test_costs_dropped_blocks_and_nearby_replications_are_shown(hub, visitor):
    page = model("ธนาคารปู", blocks=[
        {"title": "ถังฟัก", "cost_baht": 20_000}, {"title": "เขตอนุบาล", "cost_baht": 15_000},
    ])
    tank, nursery = page.building_blocks.all()
    for who, outcome, area, dropped in [
        ("กลุ่มจะนะ", "success", "900306", nursery), ("กลุ่มระโนด", "failure", "9007", tank),
        ("กลุ่มสทิงพระ", "success", "9002", None),
    ]:
        trial = ReplicationPageFactory(
            title=who, who=who, outcome=outcome, parent=page, live=False, households=90)
        trial.areas = [Area.objects.get(geocode=area)]
        if dropped:
            trial.block_outcomes = [BlockOutcome(block=dropped, outcome="dropped")]
        trial.save_revision().publish()
    ReplicationPageFactory(title="ร่าง", who="ฉบับร่าง", parent=page, live=False)
    text = text_of(visitor.get("/fit/?area=900301&budget=12000"))
    assert "ยังขาดอีก 8,000 บาท เพราะต้องใช้อย่างน้อย 20,000 บาท" in text
    assert "เขตอนุบาล 15,000 บาท 1 ชุมชนตัดส่วนนี้ออกแล้วยังได้ผล" in text
    assert "ถังฟัก 20,000 บาท เขตอนุบาล" in text  # what was dropped in vain is not offered
    assert "ฉบับร่าง" not in text
    tried = text.split("ใครลองทำแล้วบ้าง")[1]
    assert tried.index("กลุ่มจะนะ") < tried.index("กลุ่มระโนด")
    assert "กลุ่มจะนะ ได้ผล อยู่อำเภอเดียวกับคุณ" in tried
    assert "กลุ่มระโนด ไม่ได้ผล" in tried


def test_passages_about_the_problem_are_highlighted(hub, visitor):
    model("ธนาคารปู", problem="ปูม้าในทะเลสาบลดลงทุกปี")
    model("ลดขยะ", problem="ขยะล้นถัง")
    text = text_of(visitor.get("/fit/?problem=จับปูม้าได้น้อยลง"))
    assert text.index("ตัวแบบที่พูดถึงปัญหาของคุณ") < text.index("ธนาคารปู") < text.index("ตัวแบบอื่น")
    assert "ตรงนี้พูดถึงปัญหาของคุณ" in text
    assert "<mark>ปูม้า</mark>" in visitor.get("/fit/?problem=จับปูม้าได้น้อยลง").content.decode()
    nothing = text_of(visitor.get("/fit/?problem=จักรวาลควอนตัม"))
    assert "ยังไม่มีตัวแบบที่พูดถึงปัญหานี้" in nothing and "ลดขยะ" in nothing


def test_a_problem_in_thai_is_understood_on_the_english_page(hub, visitor):
    page = model("ธนาคารปู", problem="ปูม้าในทะเลสาบลดลงทุกปี")
    twin = page.copy_for_translation(home("en").locale)
    twin.title, twin.problem = "Crab bank", "Crabs get fewer"
    twin.save_revision().publish()
    model("Waste", parent=home("en"))
    text = text_of(visitor.get("/en/fit/?problem=จับปูม้าได้น้อยลง"))
    assert text.index("They tell of your problem") < text.index("Crab bank")
    assert text.index("Crab bank") < text.index("Other Models") < text.index("Waste")


def test_models_that_a_visitor_may_not_read_are_not_listed(hub, visitor):
    from django.contrib.auth.models import Group
    from wagtail.models import PageViewRestriction

    ModelPageFactory(title="ฉบับร่าง", live=False)
    private = model("เรื่องปิด")
    restriction = PageViewRestriction.objects.create(page=private, restriction_type="groups")
    restriction.groups.add(Group.objects.get(name="Editors"))
    text = visitor.get("/fit/?people=5").content.decode()
    assert "ฉบับร่าง" not in text and "เรื่องปิด" not in text


def test_what_was_entered_stays_out_of_shared_caches(hub, visitor):
    for address in ("/fit/?problem=ลับ", "/fit/"):
        response = visitor.get(address)
        assert "private" in response["Cache-Control"]
        assert not response.cookies


def test_the_number_of_queries_is_the_same_for_any_number_of_models(hub, visitor):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert visitor.get("/fit/?people=5&area=901101").status_code == 200
        return len(captured)

    def one(number):
        page = model(f"แบบ {number}", [
            {"text": "มีช่าง", "kind": "skill", "skill": Skill.objects.first()}, {"text": "ก"},
        ], [{"title": "ถัง"}])
        trial = ReplicationPageFactory(parent=page)
        trial.areas = [Area.objects.get(geocode="9011")]
        trial.save_revision().publish()

    one(0)
    queries()
    few = queries()
    for number in range(1, 9):
        one(number)
    queries()
    assert queries() == few


@pytest.mark.parametrize(("area", "feature", "known"), [
    ("9003", "coast", True), ("9011", "coast", False), ("901101", "coast", False),
    ("900301", "coast", None), ("900101", "coast", True), ("900106", "coast", False),
    ("900106", "lake", True), ("9011", "lake", True), ("901104", "forest", None),
])
def test_what_a_district_lacks_its_subdistricts_lack(hub, area, feature, known):
    found = AreaFeature.objects.known_of(Area.objects.get(geocode=area))
    assert found.get(feature) is known


def test_loading_reference_data_does_not_restore_what_editors_deleted(hub):
    from hub.reference.loading import load_reference

    AreaFeature.objects.filter(area__geocode="9011").delete()
    Skill.objects.filter(slug="selling").delete()
    load_reference()
    assert not AreaFeature.objects.filter(area__geocode="9011").exists()
    assert not Skill.objects.filter(slug="selling").exists()


def test_a_condition_that_can_be_checked_needs_its_value(hub):
    from django.core.exceptions import ValidationError

    for kind, name in Condition.VALUES.items():
        with pytest.raises(ValidationError) as error:
            Condition(text="ก", kind=kind).clean()
        assert list(error.value.message_dict) == [name]
    Condition(text="ก").clean()


def test_editors_edit_conditions_skills_groups_and_features(editor, signed_in):
    client = signed_in(editor)
    page = model("ธนาคารปู", [{"text": "ริมทะเล", "kind": "place", "feature": "coast"}])
    body = client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert 'name="conditions-0-kind"' in body and 'value="coast" selected' in body
    for name in ("skill", "communitygroup", "areafeature"):
        assert client.get(f"/admin/snippets/models_lib/{name}/").status_code == 200, name
        assert client.get(f"/admin/snippets/models_lib/{name}/add/").status_code == 200, name


def test_the_search_is_found_from_the_home_page_the_list_and_each_model(hub, visitor):
    from tests.factories import SectionPageFactory

    lists = SectionPageFactory(title="ตัวแบบ", stages="model,replication")
    other = SectionPageFactory(title="บทเรียน", stages="lesson")
    page = model("ธนาคารปู", parent=lists)
    for place in (hub, lists, page):
        assert 'href="/fit/"' in visitor.get(place.url).content.decode(), place
    assert 'href="/fit/"' not in visitor.get(other.url).content.decode()


def test_the_other_language_shows_the_same_search(hub, visitor):
    body = visitor.get("/fit/?people=5&area=901101").content.decode()
    assert 'href="/en/fit/?people=5&amp;area=901101"' in body


def test_areas_are_offered_below_their_district(hub):
    labels = dict(FitForm().fields["area"].choices)
    assert ("901101", "หาดใหญ่") in labels["หาดใหญ่"]
    assert labels["หาดใหญ่"][-1] == ("9011", "ทั้งอำเภอหาดใหญ่")
