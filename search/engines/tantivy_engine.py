"""The default engine: tantivy, embedded, an index folder beside the database.

The folder holds one subfolder per rebuild ("generation") and a pointer file that names the one in
use. A rebuild fills a new subfolder and replaces the pointer, so readers see the old index or
the new one, never half of one. A file lock lets one process write at a time; readers detect a
commit or a new pointer by the times of two files before each search. After a process was killed
while writing, the index is at its last commit.
"""

import contextlib
import json
import re
import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import tantivy

from search.engines import anonymous_fast_path, fields, generations, matching
from search.engines.contract import FACETS, Answer, Entry, Filters, IndexUnavailable, ParsedQuery
from search.engines.fields import (
    BAG_FIELDS,
    FACET_FIELDS,
    KEYWORD_FIELDS,
    PHRASE_FIELDS,
    SCHEMA_VERSION,
    hit_of,
)
from search.engines.write_lock import WriteLock
from search.text import thai

HEAP_BYTES = 64_000_000
# Messages of tantivy's ValueErrors over damaged files.
DAMAGE = re.compile(r"corrupt|IO error|to open file for write", re.IGNORECASE)
MAX_FACET_VALUES = 100


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in PHRASE_FIELDS:
        builder.add_text_field(name, tokenizer_name="spaces", index_option="position")
    for name in BAG_FIELDS:
        builder.add_text_field(name, tokenizer_name="spaces", index_option="freq")
    for name in KEYWORD_FIELDS:
        builder.add_text_field(
            name, tokenizer_name="raw", index_option="basic", stored=name == "key",
            fast=name in (*FACET_FIELDS.values(), "kind"),
        )
    builder.add_text_field("digest", tokenizer_name="raw", index_option="basic", stored=True)
    builder.add_integer_field("published", fast=True)
    builder.add_integer_field("open_site", fast=True)
    builder.add_float_field("merit", fast=True)
    builder.add_bytes_field("shown", stored=True, indexed=False)
    return builder.build()


def document_of(entry: Entry) -> tantivy.Document:
    held = fields.document_of(entry)
    document = tantivy.Document()
    for name, tokens in held["texts"].items():
        document.add_text(name, tokens)
    for name, values in held["keywords"].items():
        for value in values:
            document.add_text(name, value)
    document.add_integer("published", held["published"])
    columns = anonymous_fast_path.columns_of(entry)
    document.add_integer("open_site", columns["open_site"])
    document.add_float("merit", columns["merit"])
    document.add_bytes("shown", held["shown"].encode())
    document.add_text("digest", held["digest"])
    return document


def _open(path):
    index = tantivy.Index.open(str(path))
    return _prepared(index)


def _prepared(index):
    spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("spaces", spaces)
    index.config_reader("manual")
    return index


