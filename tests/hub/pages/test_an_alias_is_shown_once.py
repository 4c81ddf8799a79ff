"""A page with an alias stands once in lists and is found once."""

import pytest

from search.index import indexer
from tests.factories import LessonPageFactory, SectionPageFactory

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
TITLE = "น้ำเค็มรุกนาข้าวระโนด"


@pytest.fixture
def page(hub):
    return LessonPageFactory(parent=SectionPageFactory(title="บทเรียน"), title=TITLE)


@pytest.fixture
def alias(page):
    return page.create_alias(
        parent=SectionPageFactory(title="หลักสูตร", slug="อื่น"), update_slug="alias-of-it")


def times_found(visitor) -> int:
    indexer.catch_up()
    return visitor.get("/search/", {"q": TITLE}).content.decode().count(f">{TITLE}</a>")


def listed(visitor, section, *pages) -> list[bool]:
    """Whether the list of ``section`` leads to each of ``pages``."""
    body = visitor.get(section.url).content.decode()
    return [f'href="{page.url}"' in body for page in pages]


def test_it_is_found_and_listed_once(visitor, page, alias):
    assert visitor.get(alias.url).status_code == 200
    assert times_found(visitor) == 1
    assert listed(visitor, page.get_parent(), page, alias) == [True, False]


def test_an_alias_in_the_other_language_is_listed_there(visitor, page, english_home):
    alias = page.copy_for_translation(english_home.locale, copy_parents=True, alias=True)
    section = alias.get_parent()
    assert listed(visitor, section, page, alias) == [False, True]
