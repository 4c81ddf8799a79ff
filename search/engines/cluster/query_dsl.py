"""The clauses of ``search.engines.matching`` in the query DSL of OpenSearch and Elasticsearch.

No Django and no client here.
"""

from search.engines import matching

MAX_PREFIX_TERMS = 20


class Prefix(str):
    """As the value of a Term: any word that begins with it; the cluster looks them up."""


def dsl(clause) -> dict:
    """The query that ``clause`` means."""
    match clause:
        case matching.Term(value=Prefix()):
            return {"prefix": {clause.field: {
                "value": str(clause.value), "boost": clause.boost,
                "rewrite": f"top_terms_{MAX_PREFIX_TERMS}",
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
        case matching.PublishedSince():
            found = {"range": {"published": {"gte": clause.seconds}}}
            return {"constant_score": {"filter": found, "boost": clause.score}}
        case matching.MatchAll():
            return {"match_all": {}}
        case matching.Bool():
            return _bool(clause)
    raise TypeError(f"{clause!r} is not a clause")


def _bool(clause):
    if not (clause.must or clause.should):
        return {"match_none": {}}
    # A clause without a score is a filter, whose result the cluster may cache.
    filters = [p for p in clause.must if isinstance(p, matching.OneOf) and not p.score]
    parts = {
        "must": [dsl(part) for part in clause.must if part not in filters],
        "filter": [dsl(part)["constant_score"]["filter"] for part in filters],
        "should": [dsl(part) for part in clause.should],
        "must_not": [dsl(part) for part in clause.must_not],
    }
    query = {name: queries for name, queries in parts.items() if queries}
    query["minimum_should_match"] = 0 if clause.must else 1
    if clause.boost != 1.0:
        query["boost"] = clause.boost
    return {"bool": query}
