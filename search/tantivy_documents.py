"""How tantivy holds an entry: the schema, and the entry as a document of it.

Text to search is segmented and joined by spaces; the original stands beside it to be shown.
"""

import json

import tantivy

from search import thai
from search.engine import Entry

SCHEMA_VERSION = 4
WORD_FIELDS = {"title": 4.0, "summary": 2.0, "headings": 2.0, "body": 1.0}
RAW = {"stages": "stage", "topics": "topic", "areas": "area", "years": "year",
       "languages": "language"}
BREAK = "¶"  # a token no segmented text has, so that no phrase spans two sections


def schema():
    builder = tantivy.SchemaBuilder()
    for name in (*WORD_FIELDS, "parts", "pairs", "title_clusters", "grams"):
        builder.add_text_field(
            name, tokenizer_name="spaces",
            index_option="freq" if name in ("parts", "grams") else "position",
        )
    for name in ("key", "audience", "site", "kind", "page", "reader"):
        builder.add_text_field(name, tokenizer_name="raw")
    for name in RAW.values():
        builder.add_text_field(name, tokenizer_name="raw", fast=True)
    builder.add_integer_field("published", fast=True)
    builder.add_text_field("key_stored", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("stored", stored=True, indexed=False)
    return builder.build()


def document_of(entry: Entry, schema) -> tantivy.Document:
    """The entry as tantivy holds it: segmented text to search, the original to show."""
    document = tantivy.Document()
    headings = [s.heading for s in entry.sections if s.heading]
    bodies = [s.text for s in entry.sections]
    parts = {
        "title": [entry.title], "summary": [entry.summary], "headings": headings, "body": bodies,
    }
    everything = [entry.title, entry.summary]
    for section in entry.sections:
        everything += [section.heading, section.text]
    for name, texts in parts.items():
        document.add_text(name, _joined(thai.words(t) for t in texts))
    words = (word for texts in parts.values() for text in texts for word in thai.words(text))
    document.add_text("parts", " ".join(part for word in words for part in thai.parts(word)))
    document.add_text(
        "pairs", _joined(thai.pairs(thai.cluster_tokens(text)) for text in everything)
    )
    document.add_text("title_clusters", _joined([thai.cluster_tokens(entry.title)]))
    document.add_text("grams", _joined(thai.grams(t) for t in everything))
    for name, value in (
        ("key", entry.key), ("key_stored", entry.key), ("audience", entry.audience),
        ("site", entry.site), ("kind", entry.kind), ("page", str(entry.page_id)),
        ("stage", entry.stage), ("language", entry.language),
    ):
        document.add_text(name, value)
    document.add_integer("published", entry.published)
    for reader in entry.readers:
        document.add_text("reader", reader)
    for topic in entry.topics:
        document.add_text("topic", topic)
    for area in entry.areas:
        document.add_text("area", area)
    if entry.year:
        document.add_text("year", str(entry.year))
    stored = {
        "key": entry.key, "stage": entry.stage, "title": thai.clean(entry.title),
        "page_id": entry.page_id,
        "document_id": entry.document_id, "year": entry.year,
        "summary": thai.canonical(entry.summary),
        "sections": [
            [thai.clean(s.anchor), thai.clean(s.heading), thai.canonical(s.text)]
            for s in entry.sections
        ],
    }
    document.add_bytes("stored", json.dumps(stored, ensure_ascii=False).encode())
    return document


def _joined(token_lists) -> str:
    return f" {BREAK} ".join(" ".join(tokens) for tokens in token_lists)
