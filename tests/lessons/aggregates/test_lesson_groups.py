"""Groups of closed lessons: at least five of three organisations, and common phrases only."""

import pytest

from hub.models import Topic
from hub.pages.page_search import words_of
from lessons.aggregates.groups import lesson_groups
from lessons.aggregates.phrases import phrases
from lessons.models import LessonPage
from tests.factories import LessonPageFactory, SectionPageFactory, organisation

pytestmark = pytest.mark.django_db
ADDRESS = "/lessons-together/fishers/lesson/"


@pytest.fixture
def tell(hub):
    """Makes a lesson that is told together only, of organisation number ``of``."""
    section = SectionPageFactory()

    def lesson(of, happened="กรรมการไม่ประชุมกันเลย", topics=("fishers",), **fields):
        page = LessonPageFactory(**{
            "parent": section, "openness": "aggregate", "organisation": organisation(f"องค์กร {of}"),
            "happened": happened, "expected": "ทุกคนช่วยกันดูแล", "next_time": "ประชุมทุกเดือน",
        } | fields)
        page.topics.add(*Topic.objects.filter(slug__in=topics))
        revision = page.save_revision()
        if page.live:
            revision.publish()
        return page

    return lesson


def told(visitor):
    answer = visitor.get(ADDRESS)
    return answer.content.decode() if answer.status_code == 200 else ""


@pytest.mark.postgresql
def test_five_lessons_of_three_organisations_are_shown(tell, visitor):
    for number in range(4):
        tell(number % 3)
    assert told(visitor) == ""
    assert "fishers" not in visitor.get("/lessons-together/").content.decode()
    tell(0)
    text = told(visitor)
    assert "กรรมการ" in text and "ประชุม" in text
    assert "อย่างน้อย 5" in text
    assert ADDRESS in visitor.get("/lessons-together/").content.decode()


def test_five_lessons_of_two_organisations_are_not_shown(tell, visitor):
    for number in range(9):
        tell(number % 2)
    assert told(visitor) == ""


@pytest.mark.parametrize("other", [
    {"openness": "private"}, {"openness": "anonymised"}, {"live": False},
    {"openness": "public", "organisation": None}, {"lesson_type": "challenge"},
    {"topics": ("elders",)},
])
def test_other_lessons_do_not_count(tell, visitor, other):
    for number in range(4):
        tell(number % 3)
    tell(4, **other)
    assert told(visitor) == ""


def test_phrases_of_fewer_than_three_organisations_are_not_shown(tell, visitor):
    for number in range(6):
        tell(number % 3, happened="กรรมการไม่ประชุม" + ("ปูหนี" if number % 3 < 2 else ""))
    text = told(visitor)
    assert "กรรมการ" in text and "ปู" not in text


def test_many_lessons_of_one_organisation_count_once(tell, visitor):
    for number in range(10):
        tell(min(number, 3), happened="เรือรั่ว" if number >= 3 else "กรรมการ")
    assert "เรือ" not in told(visitor)


def test_names_places_and_amounts_are_masked_before_words_are_compared(tell, visitor):
    for number in range(5):
        tell(number % 3, happened="กรรมการที่หาดใหญ่เสียเงิน 50,000 บาท ให้นายสมหมาย มีทรัพย์")
    text = told(visitor)
    main = text.partition("<main")[2].partition("</main>")[0]
    assert "กรรมการ" in main
    for secret in ("หาดใหญ่", "50", "000", "สมหมาย", "ทรัพย์"):
        assert secret not in main, secret


@pytest.mark.postgresql
def test_adding_or_removing_one_lesson_reveals_nothing(tell, visitor):
    pages = [tell(number % 3) for number in range(5)]
    before = told(visitor)
    tell(4, happened="คำลับเฉพาะ กรรมการไม่ประชุมกันเลย")
    assert told(visitor).partition("<main")[2] == before.partition("<main")[2]
    pages[0].unpublish()
    after = told(visitor)
    assert "อย่างน้อย 5" in after and "คำลับ" not in after
    pages[1].unpublish()
    assert told(visitor) == "", "four are not told of"


def test_translations_count_once(tell, visitor, english_home):
    for number in range(4):
        page = tell(number % 3)
        page.copy_for_translation(english_home.locale, copy_parents=True).save_revision().publish()
    assert told(visitor) == ""
    tell(1)
    assert told(visitor) and visitor.get("/en" + ADDRESS).status_code == 200


@pytest.mark.parametrize("address", [
    "/lessons-together/nothing/lesson/", "/lessons-together/fishers/x/",
    "/en/lessons-together/fishers/lesson/",
])
def test_what_is_not_told_is_not_there(hub, visitor, address):
    assert visitor.get(address).status_code == 404
    assert visitor.get("/en/lessons-together/").status_code == 200


def test_phrases_are_runs_of_words_without_digits():
    found = phrases(words_of("the crab bank broke 12 nets, nets"))
    assert {"crab", "crab bank", "crab bank broke", "nets"} <= found
    assert not any(any(c.isdigit() for c in phrase) for phrase in found)
    assert "broke nets" not in found


def test_a_group_never_holds_a_lesson_that_is_open(tell):
    for number in range(5):
        tell(number)
    [group] = [g for g in lesson_groups("th") if g.topic.slug == "fishers"]
    assert all(lesson.openness == LessonPage.Openness.AGGREGATE for lesson in group.lessons)
