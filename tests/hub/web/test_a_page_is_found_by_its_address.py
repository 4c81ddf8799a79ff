"""Every address leads to the page that Wagtail's own way down the tree finds, in few queries."""

from urllib.parse import quote

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.models import Page, PageViewRestriction

from hub.access.readers import anybody
from hub.templatetags.hub_tags import page_ancestors
from hub.web.routing import route_of
from tests.factories import (
    AssemblyPageFactory,
    DraftResolutionPageFactory,
    ModelPageFactory,
    ReplicationPageFactory,
    SectionPageFactory,
    home,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree(hub):
    section = SectionPageFactory(slug="ตัวแบบ", parent=home("th"))
    model = ModelPageFactory(slug="ธนาคารปูม้า", parent=section)
    replication = ReplicationPageFactory(slug="เกาะยอ", parent=model)
    english = ModelPageFactory(slug="crab-bank", parent=SectionPageFactory(
        slug="models", parent=home("en")))
    return {"section": section, "model": model, "replication": replication, "english": english}


def request_for(path):
    request = RequestFactory().get(path)
    request.META["HTTP_HOST"] = "localhost"
    return request


@pytest.mark.parametrize("name", ["section", "model", "replication", "english"])
def test_each_page_answers_at_its_address(tree, visitor, name):
    response = visitor.get(tree[name].url)
    assert response.status_code == 200
    assert response.context["page"].pk == tree[name].pk


def test_however_deep_it_stands_in_two_queries(tree):
    path = "ตัวแบบ/ธนาคารปูม้า/เกาะยอ/"
    request = request_for("/" + quote(path))
    route_of(request, "")  # reads the site
    with CaptureQueriesContext(connection) as queries:
        route = route_of(request, path)
    page = route.page
    assert page.pk == tree["replication"].pk and len(queries) == 2
    above = [p.pk for p in Page.objects.get(pk=page.pk).get_ancestors() if p.depth > 1]
    assert [p.pk for p in page.pages_above] == above


def test_the_home_page_of_one_request_is_not_that_of_another(tree):
    one, other = (route_of(request_for("/"), "").page for _ in range(2))
    assert one == other and one is not other
    one.title = "changed while it is read"
    assert route_of(request_for("/"), "").page.title != one.title


def test_a_page_of_that_name_elsewhere_is_not_meant(tree, visitor):
    other = SectionPageFactory(slug="บทเรียน", parent=home("th"))
    assert visitor.get(f"{other.url}{quote('ธนาคารปูม้า')}/").status_code == 404
    assert visitor.get(f"/{quote('ธนาคารปูม้า')}/").status_code == 404
    assert visitor.get("/" + "/".join(["a"] * 300) + "/").status_code == 404


def test_a_route_of_the_page_above_goes_before_a_page_of_that_name(tree, visitor):
    ReplicationPageFactory(slug="chain", parent=tree["model"])
    response = visitor.get(f"{tree['model'].url}chain/")
    assert response.context["page"].pk == tree["model"].pk


def test_below_a_page_that_is_no_longer_published_the_rest_answers(hub, visitor):
    assembly = AssemblyPageFactory(parent=SectionPageFactory(parent=home("th")))
    draft = DraftResolutionPageFactory(parent=assembly)
    assembly.unpublish()
    assert visitor.get(assembly.url).status_code == 404
    response = visitor.get(draft.url)
    assert response.status_code == 200
    shown = [item["title"] for item in page_ancestors(response.context)]
    assert assembly.title not in shown


def test_the_restrictions_of_the_pages_above_count(tree, visitor, editor, signed_in):
    PageViewRestriction.objects.create(page=tree["section"], restriction_type="login")
    assert visitor.get(tree["replication"].url).status_code == 302
    assert signed_in(editor).get(tree["replication"].url).status_code == 200
    with translation.override("en"):
        assert visitor.get(tree["english"].url).status_code == 200


def test_an_alias_has_the_restrictions_of_its_source(tree, visitor):
    """Wagtail looks at the source of an alias instead of the pages above the alias."""
    elsewhere = SectionPageFactory(slug="ที่อื่น", parent=home("th"))
    alias = tree["model"].create_alias(parent=elsewhere, update_slug="อีกที่")
    assert visitor.get(alias.url).status_code == 200
    title = tree["model"].title
    assert title in visitor.get(elsewhere.get_parent().url).content.decode()
    PageViewRestriction.objects.create(page=tree["model"], restriction_type="login")
    assert visitor.get(alias.url).status_code == 302
    assert not anybody().may_read(alias)
    for address in (elsewhere.url, home("th").url, f"/search/?q={quote(title)}"):
        assert alias.url not in visitor.get(address).content.decode(), address