class TantivyEngine:
    """See ``search.engines.contract.Engine``; ``path`` is the index folder, created if missing."""

    def __init__(self, path):
        self.path = Path(path)
        self.schema = schema()
        self._state = None  # (pointer stamp, meta stamp, index, folder)
        self._damaged = None  # stamp of the pointer under which damage was detected
        self._opening = threading.Lock()
        self._lock = WriteLock(self.path / "writer.lock")

    # Reading

    def _index(self):
        """The index in use, reloaded when any process committed since."""
        try:
            return self._open_current()
        except IndexUnavailable:
            # Another process may have swapped generations between the two reads: read again.
            self._state = None
            return self._open_current()

    def _open_current(self):
        try:
            pointer = _stamp(self.path / "current")
            if pointer == self._damaged:
                raise IndexUnavailable("files of the index are damaged")
            state = self._state
            if state is None or state[0] != pointer:
                with self._opening:
                    named = json.loads((self.path / "current").read_text())
                    if named["schema"] != SCHEMA_VERSION:
                        raise IndexUnavailable("another version built the index")
                    folder = self.path / named["generation"]
                    state = (pointer, _stamp(folder / "meta.json"), _open(folder), folder)
                    self._state = state
            meta = _stamp(state[3] / "meta.json")
            if meta != state[1]:
                state[2].reload()
                self._state = (state[0], meta, state[2], state[3])
            return state[2]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexUnavailable(str(error)) from error

    @contextmanager
    def _detecting_damage(self, writing=False):
        """Turn what tantivy raises over damaged files into IndexUnavailable.

        Opening checks little, so damage shows when a file is used. It is remembered until the
        pointer changes, so that ``count`` raises too and its caller rebuilds. Not remembered are
        a panic (if a query ever caused one, each such query would cost a rebuild) and errors of
        the system, such as a full disk, after which reading still works.
        """
        try:
            yield
        except (ValueError, OSError) as error:
            unreadable = isinstance(error, UnicodeDecodeError | json.JSONDecodeError)
            if isinstance(error, ValueError) and not (unreadable or DAMAGE.search(str(error))):
                raise
            if not (writing or isinstance(error, OSError) or "os error" in str(error)):
                self._damaged = self._state and self._state[0]
            raise IndexUnavailable(str(error)) from error
        except BaseException as error:
            # pyo3's class for a Rust panic is not an Exception and cannot be imported.
            if type(error).__name__ != "PanicException":
                raise
            raise IndexUnavailable(f"tantivy panicked: {error}") from error

    def search(self, query: ParsedQuery, filters: Filters, offset=0, limit=10, facets=True):
        with self._detecting_damage():
            return self._search(query, filters, offset, limit, facets)

    def _search(self, query, filters, offset, limit, facets):
        searcher = self._index().searcher()
        clause = matching.clause_of(anonymous_fast_path.without_common(query, searcher))
        found, total = None, None
        if query.strategy != "browse" and anonymous_fast_path.applies_to(filters, offset + limit):
            found = anonymous_fast_path.search(
                searcher, self._query(clause), filters.site, max(0, offset), max(1, limit)
            )
        if found is None:
            found, total = self._filtered(searcher, query, clause, filters, offset, limit)
        counts, counted = {}, total
        if total is None or (facets and total):
            counts, counted = self._facets(searcher, clause, filters, facets)
        hits = [self._hit(searcher, score, address) for score, address in found[:limit]]
        return Answer(hits, counted if total is None else total, counts, query.strategy)

    def _filtered(self, searcher, query, clause, filters, offset, limit):
        """The hits in order and their number, with filters and tie-breaking by tantivy."""
        order = {"order_by_field": "published"} if query.strategy == "browse" else {}
        # tantivy panics for a limit of 0.
        found = searcher.search(
            self._query(matching.filtered(matching.ranked(clause), filters)),
            limit=max(1, limit), offset=max(0, offset), count=True, **order,
        )
        return found.hits, found.count

    def suggest(self, text, filters, limit=8):
        with self._detecting_damage():
            return self._suggest(text, filters, limit)

    def _suggest(self, text, filters, limit):
        words = thai.words(text)
        if not words:
            return []
        searcher = self._index().searcher()
        completions = [t for t, _n in searcher.terms_with_prefix("title", words[-1], limit=20)]
        clause = matching.title_prefix(text, words[:-1], completions)
        query = self._query(matching.filtered(clause, replace(filters, kinds=["page"])))
        found = searcher.search(query, limit=max(1, limit), count=False)
        return [self._hit(searcher, score, address) for score, address in found.hits]

    def word_counts(self, filters) -> dict[str, int]:
        """Each word of the entries that pass ``filters`` → the number of entries with it, in the
        field that has it most often."""
        counts = {}
        with self._detecting_damage():
            searcher = self._index().searcher()
            allowed = self._query(matching.filtered(matching.MatchAll(), filters))
            for name in matching.FIELD_WEIGHTS:
                for word, count in searcher.terms_with_prefix(name, "", filter_query=allowed):
                    counts[word] = max(count, counts.get(word, 0))
        counts.pop(fields.BREAK, None)
        return counts

    def digests(self):
        with self._detecting_damage():
            held = _digests(self._index())
        yield from held

    def close(self):
        self._state = None

    def count(self):
        with self._detecting_damage():
            return self._index().searcher().num_docs

    def _hit(self, searcher, score, address):
        return hit_of(bytes(searcher.doc(address).get_first("shown")), score)

    def _facets(self, searcher, clause, filters, wanted=True):
        """Counts per value, none unless ``wanted``, and the number of entries in all.

        The values selected in a facet do not narrow that facet's own counts, so that a second
        value can be added to the first.
        """
        narrowed = {n for n in FACETS if getattr(filters, n)} if wanted else set()
        open_facets = [n for n in FACETS if n not in narrowed] if wanted else []
        groups = {None: open_facets} | {n: [n] for n in narrowed}
        counts, total = {}, 0
        for left_out, names in groups.items():
            query = self._query(matching.filtered(clause, filters, left_out))
            terms = {n: FACET_FIELDS[n] for n in names} | ({} if left_out else {"": "kind"})
            found = searcher.aggregate(query, {
                name: {"terms": {"field": field, "size": MAX_FACET_VALUES}}
                for name, field in terms.items()
            })
            if not left_out:  # every entry is of one kind
                total = sum(int(b["doc_count"]) for b in found.pop("")["buckets"])
            for name, values in found.items():
                counts[name] = [(b["key"], int(b["doc_count"])) for b in values["buckets"]]
        return counts, total

    # The clauses of matching as tantivy's queries

    def _query(self, clause):
        match clause:
            case matching.Term():
                query = tantivy.Query.term_query(self.schema, clause.field, clause.value)
                return _boosted(query, clause.boost)
            case matching.Phrase():
                query = tantivy.Query.phrase_query(
                    self.schema, clause.field, list(clause.tokens)
                )
                return _boosted(query, clause.boost)
            case matching.OneOf():
                return self._one_of(clause)
            case matching.PublishedSince():
                found = tantivy.Query.range_query(
                    self.schema, "published", tantivy.FieldType.Integer, clause.seconds
                )
                return tantivy.Query.const_score_query(found, clause.score)
            case matching.MatchAll():
                return tantivy.Query.all_query()
            case matching.Bool():
                parts = [
                    (occur, self._query(part))
                    for occur, group in (
                        (tantivy.Occur.Must, clause.must), (tantivy.Occur.Should, clause.should),
                        (tantivy.Occur.MustNot, clause.must_not),
                    )
                    for part in group
                ]
                return _boosted(tantivy.Query.boolean_query(parts), clause.boost)
        raise TypeError(f"{clause!r} is not a clause")

    def _one_of(self, clause):
        if not clause.values:
            return tantivy.Query.empty_query()
        terms = [
            tantivy.Query.term_query(self.schema, clause.field, value, "basic")
            for value in clause.values
        ]
        found = terms[0] if len(terms) == 1 else tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, term) for term in terms]
        )
        return tantivy.Query.const_score_query(found, clause.score)

    # Writing

    @contextmanager
    def writing(self, timeout=10.0):
        """Hold the writer's lock against threads and processes; may be nested in one thread."""
        with self._lock.held(timeout):
            yield self

    def apply(self, upserts, delete_pages=(), delete_keys=()):
        with self.writing():
            with self._detecting_damage():
                index = self._index()
            # Built before tantivy's writer is opened: an error must not leave the writer open,
            # and an error in an entry must not be taken for damage of the index.
            documents = self._documents(upserts)
            with self._detecting_damage(writing=True):
                self._write(index, documents, delete_pages, delete_keys)

    def _documents(self, entries):
        return [(entry.key, document_of(entry)) for entry in entries]

    def _write(self, index, documents, delete_pages=(), delete_keys=()):
        writer = index.writer(HEAP_BYTES, 1)
        # A process killed within its commit leaves files that the index does not list yet.
        # tantivy would give new files the same names and then refuse to overwrite the old ones.
        writer.garbage_collect_files()
        for key in delete_keys:
            writer.delete_documents_by_term("key", key)
        for pk in delete_pages:
            writer.delete_documents_by_term("page", str(pk))
        for key, document in documents:
            writer.delete_documents_by_term("key", key)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()

    def rebuild(self, entries, before_swap=None):
        with generations.new_folder(self.path, self.writing) as folder:
            return self._fill(folder, entries, before_swap)

    def _fill(self, folder, entries, before_swap):
        index = _prepared(tantivy.Index(self.schema, str(folder)))
        writer = index.writer(HEAP_BYTES * 2, 1)
        count = 0
        for entry in entries:
            writer.add_document(document_of(entry))
            count += 1
        writer.commit()
        writer.wait_merging_threads()
        with self.writing(timeout=60):
            if before_swap:
                before_swap(_NewIndex(self, index))
            pointer = self.path / f"current.{folder.name}"
            pointer.write_text(json.dumps({"schema": SCHEMA_VERSION, "generation": folder.name}))
            pointer.replace(self.path / "current")
            generations.remove_all_but(self.path, folder.name)
        return count

    def tidy(self):
        """Delete what a process left that was killed while it rebuilt the index."""
        no_index = (OSError, ValueError, KeyError, TypeError)
        with contextlib.suppress(TimeoutError, *no_index), self.writing(timeout=0):
            named = json.loads((self.path / "current").read_text())
            generations.remove_all_but(self.path, named["generation"])


class _NewIndex:
    """The index being built, as ``before_swap`` sees it."""

    def __init__(self, engine, index):
        self.engine, self.index = engine, index

    def apply(self, upserts, delete_pages=()):
        self.index.reload()
        self.engine._write(self.index, self.engine._documents(upserts), delete_pages)

    def digests(self):
        self.index.reload()
        return _digests(self.index)


def _digests(index) -> list[tuple[str, str]]:
    searcher = index.searcher()
    found = searcher.search(
        tantivy.Query.all_query(), limit=max(1, searcher.num_docs), count=False
    )
    documents = [searcher.doc(address) for _score, address in found.hits]
    return [(d.get_first("key"), d.get_first("digest")) for d in documents]


def _boosted(query, boost):
    return query if boost == 1.0 else tantivy.Query.boost_query(query, boost)


def _stamp(path):
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_ino
