"""What every engine stores of an entry: text to search, keywords to filter by, the rest to show.

No Django and no engine here. Text fields hold segmented tokens joined by spaces; the engines split
at the spaces and do nothing else, so that relevance is the same in all of them.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from search.engines.contract import Entry, Hit, Section
from search.text import thai

SCHEMA_VERSION = 6  # an index of another version is rebuilt
WORD_FIELDS = ("title", "summary", "headings", "body")
PHRASE_FIELDS = (*WORD_FIELDS, "pairs", "title_clusters")  # the order of tokens matters
BAG_FIELDS = ("parts", "grams")  # it does not
FACET_FIELDS = {"stages": "stage", "topics": "topic", "areas": "area", "years": "year",
                "languages": "language"}
KEYWORD_FIELDS = ("key", "audience", "site", "kind", "page", "reader", "standing",
                  *FACET_FIELDS.values())
BREAK = "¶"  # a token no segmented text has, so that no phrase spans two sections


def texts_of(entry: Entry) -> dict[str, str]:
    """Name of each text field → its tokens, joined by spaces."""
    headings = [section.heading for section in entry.sections if section.heading]
    bodies = [section.text for section in entry.sections]
    groups = {
        "title": [entry.title], "summary": [entry.summary], "headings": headings, "body": bodies,
    }
    words = {name: [thai.words(text) for text in texts] for name, texts in groups.items()}
    found = {name: _joined(lists) for name, lists in words.items()}
    found["parts"] = " ".join(
        part for lists in words.values() for text in lists for word in text
        for part in thai.parts(word)
    )
    everything = [entry.title, entry.summary]
    for section in entry.sections:
        everything += [section.heading, section.text]
    found["pairs"] = _joined(thai.pairs(thai.cluster_tokens(text)) for text in everything)
    found["title_clusters"] = " ".join(thai.cluster_tokens(entry.title))
    found["grams"] = _joined(thai.grams(text) for text in everything)
    return found


def keywords_of(entry: Entry) -> dict[str, list[str]]:
    """Name of each keyword field → its values."""
    return {
        "key": [entry.key], "audience": [entry.audience], "site": [entry.site],
        "kind": [entry.kind], "page": [str(entry.page_id)], "reader": list(entry.readers),
        "standing": [str(entry.standing)], "stage": [entry.stage], "topic": list(entry.topics),
        "area": list(entry.areas), "year": [str(entry.year)] if entry.year else [],
        "language": [entry.language],
    }


def shown_of(entry: Entry) -> dict[str, Any]:
    """What a hit shows, as JSON values."""
    return {
        "key": entry.key, "stage": entry.stage, "title": thai.clean(entry.title),
        "page_id": entry.page_id, "document_id": entry.document_id, "year": entry.year,
        "summary": thai.canonical(entry.summary),
        "sections": [
            [thai.clean(s.anchor), thai.clean(s.heading), thai.canonical(s.text)]
            for s in entry.sections
        ],
    }


def digest_of(
    texts: dict[str, str], keywords: dict[str, list[str]], shown: dict[str, Any], published: int
) -> str:
    """A digest of all that an engine stores of an entry: equal digests, equal entries."""
    held = json.dumps([texts, keywords, shown, published], ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(held.encode(), digest_size=12).hexdigest()


def document_of(entry: Entry) -> dict[str, Any]:
    """The entry as engines store it: ``texts``, ``keywords``, ``published``, ``shown`` (JSON)
    and ``digest``."""
    texts, keywords, shown = texts_of(entry), keywords_of(entry), shown_of(entry)
    return {
        "texts": texts, "keywords": keywords, "published": entry.published,
        "shown": json.dumps(shown, ensure_ascii=False),
        "digest": digest_of(texts, keywords, shown, entry.published),
    }


def hit_of(shown: str | bytes, score: float) -> Hit:
    """The hit of a document, from its ``shown``."""
    values = json.loads(shown)
    return Hit(score=score, **values | {"sections": [Section(*s) for s in values["sections"]]})


def _joined(token_lists: Iterable[Iterable[str]]) -> str:
    return f" {BREAK} ".join(" ".join(tokens) for tokens in token_lists)
