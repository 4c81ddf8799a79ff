"""What must be found, and what must not, for queries as readers type them (golden.toml)."""

import tomllib
from pathlib import Path

import pytest

from hub.blocks import StoryBlock
from search.find import find
from tests.factories import PracticePageFactory

GOLDEN = tomllib.loads(Path(__file__).with_name("golden.toml").read_text("utf-8"))
pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(hub):
    for page in GOLDEN["pages"]:
        body = [{"type": "callout", "value": {"title": "", "text": page["text"]}}]
        PracticePageFactory(
            title=page["title"], summary="–", context_text="", outcome="",
            body=StoryBlock().to_python(body),
        )


def test_every_query_of_the_golden_file(pages):
    wrong = []
    for query in GOLDEN["queries"]:
        found = [result.page.title for result in find(query["q"]).results]
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
