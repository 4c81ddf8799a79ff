"""The editor's list for dragging pages into order is bounded; a longer section says so."""

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from hub.pages import ordering
from tests.factories import LessonPageFactory, SectionPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(hub, moderator, signed_in, monkeypatch):
    """A function of the number of pages in a section: its list for ordering, and its title."""
    monkeypatch.setattr(ordering, "MOST_IN_ORDER", 2)

    def shown(number, address="wagtailadmin_explore", language="th"):
        section = SectionPageFactory(title=f"หมวด {number}")
        for place in range(number):
            LessonPageFactory(title=f"เรื่องที่ {place}", parent=section)
        profile = UserProfile.get_for_user(moderator)
        profile.preferred_language = language
        profile.save()
        response = signed_in(moderator).get(
            reverse(address, args=[section.pk]), {"ordering": "ord"})
        assert response.status_code == 200
        return response.context["ordering"], response.content.decode()

    return shown


def test_a_short_section_can_be_put_in_order(shown):
    order, page = shown(2)
    assert order == "ord"
    assert "มากเกินกว่าจะเรียงลำดับเองได้" not in page


@pytest.mark.parametrize(("language", "words"), [
    ("th", "หมวดนี้มี 3 หน้า มากเกินกว่าจะเรียงลำดับเองได้"),
    ("en", "This section has 3 pages, too many to be put in order by hand."),
])
def test_a_long_section_is_shown_as_usual_and_says_why(shown, language, words):
    order, page = shown(3, language=language)
    assert order != "ord"
    assert words in page
    assert "เรื่องที่ 2" in page


def test_the_rows_alone_are_bounded_too(shown):
    order, page = shown(3, "wagtailadmin_explore_results")
    assert order != "ord" and "เรื่องที่ 2" in page
