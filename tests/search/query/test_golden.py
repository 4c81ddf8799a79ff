"""What must be found, and what must not, for queries as readers type them (golden.toml), on every
engine."""

import tomllib
from pathlib import Path

import pytest

from hub.pages.blocks import StoryBlock
from search.index import cluster, indexer
from search.query.find import find
from tests.factories import PracticePageFactory
from tests.search.clusters import PRODUCTS

GOLDEN = tomllib.loads(Path(__file__).with_name("golden.toml").read_text("utf-8"))
pytestmark = pytest.mark.django_db


@pytest.fixture(params=["tantivy", *PRODUCTS])
def answering(request, hub):
    """The engine under test answers, not the local index as its fallback."""
    if request.param != "tantivy":
        request.getfixturevalue("search_cluster")(request.param)
    indexer.ensure_current()
    return request.param


@pytest.fixture
def pages(answering):
    for page in GOLDEN["pages"]:
        body = [{"type": "callout", "value": {"title": "", "text": page["text"]}}]
        PracticePageFactory(
            title=page["title"], summary="–", context_text="", outcome="",
            body=StoryBlock().to_python(body),
        )
    indexer.catch_up()
    if answering != "tantivy":
        cluster.drain_all()


def test_every_query_of_the_golden_file(pages, answering):
    wrong = []
    for query in GOLDEN["queries"]:
        answer = find(query["q"])
        assert not answer.fell_back
        found = [result.page.title for result in answer.results]
        wanted, never = query.get("finds", []), set(query.get("never", []))
        if wanted and found[:1] != wanted[:1]:
            wrong.append(f"{query['q']}: {wanted[0]} is not first in {found}")
        if missing := set(wanted) - set(found):
            wrong.append(f"{query['q']}: {missing} missing in {found}")
        if surplus := never & set(found):
            wrong.append(f"{query['q']}: {surplus} found")
        if not wanted and found:
            wrong.append(f"{query['q']}: {found} found")
    assert not wrong, "\n".join(wrong)
