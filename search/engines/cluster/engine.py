"""The engine for a search cluster, OpenSearch or Elasticsearch: see ``search.engines.contract.Engine``.

An alias named by SEARCH_URL points at one index, ``<alias>-<32 hex digits>``. A rebuild fills a
new one and moves the alias in one step, so readers see the old index or the new one. The mapping's
``_meta`` says which version made it and whether it was filled to the end. Nothing becomes
visible by itself, only when a write is done: the cluster's own refreshing is off.
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
from search.engines.cluster.query_dsl import Beginning, dsl
from search.engines.contract import FACETS, Answer, IndexUnavailable
from search.engines.fields import FACET_FIELDS, SCHEMA_VERSION, hit_of
from search.engines.write_lock import WriteLock
from search.text import thai

READ_SECONDS = 5.0  # of one request; whoever is in a hurry asks ``within``
WRITE_SECONDS = 30.0
MOST_VALUES = 100  # of a facet
RESULT_WINDOW = 10_000  # the cluster's own: no hit behind it can be asked for
BULK_BYTES = 4_000_000
BULK_ENTRIES = 500
BUSY = (429, 503)
GRACE = 1.0  # seconds for what readers still ask of the index that was replaced
TRIES, BACKOFF = 5, 0.2  # seconds, doubled at every try


class IndexMismatch(IndexUnavailable):
    """The cluster answers, but its index is missing, unfinished or another version's."""


class DocumentsRejected(IndexUnavailable):
    """The cluster took a batch but for the entries with ``keys``."""

    def __init__(self, reasons):
        self.keys = set(reasons)
        key, reason = next(iter(reasons.items()))
        super().__init__(f"{len(reasons)} entries refused, {key}: {reason}")


@dataclass
class _Known:
    """The index that the alias was last seen to point at; shared by copies of an engine."""

    name: str | None = None


