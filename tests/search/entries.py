"""Entries for tests of engines, and what a search for them returns."""

from search.engines.contract import Entry, Filters, Section
from search.query import planning

EVERYONE = Filters(["public"])


def entry(number, title="เรื่อง", body="", **changes):
    values = {
        "key": f"page:{number}", "kind": "page", "stage": "lesson", "language": "th",
        "title": title, "summary": "", "sections": [Section("s", "", body)],
        "audience": "public", "site": "1", "url": "/", "page_id": number,
    }
    return Entry(**{**values, **changes})


def found(engine, text, filters=EVERYONE, **arguments):
    answer = planning.run(engine, planning.plan(text), filters, **arguments)
    return [hit.page_id for hit in answer.hits]
