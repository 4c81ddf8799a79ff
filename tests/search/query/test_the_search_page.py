"""The public search page: counts and links of facets, marks, anchors, titles while typing."""

import html
import re

import pytest

from hub.models import Area, Topic
from tests.factories import LessonPageFactory, ModelPageFactory, PracticePageFactory, home

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(hub):
    from datetime import date

    lesson = LessonPageFactory(title="บทเรียนปูม้า", event="ปูม้าขังรวมกัน",
                               period_end=date(2019, 5, 1))
    lesson.topics.add(Topic.objects.get(slug="fishers"))
    lesson.areas.add(Area.objects.get(geocode="9003"))
    model = ModelPageFactory(title="ตัวแบบปูม้า", problem="ปูม้าตัวเล็กลง",
                             period_end=date(2020, 5, 1))
    model.topics.add(Topic.objects.get(slug="fishers"), Topic.objects.get(slug="environment"))
    model.areas.add(Area.objects.get(geocode="9005"))
    english = PracticePageFactory(title="ปูม้า crab", parent=home("en"))
    for page in (lesson, model, english):
        page.save_revision().publish()
    return lesson, model, english


def facets(answer):
    return {f["name"]: {v["label"]: v for v in f["values"]} for f in answer.context["facets"]}


@pytest.mark.postgresql
def test_facets_count_kind_topic_district_year_and_language(pages, visitor):
    shown = facets(visitor.get("/search/?q=ปูม้า"))
    assert {k: v["count"] for k, v in shown["stages"].items()} == {
        "บทเรียน": 1, "ตัวแบบ": 1, "แนวปฏิบัติ": 1
    }
    assert shown["topics"]["ชาวประมง"]["count"] == 2
    assert shown["areas"]["จะนะ"]["count"] == 1
    assert set(shown["years"]) >= {"2562", "2563"}
    assert shown["languages"]["ไทย"]["count"] == 2
    english = facets(visitor.get("/en/search/?q=ปูม้า"))
    assert set(english["years"]) >= {"2019", "2020"}
    assert english["areas"]["Chana"]["count"] == 1


def test_facets_combine_and_can_be_removed(pages, visitor):
    value = facets(visitor.get("/search/?q=ปูม้า"))["topics"]["ชาวประมง"]
    narrowed = visitor.get(value["url"])
    assert narrowed.context["total"] == 2
    both = visitor.get(facets(narrowed)["stages"]["ตัวแบบ"]["url"])
    assert [r["title"] for r in both.context["results"]] == ["ตัวแบบปูม้า"]
    back = visitor.get(both.context["selected"][0]["url"] + "&anew=1")  # not from the page cache
    assert back.context["total"] == 2


def test_browsing_needs_no_word_and_shows_a_page_once(pages, visitor, english_home):
    twin = LessonPageFactory(
        title="Lesson on crabs", parent=english_home, translation_key=pages[0].translation_key
    )
    twin.topics.add(Topic.objects.get(slug="fishers"))
    twin.save_revision().publish()
    thai = visitor.get("/search/?topic=fishers")
    assert {r["title"] for r in thai.context["results"]} == {"บทเรียนปูม้า", "ตัวแบบปูม้า"}
    english = visitor.get("/en/search/?topic=fishers")
    assert {r["title"] for r in english.context["results"]} == {"Lesson on crabs", "ตัวแบบปูม้า"}
    assert "ชาวประมง" in thai.content.decode()


def test_matched_words_are_marked_and_lead_to_an_anchor_of_the_page(pages, visitor):
    answer = visitor.get("/search/?q=ตัวเล็กลง")
    body = answer.content.decode()
    assert "<mark>ตัวเล็กลง</mark>" in body
    passage = answer.context["results"][0]["passages"][0]
    address, anchor = passage["url"].split("#")
    assert f'id="{html.escape(anchor)}"' in visitor.get(address).content.decode()


def test_every_section_that_search_knows_is_an_anchor_of_its_page(hub, visitor):
    from django.utils.translation import override

    from tests.factories import FACTORIES

    for made in FACTORIES.values():
        page = made()
        body = visitor.get(page.url).content.decode()
        with override("th"):
            for section in page.sections():
                assert f'id="{section.anchor}"' in body, (page, section.anchor)


def test_titles_are_suggested_while_typing(pages, visitor):
    body = visitor.get("/search/suggest/?q=ตัวแบ").content.decode()
    assert "ตัวแบบปูม้า" in body and "บทเรียนปูม้า" not in body
    assert visitor.get("/search/suggest/?q=").content.decode().strip() == ""


def test_long_results_have_pages(hub, visitor):
    for number in range(13):
        LessonPageFactory(title=f"ปูม้า {number}")
    first = visitor.get("/search/?q=ปูม้า")
    assert (first.context["num_pages"], len(first.context["results"])) == (2, 10)
    second = visitor.get(first.context["next_url"])
    assert len(second.context["results"]) == 3
    assert not {r["url"] for r in first.context["results"]} & {
        r["url"] for r in second.context["results"]
    }


def test_results_in_another_language_are_labelled(pages, visitor):
    body = visitor.get("/en/search/?q=ตัวแบบปูม้า").content.decode()
    assert re.search(r'lang="th">\s*ภาษาไทย', body)


def test_a_truncated_search_shows_a_notice(pages, visitor):
    body = visitor.get("/search/", {"q": "ปูม้า " * 100}).content.decode()
    assert "คำค้นยาวมาก" in body
