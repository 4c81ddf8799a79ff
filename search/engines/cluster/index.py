"""An index of a search cluster: its settings and mapping, and entries as bulk requests.

No Django and no client here.
"""

import json

from search.engines.fields import (
    BAG_FIELDS,
    BREAK,
    KEYWORD_FIELDS,
    PHRASE_FIELDS,
    SCHEMA_VERSION,
    document_of,
)

K1, B = 1.2, 0.75  # of BM25, as in tantivy
# BM25 with the factor k1 + 1, as tantivy has it, so that what is added (standing, freshness)
# weighs the same; the BM25 of OpenSearch 3 is another formula.
SIMILARITY = {"opensearch": "LegacyBM25", "elasticsearch": "BM25"}


def index_body(product) -> dict:
    """Settings and mapping of an index: tokens are split at spaces and ranked as by tantivy."""
    def text(options):
        return {"type": "text", "analyzer": "whitespace", "index_options": options, "norms": True}

    properties = {name: text("positions") for name in PHRASE_FIELDS}
    properties |= {name: text("freqs") for name in BAG_FIELDS}
    properties |= {name: {"type": "keyword"} for name in (*KEYWORD_FIELDS, "digest")}
    properties["published"] = {"type": "long"}
    properties["shown"] = {"type": "object", "enabled": False}  # stored, not indexed
    return {
        "settings": {
            "number_of_shards": 1,  # so that word frequencies are those of all entries
            "auto_expand_replicas": "0-1",
            "refresh_interval": "-1",
            "similarity": {"default": {"type": SIMILARITY[product], "k1": K1, "b": B}},
        },
        "mappings": {
            "dynamic": "strict",
            "_meta": {"schema": SCHEMA_VERSION, "complete": False},
            "_source": {"includes": ["shown"]},  # the texts are searched, never read back
            "properties": properties,
        },
    }


def source_of(entry) -> dict:
    """An entry as a document of the cluster."""
    held = document_of(entry)
    # Lucene leaves documents without a field out of its statistics, tantivy does not.
    texts = {name: tokens or BREAK for name, tokens in held["texts"].items()}
    return {
        **texts, **held["keywords"], "published": held["published"], "digest": held["digest"],
        "shown": held["shown"],
    }


def line(value) -> str:
    """One line of a bulk request."""
    return json.dumps(value, ensure_ascii=False) + "\n"


def index_lines(entry) -> str:
    """The lines that add ``entry`` to an index or replace the entry with its key."""
    return line({"index": {"_id": entry.key}}) + line(source_of(entry))
