"""The engine of a search cluster, OpenSearch or Elasticsearch: ``search.engines.contract.Engine``.

An alias named by SEARCH_URL points at one index, ``<alias>-<32 hex digits>``. A rebuild fills a
new one and moves the alias in one step, so readers see the old index or the new one. The mapping's
``_meta`` has the version that built it and whether it is complete. Entries become visible only at
the end of a write: the cluster's periodic refresh is off.
"""

import copy
import time
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import chain

from search.engines import matching
from search.engines.cluster.client import Client, Unreachable
from search.engines.cluster.index import index_body, index_lines, line
from search.engines.cluster.query_dsl import Prefix, dsl
from search.engines.contract import FACETS, Answer, IndexUnavailable
from search.engines.fields import FACET_FIELDS, SCHEMA_VERSION, hit_of
from search.engines.write_lock import WriteLock
from search.text import thai

READ_SECONDS = 5.0  # of one request; ``within`` sets a shorter limit
WRITE_SECONDS = 30.0
MAX_FACET_VALUES = 100
RESULT_WINDOW = 10_000  # the cluster's own limit of offset + size
BULK_BYTES = 4_000_000
BULK_ENTRIES = 500
BUSY_STATUSES = (429, 503)
GRACE_SECONDS = 1.0  # before a replaced index is deleted, for requests under way
TRIES, BACKOFF = 5, 0.2  # seconds, doubled at every try


class IndexMismatch(IndexUnavailable):
    """The cluster answers, but its index is missing, incomplete or of another version."""


class DocumentsRejected(IndexUnavailable):
    """The cluster accepted a batch except for the entries with ``keys``."""

    def __init__(self, reasons):
        self.keys = set(reasons)
        key, reason = next(iter(reasons.items()))
        super().__init__(f"{len(reasons)} entries rejected, {key}: {reason}")


@dataclass
class _CurrentIndex:
    """The index that the alias was last seen to point at; shared by copies of an engine."""

    name: str | None = None


