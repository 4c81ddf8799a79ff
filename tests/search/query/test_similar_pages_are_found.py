"""What search provides to the base layer: the words of a text, and similar pages."""

import pytest

from hub.chain.relations import Stage
from hub.pages.page_search import pages_like, words_of
from tests.factories import LessonPageFactory, ModelPageFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", [
    "", "ธนาคารปู ที่ท่าเรือ 12 แห่ง", "a crab bank (2567)", "กำๆ ๆ  \n\nน้ำท่วม\u0000", "ก" * 900,
])
def test_the_words_of_a_text_join_to_the_text(text):
    assert "".join(words_of(text)) == text


def test_thai_is_split_between_words():
    assert words_of("ธนาคารปู 3 แห่ง") == ["ธนาคาร", "ปู", " ", "3", " ", "แห่ง"]


def test_pages_of_the_wanted_stages_are_found_with_the_passage_that_fits(hub):
    model = ModelPageFactory(title="ธนาคารปู", problem="ปูม้าในทะเลสาบลดลงทุกปี")
    LessonPageFactory(title="ปูม้าหาย", event="ปูม้าลดลง")
    found = pages_like("ชาวประมงจับปูม้าได้น้อยลง", [Stage.MODEL])
    assert [f.page for f in found] == [model]
    assert found[0].score == 1
    assert any("ปูม้า" in text for text, marked in found[0].passages[0].pieces if marked)


def test_a_draft_is_not_found_by_a_text(hub):
    ModelPageFactory(title="ธนาคารปู", live=False)
    assert pages_like("ธนาคารปู", [Stage.MODEL]) == []
