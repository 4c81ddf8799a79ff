"""A search as an Atom feed: its entries, their order, and bad input."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone
from wagtail.models import Page

from hub.models import Topic
from search.alerts.new_results import newest_results
from search.alerts.saved_search import SavedSearch
from tests.factories import LessonPageFactory, ModelPageFactory, document, home

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
XML = "{http://www.w3.org/XML/1998/namespace}"


def aged(page, days):
    """``page``, first published ``days`` ago, in the index too."""
    moment = timezone.now() - timedelta(days=days)
    Page.objects.filter(pk=page.pk).update(first_published_at=moment)
    page.refresh_from_db()
    page.save_revision().publish()
    return page


@pytest.fixture
def pages(hub):
    oldest = aged(LessonPageFactory(title="ปูม้าเก่า"), 400)
    newest = aged(ModelPageFactory(title="ปูม้าใหม่", summary="เรื่องย่อใหม่"), 1)
    middle = aged(LessonPageFactory(title="ปูม้ากลาง"), 30)
    aged(LessonPageFactory(title="ผักตบชวา"), 0)
    return oldest, middle, newest


def feed(client, address="/search/feed/", **parameters):
    answer = client.get(address, parameters)
    assert answer.status_code == 200, answer.content.decode()[:500]
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)


def titles(root):
    return [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]


def test_the_newest_results_come_first(pages, visitor):
    assert titles(feed(visitor, q="ปูม้า")) == ["ปูม้าใหม่", "ปูม้ากลาง", "ปูม้าเก่า"]


def test_filters_narrow_the_feed_and_without_any_it_has_everything(pages, visitor):
    pages[0].topics.add(Topic.objects.get(slug="fishers"))
    pages[0].save_revision().publish()
    assert titles(feed(visitor, q="ปูม้า", topic="fishers")) == ["ปูม้าเก่า"]
    assert titles(feed(visitor, topic="fishers")) == ["ปูม้าเก่า"]
    assert titles(feed(visitor))[:2] == ["ผักตบชวา", "ปูม้าใหม่"]


def test_the_feed_is_complete_and_valid(pages, visitor):
    root = feed(visitor, q="ปูม้า", kind="model")
    assert root.tag == f"{ATOM}feed"
    assert root.get(f"{XML}lang") == "th"
    for name in ("id", "title", "updated", "author"):
        assert root.find(f"{ATOM}{name}") is not None, name
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    question = "?q=%E0%B8%9B%E0%B8%B9%E0%B8%A1%E0%B9%89%E0%B8%B2&kind=model"
    assert links["self"] == "http://testserver/search/feed/" + question
    assert links["alternate"] == "http://testserver/search/" + question
    entry = root.find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id").startswith("tag:testserver,")
    assert entry.findtext(f"{ATOM}summary") == "เรื่องย่อใหม่"
    assert entry.findtext(f"{ATOM}updated") and entry.findtext(f"{ATOM}published")
    address = entry.find(f"{ATOM}link").get("href")
    assert address.startswith("http://testserver/")
    assert visitor.get(address.removeprefix("http://testserver")).status_code == 200


def test_an_entry_keeps_its_id_when_its_page_is_renamed(pages, visitor):
    def name():
        return next(feed(visitor, q="ปูม้าใหม่").iter(f"{ATOM}entry")).findtext(f"{ATOM}id")

    before = name()
    pages[2].slug = "ชื่ออื่น"
    pages[2].save_revision().publish()
    assert name() == before


def test_the_english_feed_is_below_en(pages, visitor, english_home):
    aged(LessonPageFactory(title="Blue crab", parent=home("en")), 0)
    root = feed(visitor, "/en/search/feed/", q="crab")
    assert root.get(f"{XML}lang") == "en"
    assert titles(root) == ["Blue crab"]


def test_a_file_is_listed_with_its_page(hub, visitor):
    page = LessonPageFactory(title="หน้ามีไฟล์")
    page.attachments.create(document=document("คู่มือปลิง", "ปลิง.txt", "ปลิงทะเล ".encode() * 20))
    page.save_revision().publish()
    root = feed(visitor, q="ปลิงทะเล")
    assert titles(root) == ["คู่มือปลิง"]
    assert "หน้ามีไฟล์" in root.find(f"{ATOM}entry").findtext(f"{ATOM}summary")


def test_pages_that_only_have_some_of_the_words_are_left_out(pages, visitor):
    assert visitor.get("/search/", {"q": "ปูม้า ดาวอังคาร"}).context["total"] > 0
    assert titles(feed(visitor, q="ปูม้า ดาวอังคาร")) == []


def test_the_results_page_links_the_feed(pages, visitor):
    body = visitor.get("/search/", {"q": "ปูม้า", "kind": "model"}).content.decode()
    address = "/search/feed/?q=%E0%B8%9B%E0%B8%B9%E0%B8%A1%E0%B9%89%E0%B8%B2&amp;kind=model"
    head, _, rest = body.partition("</head>")
    assert 'type="application/atom+xml"' in head and address in head
    assert f'<a class="touch" href="{address}"' in rest
    assert "/en/search/feed/?q=" in visitor.get("/en/search/?q=ปูม้า").content.decode()


@pytest.mark.parametrize("query", [
    "q=%00", "q=%00%01%0b", "q=%ED%A0%80", "q=%ff%fe", "q=" + "ก" * 5000, "q=a&topic=" + "x" * 60,
    "q=%22", "q=zzzz%22)OR(%22lesson", "q=-", "topic=%00", "year=99999&year=abcd",
    "kind=%3Cscript%3E",
    "q=%EF%BF%BE", "q=ปู%EF%BF%BFม้า", "q=" + "%22ก " * 300, "lang=" + "&lang=".join("x" * 500),
])
def test_bad_input_gets_a_clear_answer(pages, visitor, query):
    for address in ("/search/feed/", "/en/search/feed/"):
        answer = visitor.get(f"{address}?{query}")
        assert answer.status_code in (200, 400)
        if answer.status_code == 200:
            ElementTree.fromstring(answer.content)
        else:
            assert "<h1>" in answer.content.decode()


def test_characters_that_xml_does_not_allow_are_removed(hub, visitor):
    LessonPageFactory(title="ปลิง\x0bทะเล\x1f")
    assert titles(feed(visitor)) == ["ปลิงทะเล"]


def test_the_feed_changes_nothing_and_is_not_for_robots(pages, visitor):
    assert visitor.post("/search/feed/").status_code == 405
    answer = visitor.get("/search/feed/?q=ปูม้า")
    assert answer["X-Robots-Tag"] == "noindex"
    assert not answer.cookies
    assert visitor.head("/search/feed/?q=ปูม้า").status_code == 200
    again = visitor.get("/search/feed/?q=ปูม้า", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert "Disallow: /search/" in visitor.get("/robots.txt").content.decode()


def test_on_a_large_site_the_newest_pages_are_searched_first(
    hub, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr("search.alerts.new_results.RECENT_PAGES", 4)
    for number in range(8):
        aged(LessonPageFactory(title=f"นกเงือก {number}"), number)
    aged(LessonPageFactory(title="พะยูนตัวเดียว"), 100)
    told = [n.title for n in newest_results(SavedSearch("นกเงือก"), None, limit=3)]
    assert told == ["นกเงือก 0", "นกเงือก 1", "นกเงือก 2"]
    assert [n.title for n in newest_results(SavedSearch("พะยูน"), None)] == ["พะยูนตัวเดียว"]
    with django_assert_max_num_queries(30):
        newest_results(SavedSearch("นกเงือก"), None)
