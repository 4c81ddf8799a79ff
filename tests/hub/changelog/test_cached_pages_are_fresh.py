"""Anonymous visitors get pages from the cache, and never a stale one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from hub.changelog.page_cache import PageCacheMiddleware
from hub.models import Topic
from tests.factories import LessonPageFactory, SectionPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(hub):
    page = LessonPageFactory(parent=SectionPageFactory(), title="บทเรียนเดิม")
    page.topics.add(Topic.objects.get(slug="fishers"))
    page.save_revision().publish()
    return page


def text(visitor, address):
    return visitor.get(address).content.decode()


def test_the_second_visitor_costs_one_query(page, visitor):
    for address in ("/", page.url, page.get_parent().url):
        first = visitor.get(address)
        with CaptureQueriesContext(connection) as queries:
            second = visitor.get(address)
        assert len(queries) <= 1
        assert second.content == first.content


def test_a_new_text_is_seen_at_once(page, visitor):
    lists = ["/", page.get_parent().url, page.url]
    for address in lists:
        assert "บทเรียนเดิม" in text(visitor, address)
    page.title = "บทเรียนใหม่"
    page.save_revision().publish()
    for address in lists:
        assert "บทเรียนใหม่" in text(visitor, address)
        assert "บทเรียนเดิม" not in text(visitor, address)


@pytest.mark.parametrize("change", ["unpublish", "private", "delete", "move under private"])
def test_an_unpublished_page_is_gone_at_once(page, visitor, change):
    lists = ["/", page.get_parent().url]
    assert all("บทเรียนเดิม" in text(visitor, address) for address in lists)
    assert visitor.get(page.url).status_code == 200
    if change == "unpublish":
        page.unpublish()
    elif change == "private":
        PageViewRestriction.objects.create(page_id=page.pk, restriction_type="login")
    elif change == "delete":
        page.delete()
    else:
        room = SectionPageFactory(title="ห้องใน")
        PageViewRestriction.objects.create(page_id=room.pk, restriction_type="login")
        page.move(room, "last-child")
    assert not any("บทเรียนเดิม" in text(visitor, address) for address in lists)
    assert visitor.get(page.url).status_code != 200


def test_a_renamed_topic_is_seen_at_once(page, visitor):
    assert "ชาวประมง" in text(visitor, page.url)
    topic = Topic.objects.get(slug="fishers")
    topic.name_th = "คนหาปลา"
    topic.save()
    assert "คนหาปลา" in text(visitor, page.url)


def test_a_changed_report_is_seen_at_once(hub, visitor):
    from policy.models import Clause, ClauseReport
    from tests.factories import ResolutionPageFactory, party

    page = ResolutionPageFactory()
    page.clauses = [Clause(number="1", text="ให้ทำ", locale=page.locale)]
    page.save_revision().publish()
    assert "ทำแล้วครบถ้วน" not in text(visitor, page.url)
    town = party("p", "กลุ่ม", name_en="Group")
    ClauseReport.objects.create(
        clause_key=page.clauses.get().translation_key, party=town, claim="ทำแล้วครบถ้วน"
    )
    assert "ทำแล้วครบถ้วน" in text(visitor, page.url)
    town.organisation.name_th = "กลุ่มใหม่"
    town.organisation.save()
    assert "กลุ่มใหม่" in text(visitor, page.url)


def test_signed_in_users_bypass_the_page_cache(page, visitor, editor, signed_in):
    visitor.get(page.url)
    client = signed_in(editor)
    with CaptureQueriesContext(connection) as queries:
        client.get(page.url)
    assert len(queries) > 3


def test_browsers_revalidate_with_an_etag(page, visitor):
    first = visitor.get(page.url)
    assert first["Cache-Control"] == "no-cache"
    again = visitor.get(page.url, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    page.title = "ใหม่"
    page.save_revision().publish()
    changed = visitor.get(page.url, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


def test_languages_and_encodings_are_kept_apart(page, visitor):
    plain = visitor.get("/")
    packed = visitor.get("/", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in visitor.get("/").headers
    assert plain.content == visitor.get("/").content
    assert 'lang="en"' in text(visitor, "/en/")


def test_an_expired_page_is_gone_before_the_schedule_unpublishes_it(page, visitor, monkeypatch):
    """Also from the cache, which no outbox entry tells of an expiry."""
    page.expire_at = timezone.now() + timedelta(minutes=5)
    page.save_revision().publish()
    assert visitor.get(page.url).status_code == 200
    later = timezone.now() + timedelta(minutes=6)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert type(page).objects.get(pk=page.pk).live
    assert visitor.get(page.url).status_code == 404


@pytest.mark.parametrize("directives", ["private", "no-store", "private, max-age=60", None])
def test_only_public_responses_are_stored(hub, rf, directives):
    built = []

    def respond(request):
        built.append(request)
        response = HttpResponse("text")
        if directives:
            response["Cache-Control"] = directives
        return response

    middleware = PageCacheMiddleware(respond)
    for _again in range(2):
        middleware(rf.get("/"))
    assert len(built) == (2 if directives else 1)
