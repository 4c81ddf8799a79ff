"""Lists narrow by kind, topic and place; areas are a tree an editor can grow."""

import re

import pytest
from django.core.exceptions import ValidationError
from wagtail.models import PageViewRestriction

from hub.chain.relations import Stage
from hub.models import Area, Topic
from hub.reference.loading import load_reference
from tests.factories import (
    LessonPageFactory,
    ModelPageFactory,
    PracticePageFactory,
    SectionPageFactory,
    home,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def section(hub):
    return SectionPageFactory(title="ความรู้", stages="lesson,practice")


def titles(visitor, address):
    answer = visitor.get(address)
    return [page.title for page in answer.context["page_obj"]]


def test_a_list_shows_its_kinds_and_no_other(section, visitor):
    LessonPageFactory(title="บทเรียน ก", parent=section)
    PracticePageFactory(title="แนวปฏิบัติ ข", parent=section)
    ModelPageFactory(title="ตัวแบบ ค", parent=section)
    assert set(titles(visitor, section.url)) == {"บทเรียน ก", "แนวปฏิบัติ ข"}
    assert titles(visitor, f"{section.url}?kind=practice") == ["แนวปฏิบัติ ข"]


def test_a_list_narrows_by_topic_and_district(section, visitor):
    fishers, chana = Topic.objects.get(slug="fishers"), Area.objects.get(geocode="9003")
    one = LessonPageFactory(title="ปูที่จะนะ", parent=section)
    one.topics.add(fishers)
    one.areas.add(chana)
    one.save_revision().publish()
    LessonPageFactory(title="อื่น", parent=section)
    assert titles(visitor, f"{section.url}?topic=fishers") == ["ปูที่จะนะ"]
    assert titles(visitor, f"{section.url}?area=9003") == ["ปูที่จะนะ"]
    assert titles(visitor, f"{section.url}?area=9004") == []


def test_a_district_includes_its_subdistricts(section, visitor):
    subdistrict = Area.objects.get(geocode="900301")
    page = LessonPageFactory(title="ที่บ้านนา", parent=section)
    page.areas.add(subdistrict)
    page.save_revision().publish()
    assert titles(visitor, f"{section.url}?area=9003") == ["ที่บ้านนา"]


def test_private_pages_and_drafts_are_not_listed(section, visitor):
    LessonPageFactory(title="ร่าง", parent=section, live=False)
    private = LessonPageFactory(title="ลับ", parent=section)
    PageViewRestriction.objects.create(page_id=private.pk, restriction_type="login")
    assert titles(visitor, section.url) == []


def test_long_lists_are_paginated(section, visitor):
    for _number in range(14):
        LessonPageFactory(parent=section)
    assert len(titles(visitor, section.url)) == 12
    assert len(titles(visitor, f"{section.url}?page=2")) == 2


def test_an_english_list_shows_thai_pages_that_have_no_translation(section, visitor):
    english = SectionPageFactory(title="Knowledge", parent=home("en"), stages="lesson")
    thai = LessonPageFactory(title="มีฉบับอังกฤษ", parent=section)
    LessonPageFactory(title="มีแต่ไทย", parent=section)
    LessonPageFactory(title="Has both", parent=english, translation_key=thai.translation_key)
    assert set(titles(visitor, english.url)) == {"มีแต่ไทย", "Has both"}
    assert set(titles(visitor, section.url)) == {"มีฉบับอังกฤษ", "มีแต่ไทย"}


def test_songkhla_has_its_sixteen_districts_in_both_languages(hub):
    districts = Area.objects.filter(geocode__regex=r"^90\d\d$")
    assert districts.count() == 16
    assert all(d.name_th and d.name_en and d.parent.geocode == "90" for d in districts)
    assert districts.get(geocode="9011").name_en == "Hat Yai"


def test_another_province_can_be_added_from_the_top_down(hub):
    with pytest.raises(ValidationError):
        Area(geocode="9301", name_th="เมืองพัทลุง", name_en="Mueang Phatthalung").full_clean()
    Area.objects.create(geocode="93", name_th="พัทลุง", name_en="Phatthalung")
    district = Area(geocode="9301", name_th="เมืองพัทลุง", name_en="Mueang Phatthalung")
    district.full_clean()
    district.save()
    assert district.parent.name_en == "Phatthalung"


def test_reference_data_is_loaded_once(hub):
    assert set(load_reference().values()) == {0}


def test_songkhla_has_its_subdistricts_below_their_districts(hub):
    subdistricts = Area.objects.filter(level=Area.Level.SUBDISTRICT)
    assert subdistricts.count() == 127
    assert all(s.name_th and s.name_en and s.parent.geocode == s.geocode[:4] for s in subdistricts)
    assert str(subdistricts.get(geocode="900306")) == "นาทับ · จะนะ"


def test_an_editor_is_offered_only_the_kinds_that_a_list_shows(hub):
    from lessons.models import LessonPage
    from models_lib.models import ModelPage

    section = SectionPageFactory(parent=home("th"), stages="practice,lesson")
    assert LessonPage.can_create_at(section)
    assert not ModelPage.can_create_at(section)


def test_the_kinds_of_a_list_are_ticked_by_name(moderator, signed_in):
    section = SectionPageFactory(stages="lesson, practice")
    client, address = signed_in(moderator), f"/admin/pages/{section.pk}/edit/"
    body = client.get(address).content.decode()
    ticked = re.findall(r'name="stages" value="([\w-]+)"[^>]*checked', body)
    assert ticked == ["practice", "lesson"] and "ตัวแบบ" in body
    form = {"title": section.title, "slug": section.slug, "introduction": "",
            "comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0, "action-publish": "1"}
    for stages, status in ((["cake"], 200), ([], 200), (["model", "practice"], 302)):
        assert client.post(address, form | {"stages": stages}).status_code == status
    section.refresh_from_db()
    assert section.stage_list == [Stage.MODEL, Stage.PRACTICE]
