"""Anonymous visitors get pages from the cache, and never a stale one."""

import hashlib
import json
from copy import copy
from datetime import timedelta

import pytest
from django.db import connection
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.template import RequestContext, defaulttags
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from hub.changelog.page_cache import PageCacheMiddleware
from hub.models import OutboxEntry, Topic
from hub.web.read_parameters import read_address
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


def test_a_file_that_was_read_in_the_background_renews_searches_and_no_page(page, visitor):
    search = "/search/?q=บทเรียนเดิม"
    for address in (page.url, search) * 2:
        visitor.get(address)
    OutboxEntry.objects.create(kind=OutboxEntry.Kind.TEXT, object_id=1)
    asked = {}
    for address in (page.url, search):
        with CaptureQueriesContext(connection) as queries:
            visitor.get(address)
        asked[address] = len(queries)
    assert asked[page.url] == 1 < asked[search]


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


class Counting:
    """A view that reads its query as ``read`` does, and how often it was asked."""

    def __init__(self, read):
        self.read, self.asked = read, 0

    def __call__(self, request):
        self.asked += 1
        return HttpResponse(f"{self.read(request)} {read_address(request)}")


def answers(rf, read, *addresses):
    """(the answers of a page that ``read`` makes, how often it was made)."""
    view = Counting(read)
    middleware = PageCacheMiddleware(view)
    return [middleware(rf.get(address)).content.decode() for address in addresses], view.asked


def test_parameters_that_a_page_does_not_read_make_no_other_page(hub, rf):
    found, made = answers(
        rf, lambda request: request.GET.get("kind"), "/a", *[f"/a?x={n}" for n in range(9)])
    assert made == 1
    assert set(found) == {"None /a"}, "and do not stand in its links"


def test_parameters_that_a_page_reads_make_their_own_pages(hub, rf):
    def read(request):  # what is read depends on what was read before
        kind = request.GET.get("kind")
        return (kind, request.GET.getlist("sort") if kind else None, "open" in request.GET)

    addresses = ["/a?kind=x", "/a?kind=x&sort=1", "/a", "/a?kind=x&sort=2", "/a?kind=x&sort=1&open",
                 "/a?sort=1", "/a?kind=x&sort=1&sort=2", "/a?kind=", "/a?kind=x&x=1&sort=1"]
    cached, _made = answers(rf, read, *addresses, *addresses)
    view = Counting(read)
    fresh = [PageCacheMiddleware(view)(rf.get(address)).content.decode() for address in addresses]
    assert cached == fresh + fresh


@pytest.mark.parametrize("read", [
    lambda request: request.GET.urlencode(), lambda request: dict(request.GET),
    lambda request: {**request.GET}, lambda request: list(request.GET),
    lambda request: request.GET.copy().get("x"), lambda request: sorted(request.GET.items()),
    lambda request: bool(request.GET), lambda request: str(request.GET),
    lambda request: QueryDict("x=1") == request.GET, lambda request: list(request.GET.lists()),
    lambda request: request.get_full_path(), lambda request: request.build_absolute_uri(),
    lambda request: request.META["QUERY_STRING"], lambda request: request.environ["QUERY_STRING"],
    lambda request: copy(request.GET).get("x"), lambda request: request.GET | {},
    lambda request: request.GET.dict(), lambda request: json.dumps(request.GET),
    lambda request: [*request.GET.values()], lambda request: len(request.GET),
    lambda request: Form(request.GET).data.get("x"),
    lambda request: defaulttags.querystring(RequestContext(request), y="1"),
])
def test_a_page_that_reads_its_whole_query_is_kept_for_that_alone(hub, rf, read):
    addresses = ["/a?x=1", "/a?x=2", "/a"]
    cached, made = answers(rf, read, *addresses, *addresses)
    assert made == 3
    assert cached[:3] == cached[3:]
    assert len(set(cached)) > 1


def test_a_header_that_a_page_varies_by_makes_its_own_pages(hub, rf):
    def respond(request):
        return HttpResponse(request.headers["X-Part"], headers={"Vary": "X-Part, Cookie"})

    middleware = PageCacheMiddleware(respond)
    for part in ("a", "b", "a", "b"):
        assert middleware(rf.get("/", headers={"X-Part": part})).content.decode() == part


def test_pages_of_the_hub_ignore_parameters_that_nobody_reads(page, visitor):
    for address in ("/", page.url, page.get_parent().url, "/follow-up/", "/search/",
                    "/chain/broken/", "/lessons-together/", "/courses/runs/", "/certificates/"):
        first = visitor.get(address)
        assert first.status_code == 200, address
        with CaptureQueriesContext(connection) as queries:
            other = visitor.get(f"{address}?utm_source=x&fbclid={address}")
        if first.has_header("ETag"):
            assert len(queries) <= 1, address
        assert "utm_source" not in other.content.decode(), address


def test_filters_and_pages_of_lists_are_kept_apart(page, visitor):
    parent = page.get_parent().url
    found = {
        query: text(visitor, f"{parent}{query}")
        for query in ("", "?topic=fishers", "?topic=health", "?kind=lesson", "?topic=fishers&x=1")
    }
    again = {query: text(visitor, f"{parent}{query}") for query in found}
    assert found == again
    assert found["?topic=fishers"] == found["?topic=fishers&x=1"] != found["?topic=health"]


def test_etags_are_the_same_in_every_process_and_encoding(page, visitor):
    plain = visitor.get("/")
    packed = visitor.get("/", headers={"Accept-Encoding": "gzip"})
    assert plain["ETag"] == packed["ETag"]
    digest = hashlib.sha256(plain.content).hexdigest()[:32]
    assert plain["ETag"] == f'W/"{digest}"'
    assert "Accept-Encoding" in packed["Vary"]
    asked = {"Accept-Encoding": "gzip", "If-None-Match": plain["ETag"]}
    assert visitor.get("/", headers=asked).status_code == 304
