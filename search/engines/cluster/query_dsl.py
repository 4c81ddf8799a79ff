"""The clauses of ``search.engines.matching`` in the query language of OpenSearch and Elasticsearch.

No Django and no client here.
"""

from search.engines import matching

MOST_BEGINNINGS = 20


class Beginning(str):
    """As the value of a Term: any word that begins so, which the cluster looks up itself."""


def dsl(clause) -> dict:
    """The query that ``clause`` means."""
    match clause:
        case matching.Term(value=Beginning()):
            return {"prefix": {clause.field: {
                "value": str(clause.value), "boost": clause.boost,
                "rewrite": f"top_terms_{MOST_BEGINNINGS}",
            }}}
        case matching.Term():
            return {"term": {clause.field: {
                "value": clause.value, "boost": clause.boost
            }}}
        case matching.Phrase():
            return {"match_phrase": {clause.field: {
                "query": " ".join(clause.tokens), "boost": clause.boost
            }}}
        case matching.OneOf():
            found = {"terms": {clause.field: list(clause.values)}}
            return {"constant_score": {"filter": found, "boost": clause.score}}
        case matching.Since():
            found = {"range": {"published": {"gte": clause.seconds}}}
            return {"constant_score": {"filter": found, "boost": clause.score}}
        case matching.Everything():
            return {"match_all": {}}
        case matching.Bool():
            return _bool(clause)
    raise TypeError(f"{clause!r} is no clause")


def _bool(clause):
    if not (clause.must or clause.should):
        return {"match_none": {}}
    # What is worth nothing only filters, and the cluster may remember whom it lets through.
    filters = [p for p in clause.must if isinstance(p, matching.OneOf) and not p.score]
    parts = {
        "must": [dsl(part) for part in clause.must if part not in filters],
        "filter": [dsl(part)["constant_score"]["filter"] for part in filters],
        "should": [dsl(part) for part in clause.should],
        "must_not": [dsl(part) for part in clause.never],
    }
    asked = {name: queries for name, queries in parts.items() if queries}
    asked["minimum_should_match"] = 0 if clause.must else 1
    if clause.boost != 1.0:
        asked["boost"] = clause.boost
    return {"bool": asked}