class ClusterEngine:
    """``client`` sends requests to the cluster; all writers lock the file at ``lock_path``."""

    def __init__(self, client: Client, lock_path):
        self.client = client
        self.alias = client.address.prefix
        self._lock = WriteLock(lock_path)
        self._current = _CurrentIndex()
        self._seconds_left = None  # seconds; None when only each request has a limit

    def within(self, seconds) -> "ClusterEngine":
        """The same engine, whose requests may take ``seconds`` altogether; not for threads."""
        limited = copy.copy(self)
        limited._seconds_left = seconds
        return limited

    def _request(self, method, path, body=None, params=None, seconds=READ_SECONDS) -> dict:
        if self._seconds_left is None:
            return self.client.request(method, path, body, params, seconds)
        started = time.monotonic()
        try:
            return self.client.request(method, path, body, params, min(seconds, self._seconds_left))
        finally:
            self._seconds_left -= time.monotonic() - started

    # Reading

    def _index(self) -> str:
        """The index behind the alias, looked up if not known."""
        if self._current.name is None:
            self._current.name = self._look_up()
        return self._current.name

    def _look_up(self) -> str:
        try:
            found = self._request("GET", f"/{self.alias}/_mapping")
        except Unreachable as error:
            if error.status == 404:
                raise IndexMismatch("there is no index in the cluster") from error
            raise
        with _validating("a mapping"):
            if len(found) != 1:
                raise IndexMismatch("the alias points at several indexes")
            name, described = next(iter(found.items()))
            meta = described["mappings"].get("_meta", {})
            if name == self.alias:
                raise IndexUnavailable(f"{name} is an index, not the hub's alias")
            built_by = meta.get("schema")
            if type(built_by) is int and built_by > SCHEMA_VERSION:
                # Not IndexMismatch: two versions side by side would rebuild each other's for ever.
                raise IndexUnavailable("a newer version of the hub built the index")
            if built_by != SCHEMA_VERSION:
                raise IndexMismatch("another version built the index")
            if meta.get("complete") is not True:
                raise IndexMismatch("the index is incomplete")
        return name

    def forget_index(self) -> None:
        """Have the next call look up which index the alias points at."""
        self._current.name = None

    def _read(self, action, body, params=None, index=None) -> dict:
        """What ``index``, or else the one behind the alias, answers, all of it."""
        try:
            if index is None:
                self._index()
            answer = self._request("POST", f"/{index or self.alias}/{action}", body, params)
        except IndexUnavailable:
            self.forget_index()
            raise
        with _validating("an answer"):
            shards = answer["_shards"]
            if answer.get("timed_out") or shards["failed"] or not shards["successful"]:
                raise IndexUnavailable("the cluster answered for a part of the index only")
            hits = answer.get("hits", {}).get("hits")
            if hits and index is None and hits[0]["_index"] != self._current.name:
                self.forget_index()  # the alias moved
                self._index()
        return answer

    def search(self, query, filters, offset=0, limit=10, facets=True):
        clause = matching.clause_of(query)
        offset = max(0, offset)
        body = {
            "size": max(0, min(limit, RESULT_WINDOW - offset)),
            "from": min(offset, RESULT_WINDOW),
            "track_total_hits": True, "_source": ["shown"],
            **self._narrowed(clause, filters, facets),
        }
        if query.strategy == "browse":
            body["sort"] = [{"published": "desc"}, {"key": "asc"}]
        # Replicas may count words differently: all pages of results come from the same one.
        answer = self._read("_search", body, {"preference": "hub"})
        with _validating("an answer of a search"):
            total = answer["hits"]["total"]
            if total["relation"] != "eq" or type(total["value"]) is not int:
                raise IndexUnavailable("the cluster did not count")
            counts = {}
            if facets and total["value"]:
                counts = {
                    name: [(b["key"], int(b["doc_count"])) for b in
                           answer["aggregations"][name]["values"]["buckets"]]
                    for name in FACETS
                }
            return Answer(self._hits(answer), total["value"], counts, query.strategy)

    def _narrowed(self, clause, filters, facets) -> dict:
        """The request for a query with its filters. The values selected in a facet narrow the
        hits and the other facets, not that facet's own counts."""
        query = matching.ranked(clause)
        if not facets:
            return {"query": dsl(matching.filtered(query, filters))}
        open_filters = replace(filters, **{name: [] for name in FACETS})
        has_selection = open_filters != filters

        def values(name):
            counted = {"terms": {"field": FACET_FIELDS[name], "size": MAX_FACET_VALUES}}
            narrowed = {"match_all": {}}
            if has_selection:
                narrowed = dsl(matching.filtered(matching.MatchAll(), filters, name))
            return {"filter": narrowed, "aggs": {"values": counted}}

        narrowed = {
            "query": dsl(matching.filtered(query, open_filters)),
            "aggs": {name: values(name) for name in FACETS},
        }
        if has_selection:
            narrowed["post_filter"] = dsl(matching.filtered(matching.MatchAll(), filters))
        return narrowed

    def suggest(self, text, filters, limit=8):
        words = thai.words(text)
        if not words:
            return []
        clause = matching.title_prefix(text, words[:-1], [Prefix(words[-1])])
        body = {
            "query": dsl(matching.filtered(clause, replace(filters, kinds=["page"]))),
            "size": max(1, limit), "track_total_hits": False, "_source": ["shown"],
        }
        answer = self._read("_search", body, {"preference": "hub"})
        with _validating("an answer of a search"):
            return self._hits(answer)

    def _hits(self, answer):
        return [
            hit_of(hit["_source"]["shown"], hit["_score"] or 0.0)
            for hit in answer["hits"]["hits"]
        ]

    def digests(self):
        yield from (
            (hit["fields"]["key"][0], hit["fields"]["digest"][0])
            for hit in self._walk({"match_all": {}}, ["key", "digest"])
        )

    def _walk(self, query, fields, index=None):
        """Every hit of ``query`` with the values of keyword ``fields``, ordered by key."""
        body = {
            "query": query, "size": 1000, "sort": [{"key": "asc"}], "_source": False,
            "docvalue_fields": fields, "track_total_hits": False,
        }
        while True:
            answer = self._read("_search", body, index=index)
            with _validating("an answer of a search"):
                hits = answer["hits"]["hits"]
                for hit in hits:
                    hit["fields"]["key"][0]  # checked within _validating
                if hits:
                    body["search_after"] = hits[-1]["sort"]
            yield from hits
            if len(hits) < body["size"]:
                return

    def count(self):
        answer = self._read("_count", {"query": {"match_all": {}}})
        with _validating("a count"):
            return int(answer["count"])

    def close(self):
        self.forget_index()

    # Writing

    @contextmanager
    def writing(self, timeout=10.0):
        """Hold the writer's lock against threads and processes; may be nested in one thread."""
        with self._lock.held(timeout):
            yield self

    def apply(self, upserts, delete_pages=(), delete_keys=()):
        with self.writing():
            self.forget_index()
            self._index()
            self._apply(self.alias, upserts, delete_pages, delete_keys)

    def _apply(self, index, upserts, delete_pages=(), delete_keys=()):
        """Write to ``index`` (or alias) and refresh it."""
        lines = [(entry.key, index_lines(entry)) for entry in upserts]
        kept = {key for key, _text in lines}
        gone = {*delete_keys, *self._keys_of(index, delete_pages)} - kept
        deletions = [(key, line({"delete": {"_id": key}})) for key in sorted(gone)]
        self._bulk(index, chain(deletions, lines))
        self._make_visible(index)

    def _keys_of(self, index, pages):
        pages = [str(pk) for pk in pages if pk is not None]
        for first in range(0, len(pages), 1000):
            found = {"terms": {"page": pages[first : first + 1000]}}
            yield from (hit["fields"]["key"][0] for hit in self._walk(found, ["key"], index))

    def _make_visible(self, index):
        answer = self._request("POST", f"/{index}/_refresh", seconds=WRITE_SECONDS)
        with _validating("a refresh"):
            if answer["_shards"]["failed"]:
                raise IndexUnavailable("a part of the index could not be refreshed")

    def _bulk(self, index, lines) -> int:
        """Send (key, lines of a bulk request) in batches; returns how many."""
        rejected, batch, size, count = {}, {}, 0, 0
        for key, text in lines:
            if batch and (size + len(text) > BULK_BYTES or len(batch) >= BULK_ENTRIES):
                rejected |= self._send(index, batch)
                batch, size = {}, 0
            batch[key] = text
            size += len(text)
            count += 1
        if batch:
            rejected |= self._send(index, batch)
        if rejected:
            raise DocumentsRejected(rejected)
        return count

    def _send(self, index, batch) -> dict:
        """Send a batch, and again what the cluster was too busy for; key → reason of rejection."""
        rejected = {}
        # A deleted index must not be created again without its mapping.
        params = {"require_alias": "true"} if index == self.alias else {}
        for attempt in range(TRIES):
            if attempt:
                self._pause(BACKOFF * 2 ** (attempt - 1))
            try:
                answer = self._request(
                    "POST", f"/{index}/_bulk", "".join(batch.values()), params, WRITE_SECONDS
                )
            except Unreachable as error:
                if error.status not in BUSY_STATUSES or attempt == TRIES - 1:
                    raise
                continue
            busy = {}
            with _validating("an answer of a bulk request"):
                if len(answer["items"]) != len(batch):
                    raise IndexUnavailable("the cluster answered for a part of the entries only")
                for (key, text), item in zip(batch.items(), answer["items"], strict=True):
                    [(action, outcome)] = item.items()
                    status = outcome["status"]
                    if status in BUSY_STATUSES:
                        busy[key] = text
                    elif status >= 300 and not (action == "delete" and status == 404):
                        rejected[key] = str(outcome.get("error", status))[:300]
            if not busy:
                return rejected
            batch = busy
        raise Unreachable("the cluster is too busy to accept entries", 429)

    def _pause(self, seconds):
        if self._seconds_left is not None:
            self._seconds_left -= seconds
            if self._seconds_left <= 0:
                raise Unreachable("the cluster is too busy to accept entries", 429)
        time.sleep(seconds)

    def rebuild(self, entries, before_swap=None):
        with self.writing(timeout=60):
            in_use = self._aliased_indexes()
            self._delete_leftovers(keep=in_use)
            name = f"{self.alias}-{uuid.uuid4().hex}"
            body = index_body(self.client.address.product)
            self._request("PUT", f"/{name}", body, seconds=WRITE_SECONDS)
            try:
                lines = ((entry.key, index_lines(entry)) for entry in entries)
                count = self._bulk(name, lines)
                self._make_visible(name)
                if before_swap:
                    before_swap(_NewIndex(self, name))
                meta = {"_meta": {"schema": SCHEMA_VERSION, "complete": True}}
                self._request("PUT", f"/{name}/_mapping", meta, seconds=WRITE_SECONDS)
                moves = [{"remove": {"index": old, "alias": self.alias}} for old in in_use]
                moves.append({"add": {"index": name, "alias": self.alias}})
                self._request("POST", "/_aliases", {"actions": moves}, seconds=WRITE_SECONDS)
            except BaseException:
                with suppress(IndexUnavailable):
                    self._delete_leftovers(keep=in_use)
                raise
            self.forget_index()
            if in_use:
                time.sleep(GRACE_SECONDS)
                self._delete_leftovers(keep=[name])
            return count

    def _aliased_indexes(self) -> list[str]:
        try:
            found = self._request("GET", f"/_alias/{self.alias}", seconds=WRITE_SECONDS)
        except Unreachable as error:
            if error.status == 404:
                return []
            raise
        return list(found)

    def _delete_leftovers(self, keep):
        """Delete other indexes of this alias than ``keep``, recognised by the form of the name."""
        found = self._request("GET", f"/{self.alias}-*/_settings", seconds=WRITE_SECONDS)
        for name in found:
            ours = name.removeprefix(f"{self.alias}-")
            if len(ours) == 32 and set(ours) <= set("0123456789abcdef") and name not in keep:
                self._request("DELETE", f"/{name}", seconds=WRITE_SECONDS)


class _NewIndex:
    """The index being built, as ``before_swap`` sees it."""

    def __init__(self, engine, name):
        self.engine, self.name = engine, name

    def apply(self, upserts, delete_pages=()):
        self.engine._apply(self.name, upserts, delete_pages)


@contextmanager
def _validating(what):
    """Raise IndexUnavailable for an answer of another form than ``what``."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise IndexUnavailable(f"the cluster did not send {what}: {error!r}") from error
