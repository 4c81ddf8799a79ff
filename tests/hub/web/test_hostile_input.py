"""Any input in an address is answered with a page and a clear message, never a server error."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import Workflow

from tests.conftest import matrix
from tests.factories import LessonPageFactory, SectionPageFactory, home

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

TYPED = {
    "nothing": "", "blank": "%20%20", "nul": "%00", "nul inside": "a%00b", "bytes": "%ff%fe",
    "surrogate": "%ED%A0%80", "long": "ก" * 10_000, "many words": "คำ+" * 3000,
    "fts": 'zzzz%22)OR(%22lesson', "quote": '%22', "quotes": 'a%22b', "star": "*", "stars": "*:*",
    "regex": "/.*/", "lucene": "title:(a+AND+b)~2^4+OR+[*+TO+*]", "braces": '{"match_all":{}}',
    "minus": "-", "only minus": "-a+-b", "sql": "';DROP+TABLE+wagtailcore_page;--",
    "percent": "%25%25", "backslash": "\\", "emoji": "🦀", "marks": "่้๊๋", "override": "\u202e",
    "template": "{{7*7}}", "tag": "<script>alert(1)</script>", "newlines": "a%0d%0ab",
}


@pytest.fixture(scope="module")
def section(world):
    """A list with a lesson about crabs, which is indexed."""
    section_page = SectionPageFactory()
    LessonPageFactory(title="บทเรียนปูม้า", parent=section_page)
    assert "บทเรียนปูม้า" in Client().get("/search/?q=บทเรียน").content.decode()
    return section_page


def wrong_answers(visitor, addresses, right):
    """(address, status or error) of each whose status is not in ``right``."""
    found = []
    for address in addresses:
        try:
            status = visitor.get(address).status_code
        except Exception as error:
            status = repr(error)
        if status not in right:
            found.append((address[:80], status))
    return found


@pytest.mark.parametrize("path", matrix(["/search/", "/en/search/"], quick=["/search/"]))
def test_the_search_answers(section, visitor, path):
    for name, typed in TYPED.items():
        answer = visitor.get(f"{path}?q={typed}")
        body = answer.content.decode()
        assert answer.status_code in (200, 400), name
        assert ("<h1" in body) and ("<script>alert" not in body), name


def test_suggestions_answer(section, visitor):
    addresses = [f"/search/suggest/?q={typed}" for typed in TYPED.values()]
    assert wrong_answers(visitor, addresses, right=(200, 400)) == []


def test_the_filters_answer(section, visitor, thorough):
    values = ["x", "%00", "9" * 23, "🦀", "", "-1", "0", "' OR 1=1", "ก" * 300, "1e9", "٣"]
    addresses = [
        f"/search/?q={q}&{name}={value}"
        for q in (["", "ปู"] if thorough else ["ปู"])
        for name in ("kind", "topic", "area", "year", "lang", "page")
        for value in (values if thorough else values[:4])
    ]
    assert wrong_answers(visitor, addresses, right=(200, 400)) == []


def test_the_lists_answer(section, visitor, thorough):
    values = ["-1", "9" * 23, "abc", "%00", "0", "1.5", ""]
    addresses = [
        f"{section.url}?{name}={value}"
        for name in ("page", "kind", "topic", "area")
        for value in (values if thorough else values[:4])
    ]
    assert wrong_answers(visitor, addresses, right=(200, 400, 404)) == []


def test_unknown_addresses_answer(section, visitor):
    addresses = [
        "/%00/", "/ไม่มี/", "/%ED%A0%80/", "/" + "ก" * 3000 + "/", "/..%2f..%2fetc/", "/a//b/",
        "/documents/999999/x/", "/documents/x/", "/media/%00", "/media/x", "/en/nothing/",
    ]
    assert wrong_answers(visitor, addresses, right=(400, 404)) == []


@pytest.mark.parametrize(
    ("language", "empty", "nothing", "missing"),
    [
        ("th", "พิมพ์คำ ชื่อสถานที่", "ไม่พบ", "ไม่มีหน้านี้"),
        ("en", "Type a word", "Nothing was found", "This page is not here"),
    ],
)
def test_the_message_is_in_the_readers_language(
    hub, visitor, language, empty, nothing, missing
):
    root = home(language).url
    assert empty in visitor.get(f"{root}search/").content.decode()
    assert nothing in visitor.get(f"{root}search/?q=qqzzqq").content.decode()
    answer = visitor.get(f"{root}nothing-here/")
    assert answer.status_code == 404
    assert missing in answer.content.decode()
    refused = visitor.get(f"{root}?x=%00")
    assert refused.status_code == 400
    assert f'lang="{language}"' in refused.content.decode()


def test_the_server_error_page_is_in_both_languages(hub, client, monkeypatch):
    from hub.models import HomePage

    def broken(*args, **kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr(HomePage, "serve", broken)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    body = answer.content.decode()
    assert 'lang="th"' in body and 'lang="en"' in body


@pytest.mark.parametrize("place", ["x", "a\0b", '["\\ud800"]', "it's"])
def test_the_editor_refuses_to_go_on_to_where_no_page_can_be(
    section, signed_in, administrator, place
):
    client = signed_in(administrator)
    client.raise_request_exception = False
    answer = client.post(f"/admin/pages/{section.pk}/lock/", {"next": place})
    assert answer.status_code == 400


def test_an_editors_chooser_refuses_ids_that_are_no_numbers(hub, signed_in, administrator):
    client = signed_in(administrator)
    for name in ("wagtaildocs_chooser:chosen_multiple", "wagtailimages_chooser:chosen_multiple"):
        for pk in ("", "x", "9" * 30):
            with transaction.atomic():
                answer = client.get(reverse(name), {"id": pk})
                transaction.set_rollback(True)
            assert answer.status_code in (200, 400), (name, pk)
            assert answer.status_code == 400 or pk.isdigit()


@pytest.mark.parametrize("address", [
    "/admin/workflows/task_chooser/?create_model=",
    "/admin/workflows/task_chooser/?create_model=1.5",
    "/admin/workflows/task_chooser/create/?create_model=x",
    "/admin/workflows/edit/{pk}/?p=" + "9" * 5000,
])
def test_an_editors_address_with_an_unfit_parameter_is_no_server_error(
    hub, signed_in, administrator, address
):
    client = signed_in(administrator)
    client.raise_request_exception = False
    pk = Workflow.objects.values_list("pk", flat=True).first()
    assert client.get(address.format(pk=pk)).status_code in (200, 400, 404)
