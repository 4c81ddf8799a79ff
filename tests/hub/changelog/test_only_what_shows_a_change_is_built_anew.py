"""A publication drops the pages that show it from the cache, and no other."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from hub.models import OutboxEntry
from tests.factories import LessonPageFactory, ModelPageFactory, SectionPageFactory

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def lessons(hub):
    """Two lessons in one section, and a Model in another."""
    section = SectionPageFactory(title="บทเรียน", slug="บทเรียน")
    return {
        "crab": LessonPageFactory(parent=section, title="ปูม้าคืนถิ่น"),
        "rubber": LessonPageFactory(parent=section, title="ยางพาราราคาตก"),
        "model": ModelPageFactory(parent=SectionPageFactory(title="อื่น", slug="อื่น")),
        "section": section,
    }


def results(visitor, lessons) -> dict:
    """Whether each page came from the cache: name → "hit" or "miss"."""
    found = {}
    for name, page in lessons.items():
        response = visitor.get(page.url)
        assert response.status_code == 200
        found[name] = response.page_cache
    return found


@pytest.fixture
def cached(lessons, visitor):
    results(visitor, lessons)
    assert set(results(visitor, lessons).values()) == {"hit"}
    return lessons


def test_a_new_title_drops_the_page_and_the_lists_that_show_it(cached, visitor):
    page = cached["crab"]
    page.title = "ปูไข่นอกกระดอง"
    page.save_revision().publish()
    assert results(visitor, cached) == {
        "crab": "miss", "section": "miss", "rubber": "hit", "model": "hit"}
    assert "ปูไข่นอกกระดอง" in visitor.get(cached["section"].url).content.decode()


def test_a_new_page_drops_the_lists_it_stands_in(cached, visitor):
    LessonPageFactory(parent=cached["section"], title="น้ำท่วมหาดใหญ่")
    assert results(visitor, cached) | {"section": "", "crab": "", "rubber": ""} == {
        "crab": "", "rubber": "", "section": "", "model": "hit"}
    assert "น้ำท่วมหาดใหญ่" in visitor.get(cached["section"].url).content.decode()


def test_a_restriction_reaches_every_page_that_it_could_close(cached, visitor):
    PageViewRestriction.objects.create(page_id=cached["crab"].pk, restriction_type="login")
    assert visitor.get(cached["crab"].url).status_code == 302
    assert "ปูม้าคืนถิ่น" not in visitor.get(cached["section"].url).content.decode()


def test_what_changes_nothing_drops_nothing(cached, visitor):
    for kind in OutboxEntry.Kind.values:
        OutboxEntry.objects.create(kind=kind, object_id=cached["crab"].pk)
        assert set(results(visitor, cached).values()) == {"hit"}


def test_it_asks_once_for_each_change(cached, visitor):
    OutboxEntry.objects.create(kind="site")
    visitor.get(cached["model"].url)
    with CaptureQueriesContext(connection) as queries:
        visitor.get(cached["model"].url)
    assert len(queries) == 1
