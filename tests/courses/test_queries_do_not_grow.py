"""A page asks as much of the database with many sessions, handouts and runs as with few."""

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.models import CourseSession, DownloadCount, Handout
from search.templatetags import search_tags
from tests.factories import document
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
ADDRESSES = ["{page}", "{page}json/", "{page}since/1/", "/courses/runs/"]


@pytest.fixture(autouse=True)
def no_related_pages(monkeypatch):
    """Which pages are related, and of how many kinds, follows from their content."""
    monkeypatch.setattr(search_tags, "related_to", lambda *_arguments: [])


@pytest.fixture
def with_rows(curriculum, make_run, enrol):
    """Publishes the course with ``number`` sessions, twice as many handouts, and runs."""

    def grow(number):
        curriculum.sessions = [
            CourseSession(title=f"ครั้งที่ {n}", minutes=60, materials=f"เชือก {n}")
            for n in range(number)
        ]
        curriculum.handouts = [
            Handout(document=document(f"ใบงาน {n}", f"ใบงาน {number} {n}.txt"),
                    session_key=curriculum.sessions.all()[n // 2].key, facilitator_only=n == 1)
            for n in range(number * 2)
        ]
        curriculum.save_revision().publish()
        for _n in range(number):
            run = make_run()
            enrol(run)
            enrol(run, state="waiting")
        DownloadCount.objects.create(page=curriculum, kind="pack", version=1, count=number,
                                     day=timezone.localdate() - timedelta(days=number))

    return grow


def test_the_number_of_queries_is_the_same_with_two_and_with_six(curriculum, with_rows):
    def numbers():
        found = [address.format(page=curriculum.url) for address in ADDRESSES]
        return {address: len(queries_of(address)) for address in found}

    with_rows(2)
    few = numbers()
    with_rows(6)
    assert numbers() == few


def test_nothing_of_the_course_is_asked_twice(curriculum, with_rows):
    with_rows(3)
    asked = [sql for sql in queries_of(curriculum.url) if '"courses_' in sql]
    assert len(asked) == len(set(asked))
