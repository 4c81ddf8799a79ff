"""Each page leads to others that share its chain or its content."""

import pytest
from wagtail.models import PageViewRestriction

from hub.chain.relations import Relation
from search.index import indexer
from tests.factories import LessonPageFactory, ModelPageFactory, PracticePageFactory, link

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def index(hub):
    indexer.ensure_current()


def related(visitor, page):
    body = visitor.get(page.url).content.decode()
    return body.partition('id="related"')[2]


def test_pages_with_similar_content_are_offered_and_others_are_not(hub, visitor):
    page = LessonPageFactory(title="ฝากแม่ปูม้าในกระชัง", summary="แม่ปูไข่ในกระชังริมทะเลสาบ")
    LessonPageFactory(title="แม่ปูม้าของบ้านหัวเขา", summary="กระชังแม่ปูไข่อีกแบบ")
    LessonPageFactory(title="วิทยุเด็ก", summary="อ่านข่าวตอนเช้าทุกวัน")
    shown = related(visitor, page)
    assert "แม่ปูม้าของบ้านหัวเขา" in shown
    assert "วิทยุเด็ก" not in shown and "ฝากแม่ปูม้าในกระชัง" not in shown


def test_two_models_based_on_one_lesson_are_related_with_the_reason(hub, visitor):
    lesson = LessonPageFactory(title="บทเรียนร่วม", summary="ก")
    one = ModelPageFactory(title="ตัวแบบหนึ่ง", summary="ข")
    two = ModelPageFactory(title="ตัวแบบสอง", summary="ค")
    link(one, Relation.RESTS_ON, lesson)
    link(two, Relation.RESTS_ON, lesson)
    shown = related(visitor, one)
    assert "ตัวแบบสอง" in shown and "เชื่อมกันด้วย" in shown and "บทเรียนร่วม" in shown


def test_what_is_linked_already_is_not_offered_again(hub, visitor):
    lesson = LessonPageFactory(title="แม่ปูม้าในกระชัง")
    model = ModelPageFactory(title="แม่ปูม้าในกระชังเป็นตัวแบบ")
    link(model, Relation.RESTS_ON, lesson)
    assert "แม่ปูม้าในกระชัง" not in related(visitor, model)


def test_private_pages_and_translations_are_not_offered(hub, english_home, visitor):
    page = PracticePageFactory(title="ปลากระบอกตากแห้ง")
    secret = PracticePageFactory(title="ปลากระบอกตากแห้งลับ")
    PageViewRestriction.objects.create(page_id=secret.pk, restriction_type="login")
    PracticePageFactory(
        title="ปลากระบอก in English", parent=english_home, translation_key=page.translation_key
    )
    shown = related(visitor, page)
    assert "ลับ" not in shown and "in English" not in shown


def test_a_page_can_be_read_without_an_index(hub, visitor, settings):
    import shutil

    page = LessonPageFactory(title="หน้า")
    indexer.engine().close()
    shutil.rmtree(settings.SEARCH_INDEX_DIR, ignore_errors=True)
    assert visitor.get(page.url).status_code == 200
