"""A link is shown on both of its pages, to everyone who may open the other page."""

from datetime import UTC, datetime

import pytest
from wagtail.models import PageViewRestriction

from hub.chain.relations import Relation
from tests.factories import (
    LessonPageFactory,
    ModelPageFactory,
    PracticePageFactory,
    home,
    link,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(hub):
    practice = PracticePageFactory(title="กระชังฝากแม่ปู")
    model = ModelPageFactory(title="ธนาคารปูม้า")
    link(model, Relation.RESTS_ON, practice, evidence_text="จากสมุดรับฝาก", author="ทีมปู")
    return practice, model


def test_both_pages_show_it_with_evidence_date_and_author(pair, visitor):
    for page, other, word in ((pair[0], pair[1], "เป็นที่มาของ"), (pair[1], pair[0], "อาศัยความรู้จาก")):
        body = visitor.get(page.url).content.decode()
        for shown in (other.title, word, "จากสมุดรับฝาก", "1 มกราคม 2567", "ทีมปู"):
            assert shown in body, shown


def test_a_fact_stated_on_both_pages_shows_once(pair):
    practice, model = pair
    link(practice, Relation.SUPPORTS, model)
    chain = model.chain_for_readers()
    assert [len(steps) for steps in chain.values()] == [1]


@pytest.mark.parametrize("hide", ["unpublish", "private", "expire"])
def test_a_page_that_visitors_may_not_open_is_not_shown(pair, visitor, hide):
    practice, model = pair
    assert practice.title in visitor.get(model.url).content.decode()
    if hide == "unpublish":
        practice.unpublish()
    elif hide == "private":
        PageViewRestriction.objects.create(page_id=practice.pk, restriction_type="login")
    else:
        practice.expire_at = datetime(2020, 1, 1, tzinfo=UTC)
        practice.save()
    assert practice.title not in visitor.get(model.url).content.decode()


def test_a_translation_shows_its_originals_chain_in_its_own_language(pair, english_home, visitor):
    practice, model = pair
    twin = ModelPageFactory(
        title="Crab bank", parent=home("en"), translation_key=model.translation_key
    )
    body = visitor.get(twin.url).content.decode()
    assert practice.title in body  # there is no English one
    PracticePageFactory(
        title="Cage for crabs", parent=home("en"), translation_key=practice.translation_key
    )
    body = visitor.get(twin.url).content.decode()
    assert "Cage for crabs" in body
    assert practice.title not in body


def test_a_replication_is_seen_on_its_model_through_the_chain(hub, visitor):
    lesson, model = LessonPageFactory(title="บทเรียนปู"), ModelPageFactory(title="ตัวแบบปู")
    link(lesson, Relation.EXTRACTED_INTO, model)
    assert "ถอดจาก" in visitor.get(model.url).content.decode()
    assert "ถอดเป็น" in visitor.get(lesson.url).content.decode()
