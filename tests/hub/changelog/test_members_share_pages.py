"""Members get pages from memory as visitors do, each with their own account on it."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from hub.changelog import member_pages
from tests.factories import LessonPageFactory, ModelPageFactory, SectionPageFactory

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def page(hub):
    return LessonPageFactory(parent=SectionPageFactory(), title="บทเรียนเดิม")


@pytest.fixture
def member(django_user_model, signed_in):
    """A function that makes a member and their browser."""
    def of(name, **options):
        user = django_user_model.objects.create_user(name, f"{name}@example.org", "x", **options)
        user.first_name = name
        user.save()
        return signed_in(user)
    return of


def test_a_page_is_built_once_for_all_members(page, member):
    somsri, manop = member("สมศรี"), member("มานพ")
    assert somsri.get(page.url).page_cache == "miss"
    again, other = somsri.get(page.url), manop.get(page.url)
    assert (again.page_cache, other.page_cache) == ("hit", "miss")  # each client has its server


@pytest.fixture
def shared(member, monkeypatch):
    """Browsers of two members at one server."""
    stored = member_pages.StoredPages()
    monkeypatch.setattr(member_pages, "StoredPages", lambda: stored)
    return member("สมศรี"), member("มานพ")


def test_each_sees_their_own_name_and_a_sign_out_that_works(page, shared):
    somsri, manop = shared
    texts = [client.get(page.url).content.decode() for client in (somsri, manop, somsri)]
    assert ["สมศรี" in text for text in texts] == [True, False, True]
    assert ["มานพ" in text for text in texts] == [False, True, False]
    assert all("<!--" not in text for text in texts)
    response = manop.get(page.url)
    assert response.page_cache == "hit"
    assert response["Cache-Control"] == "private, no-cache"
    assert response.cookies["csrftoken"].value
    assert response.headers["Vary"].count("Cookie")


def test_it_costs_what_the_reader_costs(page, shared):
    somsri, manop = shared
    somsri.get(page.url)
    with CaptureQueriesContext(connection) as queries:
        assert manop.get(page.url).page_cache == "hit"
    assert len(queries) <= 6, [q["sql"] for q in queries]


def test_a_new_text_is_seen_at_once(page, shared):
    somsri, manop = shared
    assert "บทเรียนเดิม" in somsri.get(page.url).content.decode()
    page.title = "บทเรียนใหม่"
    page.save_revision().publish()
    assert "บทเรียนใหม่" in manop.get(page.url).content.decode()


def test_what_is_open_to_one_is_not_shown_to_another(page, shared, django_user_model):
    somsri, manop = shared
    closed = LessonPageFactory(parent=page.get_parent(), title="เฉพาะเครือข่าย")
    group = Group.objects.create(name="เครือข่าย")
    restriction = PageViewRestriction.objects.create(page_id=closed.pk, restriction_type="groups")
    restriction.groups.add(group)
    django_user_model.objects.get(username="สมศรี").groups.add(group)
    assert [somsri.get(closed.url).page_cache for _visit in range(2)] == ["miss", "miss"]
    assert manop.get(closed.url).status_code == 403
    assert [client.get(page.url).page_cache for client in (somsri, manop)] == ["miss", "miss"]
    django_user_model.objects.get(username="สมศรี").groups.clear()
    assert somsri.get(closed.url).status_code == 403
    assert somsri.get(page.url).page_cache == "hit"  # the same as manop's now


def test_what_is_closed_leaves_lists_for_all_though_members_may_read_it(page, shared):
    """The restrictions are read before the page is built, to know what is closed to the member."""
    somsri, _manop = shared
    section = page.get_parent().url
    assert [somsri.get(section).page_cache for _visit in range(2)] == ["miss", "hit"]
    assert "บทเรียนเดิม" in somsri.get(section).content.decode()
    PageViewRestriction.objects.create(page_id=page.pk, restriction_type="login")
    assert "บทเรียนเดิม" not in somsri.get(section).content.decode()


def test_languages_are_kept_apart(page, shared):
    somsri, manop = shared
    assert 'lang="th"' in somsri.get("/").content.decode()
    assert 'lang="en"' in manop.get("/en/").content.decode()


def test_editors_get_their_own(page, signed_in, editor):
    response = signed_in(editor).get(page.url)
    assert not hasattr(response, "page_cache")
    assert "wagtail-userbar" in response.content.decode()


@pytest.mark.parametrize("ask", [
    lambda request: request.user.pk, lambda request: request.session.get("x"),
    lambda request: request.COOKIES.get("x"), lambda request: str(request.user),
    get_token,
    lambda request: request._messages.add(20, "x"),
])
def test_a_page_that_asks_who_reads_is_that_readers_own(hub, member, monkeypatch, ask):
    calls = []

    def view(get_response):
        def answer(request):
            if request.path != "/asks/":
                return get_response(request)
            calls.append(ask(request))
            return HttpResponse("page")
        return answer

    monkeypatch.setattr(member_pages.MemberPagesMiddleware, "__init__", lambda self, get_response: (
        setattr(self, "get_response", view(get_response)),
        setattr(self, "stored", member_pages.StoredPages()))[0])
    client = member("สมศรี")
    for _visit in range(2):
        assert client.get("/asks/").content == b"page"
    assert len(calls) == 2


def test_their_own_buttons_stay_their_own(hub, shared, visitor):
    """A Model has a button to report, which shows everybody the same."""
    somsri, manop = shared
    page = ModelPageFactory(parent=SectionPageFactory())
    assert [client.get(page.url).page_cache for client in (somsri, manop, manop)] == [
        "miss", "hit", "hit"]
