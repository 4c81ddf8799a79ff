"""A large section may be renamed, moved, unpublished and deleted on SQLite.

SQLite takes expressions of 1000 levels and 32,766 parameters; here the limits are lowered, so that
a few pages are many.
"""

import sqlite3
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from hub.models import OutboxEntry
from tests.factories import LessonPageFactory, SectionPageFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PAGES = 30
LEVELS = 25  # what the hub's own queries need at most


@contextmanager
def few_levels():
    """Expressions are limited to fewer levels than there are pages."""
    limited = connection.connection
    before = limited.setlimit(sqlite3.SQLITE_LIMIT_EXPR_DEPTH, LEVELS)
    yield
    limited.setlimit(sqlite3.SQLITE_LIMIT_EXPR_DEPTH, before)


@pytest.fixture(scope="module")
def section(world):
    if connection.vendor != "sqlite":
        pytest.skip("The limits are SQLite's.")
    section = SectionPageFactory(title="หมวด", slug="old")
    for number in range(PAGES):
        LessonPageFactory(title=f"บท {number}", slug=f"p{number}", parent=section)
    return section


def test_every_page_below_a_renamed_section_is_found_at_its_old_address(
    section, django_capture_on_commit_callbacks
):
    def rename(slug):
        section.slug = slug
        with few_levels(), django_capture_on_commit_callbacks(execute=True):
            section.save_revision().publish()

    rename("new")
    assert Redirect.objects.count() == PAGES + 1
    answer = Client().get("/old/p7/")
    assert answer.status_code == 301 and answer.url.endswith("/new/p7/")
    rename("old")
    rename("new")  # the earlier redirects clash with these
    assert Redirect.objects.filter(old_path__startswith="/old").count() == PAGES + 1


@pytest.mark.parametrize("operation", ["move", "unpublish", "delete"])
def test_large_sections_are_moved_unpublished_and_deleted(section, operation):
    last = OutboxEntry.objects.order_by("pk").last().pk
    pages = Page.objects.descendant_of(section, inclusive=True)
    pks = set(pages.values_list("pk", flat=True))
    other = SectionPageFactory(title="อื่น", slug="other")
    with few_levels():
        if operation == "move":
            section.move(other, pos="last-child")
            assert Redirect.objects.count() == PAGES + 1
        elif operation == "unpublish":
            for page in [section, *section.get_descendants().specific()]:
                page.unpublish()
        else:
            section.delete()
    changed = OutboxEntry.objects.filter(pk__gt=last, kind="page")
    assert pks <= set(changed.values_list("object_id", flat=True))