class ClusterEngine:
    """``client`` reaches the cluster; ``lock_path`` is a file that all writers can lock."""

    def __init__(self, client: Client, lock_path):
        self.client = client
        self.alias = client.address.prefix
        self._lock = WriteLock(lock_path)
        self._known = _Known()
        self._left = None  # seconds; None when only each request has a limit

    def within(self, seconds) -> "ClusterEngine":
        """The same engine, whose requests may take ``seconds`` altogether; not for threads."""
        limited = copy.copy(self)
        limited._left = seconds
        return limited

    def _request(self, method, path, body=None, params=None, seconds=READ_SECONDS) -> dict:
        if self._left is None:
            return self.client.request(method, path, body, params, seconds)
        begun = time.monotonic()
        try:
            return self.client.request(method, path, body, params, min(seconds, self._left))
        finally:
            self._left -= time.monotonic() - begun

    # Reading

    def _index(self) -> str:
        """The index behind the alias, looked up when it is not known."""
        if self._known.name is None:
            self._known.name = self._look_up()
        return self._known.name

    def _look_up(self) -> str:
        try:
            found = self._request("GET", f"/{self.alias}/_mapping")
        except Unreachable as error:
            if error.status == 404:
                raise IndexMismatch("there is no index in the cluster") from error
            raise
        with _expecting("a mapping"):
            if len(found) != 1:
                raise IndexMismatch("the alias points at several indexes")
            name, described = next(iter(found.items()))
            meta = described["mappings"].get("_meta", {})
            if name == self.alias:
                raise IndexUnavailable(f"{name} is an index where the hub keeps an alias")
            if meta.get("schema") != SCHEMA_VERSION:
                raise IndexMismatch("the index was made by another version")
            if meta.get("complete") is not True:
                raise IndexMismatch("the index was not filled to the end")
        return name

    def look_again(self) -> None:
        """Forget which index the alias points at; the next call asks."""
        self._known.name = None

    def _read(self, action, body, params=None, index=None) -> dict:
        """What ``index``, or else the one behind the alias, answers, all of it."""
        try:
            if index is None:
                self._index()
            answer = self._request("POST", f"/{index or self.alias}/{action}", body, params)
        except IndexUnavailable:
            self.look_again()
            raise
        with _expecting("an answer"):
            shards = answer["_shards"]
            if answer.get("timed_out") or shards["failed"] or not shards["successful"]:
                raise IndexUnavailable("the cluster answered for a part of the index only")
            hits = answer.get("hits", {}).get("hits")
            if hits and index is None and hits[0]["_index"] != self._known.name:
                self.look_again()  # the alias has moved, perhaps to what another version made
                self._index()
        return answer

    def search(self, query, filters, offset=0, limit=10, facets=True):
        asked = matching.question(query)
        offset = max(0, offset)
        body = {
            "size": max(0, min(limit, RESULT_WINDOW - offset)),
            "from": min(offset, RESULT_WINDOW),
            "track_total_hits": True, "_source": ["shown"],
            **self._narrowed(asked, filters, facets),
        }
        if query.strategy == "browse":
            body["sort"] = [{"published": "desc"}, {"key": "asc"}]
        # Copies of an index may count words differently: a reader's pages all come from one.
        answer = self._read("_search", body, {"preference": "hub"})
        with _expecting("an answer of a search"):
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

    def _narrowed(self, asked, filters, facets) -> dict:
        """The question with its filters, in one request. What is chosen in a facet narrows the
        hits and the other facets, not that facet's own counts."""
        query = matching.ranked(asked)
        if not facets:
            return {"query": dsl(matching.filtered(query, filters))}
        open_filters = replace(filters, **{name: [] for name in FACETS})
        chosen = open_filters != filters

        def values(name):
            counted = {
                "terms": {"field": FACET_FIELDS[name], "size": MOST_VALUES}
            }
            left = matching.filtered(matching.Everything(), filters, name) if chosen else None
            return {
                "filter": dsl(left) if left else {"match_all": {}}, "aggs": {"values": counted},
            }

        narrowed = {
            "query": dsl(matching.filtered(query, open_filters)),
            "aggs": {name: values(name) for name in FACETS},
        }
        if chosen:
            narrowed["post_filter"] = dsl(matching.filtered(matching.Everything(), filters))
        return narrowed

    def suggest(self, text, filters, limit=8):
        words = thai.words(text)
        if not words:
            return []
        asked = matching.typed_title(text, words[:-1], [Beginning(words[-1])])
        body = {
            "query": dsl(matching.filtered(asked, replace(filters, kinds=["page"]))),
            "size": max(1, limit), "track_total_hits": False, "_source": ["shown"],
        }
        answer = self._read("_search", body, {"preference": "hub"})
        with _expecting("an answer of a search"):
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
        """Every hit of ``query`` with the values of keyword ``fields``, in order of keys."""
        body = {
            "query": query, "size": 1000, "sort": [{"key": "asc"}], "_source": False,
            "docvalue_fields": fields, "track_total_hits": False,
        }
        while True:
            answer = self._read("_search", body, index=index)
            with _expecting("an answer of a search"):
                hits = answer["hits"]["hits"]
                for hit in hits:
                    hit["fields"]["key"][0]  # checked here, where it can be told
                if hits:
                    body["search_after"] = hits[-1]["sort"]
            yield from hits
            if len(hits) < body["size"]:
                return

    def count(self):
        answer = self._read("_count", {"query": {"match_all": {}}})
        with _expecting("a count"):
            return int(answer["count"])

    def close(self):
        self.look_again()

    # Writing

    @contextmanager
    def writing(self, timeout=10.0):
        """Hold the writer's lock against threads and processes; may be nested in one thread."""
        with self._lock.held(timeout):
            yield self

    def apply(self, upserts, delete_pages=(), delete_keys=()):
        with self.writing():
            self.look_again()
            self._index()
            self._apply(self.alias, upserts, delete_pages, delete_keys)

    def _apply(self, index, upserts, delete_pages=(), delete_keys=()):
        """Write to ``index`` (or alias) and make it visible at once."""
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
        with _expecting("a refresh"):
            if answer["_shards"]["failed"]:
                raise IndexUnavailable("a part of the index could not be refreshed")

    def _bulk(self, index, lines) -> int:
        """Send (key, lines of a bulk request) in batches; returns how many."""
        refused, batch, size, count = {}, {}, 0, 0
        for key, text in lines:
            if batch and (size + len(text) > BULK_BYTES or len(batch) >= BULK_ENTRIES):
                refused |= self._send(index, batch)
                batch, size = {}, 0
            batch[key] = text
            size += len(text)
            count += 1
        if batch:
            refused |= self._send(index, batch)
        if refused:
            raise DocumentsRejected(refused)
        return count

    def _send(self, index, batch) -> dict:
        """Send a batch, again what the cluster was too busy for; key → reason of the refused."""
        refused = {}
        # An index that is gone must not come back without its mapping.
        params = {"require_alias": "true"} if index == self.alias else {}
        for attempt in range(TRIES):
            if attempt:
                self._pause(BACKOFF * 2 ** (attempt - 1))
            try:
                answer = self._request(
                    "POST", f"/{index}/_bulk", "".join(batch.values()), params, WRITE_SECONDS
                )
            except Unreachable as error:
                if error.status not in BUSY or attempt == TRIES - 1:
                    raise
                continue
            busy = {}
            with _expecting("an answer of a bulk request"):
                if len(answer["items"]) != len(batch):
                    raise IndexUnavailable("the cluster answered for a part of the entries only")
                for (key, text), item in zip(batch.items(), answer["items"], strict=True):
                    [(action, outcome)] = item.items()
                    status = outcome["status"]
                    if status in BUSY:
                        busy[key] = text
                    elif status >= 300 and not (action == "delete" and status == 404):
                        refused[key] = str(outcome.get("error", status))[:300]
            if not busy:
                return refused
            batch = busy
        raise Unreachable("the cluster is too busy to take entries", 429)

    def _pause(self, seconds):
        if self._left is not None:
            self._left -= seconds
            if self._left <= 0:
                raise Unreachable("the cluster is too busy to take entries", 429)
        time.sleep(seconds)

    def rebuild(self, entries, before_swap=None):
        with self.writing(timeout=60):
            in_use = self._behind_the_alias()
            self._forget(keep=in_use)
            name = f"{self.alias}-{uuid.uuid4().hex}"
            body = index_body(self.client.address.product)
            self._request("PUT", f"/{name}", body, seconds=WRITE_SECONDS)
            try:
                lines = ((entry.key, index_lines(entry)) for entry in entries)
                count = self._bulk(name, lines)
                self._make_visible(name)
                if before_swap:
                    before_swap(_Building(self, name))
                meta = {"_meta": {"schema": SCHEMA_VERSION, "complete": True}}
                self._request("PUT", f"/{name}/_mapping", meta, seconds=WRITE_SECONDS)
                moves = [{"remove": {"index": old, "alias": self.alias}} for old in in_use]
                moves.append({"add": {"index": name, "alias": self.alias}})
                self._request("POST", "/_aliases", {"actions": moves}, seconds=WRITE_SECONDS)
            except BaseException:
                with suppress(IndexUnavailable):
                    self._forget(keep=in_use)
                raise
            self.look_again()
            if in_use:
                time.sleep(GRACE)
                self._forget(keep=[name])
            return count

    def _behind_the_alias(self) -> list[str]:
        try:
            found = self._request("GET", f"/_alias/{self.alias}", seconds=WRITE_SECONDS)
        except Unreachable as error:
            if error.status == 404:
                return []
            raise
        return list(found)

    def _forget(self, keep):
        """Delete indexes that a rebuild left unfinished; ours alone, by the shape of the name."""
        found = self._request("GET", f"/{self.alias}-*/_settings", seconds=WRITE_SECONDS)
        for name in found:
            ours = name.removeprefix(f"{self.alias}-")
            if len(ours) == 32 and set(ours) <= set("0123456789abcdef") and name not in keep:
                self._request("DELETE", f"/{name}", seconds=WRITE_SECONDS)


class _Building:
    """The index under construction, as ``before_swap`` sees it."""

    def __init__(self, engine, name):
        self.engine, self.name = engine, name

    def apply(self, upserts, delete_pages=()):
        self.engine._apply(self.name, upserts, delete_pages)


@contextmanager
def _expecting(what):
    """An answer of another shape is garbage, and no index."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise IndexUnavailable(f"what the cluster sent is not {what}: {error!r}") from error
