"""The default engine: tantivy, embedded, an index folder beside the database.

The folder holds one subfolder per rebuild ("generation") and a pointer file that names the one in
use. A rebuild fills a new subfolder and replaces the pointer, so readers see the old index or
the new one, never half of one. A file lock lets one process write at a time; readers detect a
commit or a new pointer by the times of two files before each search. After a process was killed
while writing, the index is at its last commit.

Files are checked by ``search.engines.checksums`` when they are opened and by ``verify``. Whatever
tantivy raises while it is asked is IndexUnavailable to the caller, and the index is marked as
suspect: a damaged file must not stop a search, nor may one query that tantivy cannot answer stop
the others. What is suspect is checked by ``search.index.upkeep``, which sets it aside or clears it.
"""

import contextlib
import json
import logging
import os
import re
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import tantivy

from search.engines import anonymous_fast_path, checksums, fields, generations, matching
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

logger = logging.getLogger(__name__)
HEAP_BYTES = 64_000_000
MAX_FACET_VALUES = 100
SYSTEM_ERROR = re.compile("os error|io ?error", re.IGNORECASE)  # in tantivy's ValueErrors
SUSPECT = "suspect"  # a file beside the pointer: somebody asks for a check
SECONDS_BETWEEN_SUSPICIONS = 5
# An index of another version of the schema or of tantivy's files has a folder of its own, so that
# two versions of the hub can run side by side.
FOLDER = f"schema-{SCHEMA_VERSION}-format-" + (
    re.findall(r"index_format v(\d+)", tantivy.__version__) or ["unknown"])[0]


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


@dataclass(frozen=True)
class _Opened:
    """An index as it was opened or last reloaded: the stamps of pointer, meta.json and files."""

    pointer: checksums.Stamp
    meta: checksums.Stamp
    index: tantivy.Index
    folder: Path
    files: dict[str, checksums.Stamp]

    def is_as_opened(self) -> bool:
        """Whether nobody wrote into the files or took one away. tantivy maps them into memory,
        and reading beyond the end of a file that was cut short would end the process."""
        try:
            for path, known in self.files.items():  # before every search: without further calls
                found = os.stat(path)
                if (found.st_mtime_ns, found.st_ino, found.st_size) != known:
                    return False
        except OSError:
            return False
        return True


class _Damaged(IndexUnavailable):
    """A file of the index is not as tantivy wrote it."""


class TantivyEngine:
    """See ``search.engines.contract.Engine``; ``path`` is the index folder, created if missing."""

    def __init__(self, path):
        self.path = Path(path)
        self.schema = schema()
        self._state = None  # an _Opened
        self._damaged = None  # stamp of the pointer under which damage was detected
        self._suspected_at = None
        self._opening = threading.Lock()
        self._lock = WriteLock(self.path / "writer.lock")
        self._build_lock = WriteLock(self.path / "builder.lock")

    # Reading

    def folder(self) -> Path:
        """The folder of the index in use. Raises IndexUnavailable."""
        with self._asking():
            return self._current().folder

    def _index(self) -> tantivy.Index:
        return self._current().index

    def _current(self) -> _Opened:
        """The index in use, reloaded when any process committed since."""
        for _attempt in range(3):
            try:
                return self._open_current()
            except IndexUnavailable:
                # Another process may have swapped generations or merged files meanwhile: again.
                self._state = None
        try:
            return self._open_current()
        except _Damaged as error:
            self._damaged = _stamp_or_none(self.path / "current")
            self.suspect(error)
            raise

    def _open_current(self) -> _Opened:
        try:
            pointer = _stamp(self.path / "current")
            if pointer == self._damaged:
                raise IndexUnavailable("files of the index are damaged")
            state = self._state
            if state is None or state.pointer != pointer:
                with self._opening:
                    state = self._state
                    if state is None or state.pointer != pointer:
                        state = self._state = self._opened(pointer)
            if _stamp(state.folder / "meta.json") != state.meta:
                state.index.reload()
                state = self._state = replace(state, **_stamps_in(state.folder))
            if not state.is_as_opened():
                raise _Damaged("files of the index were changed")
            return state
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexUnavailable(str(error)) from error

    def _opened(self, pointer) -> _Opened:
        """The index that the pointer names, once its files are known to be right."""
        folder = self._current_folder()
        try:
            stamps = _stamps_in(folder)
            files = [Path(name) for name in stamps["files"]]
            ledger = checksums.Ledger(folder)
            if unknown := [path for path in files if not ledger.when(path)]:
                if wrong := ledger.damaged(unknown):
                    raise _Damaged(_told(wrong))
                ledger.save(path.name for path in files)
            index = _open(folder)
            _probe(index, self.schema)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise _Damaged(str(error)) from error
        return _Opened(pointer, index=index, folder=folder, **stamps)

    def _current_folder(self) -> Path:
        """The folder in use. Raises OSError, ValueError, KeyError, TypeError, IndexUnavailable."""
        named = json.loads((self.path / "current").read_text())
        if named["schema"] != SCHEMA_VERSION:
            raise IndexUnavailable("another version built the index")
        return self.path / named["generation"]

    @contextmanager
    def _asking(self):
        """Turn whatever tantivy raises into IndexUnavailable, and ask for a check.

        Other queries are still answered meanwhile: if one kind of query caused it, they can be.
        """
        try:
            yield
        except IndexUnavailable:
            raise
        except BaseException as error:
            if not _is_of_tantivy(error):
                raise
            self.suspect(error)
            raise IndexUnavailable(f"tantivy could not answer: {error}") from error

    @contextmanager
    def _committing(self):
        """Turn whatever tantivy raises while it writes into IndexUnavailable.

        An error of the system, such as a full disk, makes no index suspect: reading still works.
        """
        try:
            yield
        except IndexUnavailable:
            raise
        except BaseException as error:
            if not _is_of_tantivy(error):
                raise
            if not (isinstance(error, OSError) or SYSTEM_ERROR.search(str(error))):
                self.suspect(error)
            raise IndexUnavailable(f"tantivy could not write: {error}") from error

    def is_readable(self) -> bool:
        """Whether there is an index that can be read."""
        try:
            self.count()
        except IndexUnavailable:
            return False
        return True

    # Checking

    def suspect(self, reason) -> None:
        """Ask for a check of the files, by whichever process looks after the index."""
        now = time.monotonic()
        if self._suspected_at is None or now > self._suspected_at + SECONDS_BETWEEN_SUSPICIONS:
            self._suspected_at = now
            logger.error("The search index is suspect and will be checked: %s", reason)
            with contextlib.suppress(OSError):
                (self.path / SUSPECT).write_text(str(reason)[:1000])

    def is_suspect(self) -> bool:
        return (self.path / SUSPECT).exists()

    def clear(self) -> None:
        """Take a suspicion back: every process opens the index again."""
        with contextlib.suppress(OSError):
            (self.path / "current").touch()
        (self.path / SUSPECT).unlink(missing_ok=True)
        self._suspected_at = None

    def verify(self, max_bytes=None, older_than=0.0) -> dict[str, str]:
        """Read files and compare their checksums; name → what is wrong with it.

        All of them, or up to about ``max_bytes`` of those last verified more than ``older_than``
        seconds ago, those first that waited longest. Raises IndexUnavailable where there is none.
        """
        for attempt in range(3):
            folder = self._folder_to_check()
            try:
                files = checksums.segment_files(folder)
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                if self._folder_to_check() != folder:
                    continue
                return {"meta.json": str(error)}
            before = _stamp_or_none(folder / "meta.json")
            ledger = checksums.Ledger(folder)
            chosen = files
            if max_bytes is not None:
                chosen = _longest_unverified(files, ledger, max_bytes, time.time() - older_than)
            wrong = ledger.damaged(chosen)
            if wrong and attempt < 2 and _stamp_or_none(folder / "meta.json") != before:
                continue  # a commit took files away
            ledger.save(path.name for path in files)
            return wrong or self._wrong_answer()
        return {}

    def _folder_to_check(self) -> Path:
        try:
            return self._current_folder()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexUnavailable(str(error)) from error

    def _wrong_answer(self) -> dict[str, str]:
        """What a fresh look at the index says about its first entry, if that is wrong."""
        try:
            _probe(_open(self._current_folder()), self.schema)
        except BaseException as error:
            if not _is_of_tantivy(error):
                raise
            return {"the index": str(error)}
        return {}

    def set_aside(self) -> None:
        """Take the index out of use; the folder is kept for who wants to know why, one at most."""
        with self.writing(timeout=60):
            folder = None
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError, IndexUnavailable):
                folder = self._current_folder()
            (self.path / "current").unlink(missing_ok=True)
            generations.remove_set_aside(self.path)
            if folder is not None:
                generations.set_aside(folder)
            (self.path / SUSPECT).unlink(missing_ok=True)
        self._state = self._suspected_at = None

    def search(self, query: ParsedQuery, filters: Filters, offset=0, limit=10, facets=True):
        with self._asking():
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
        with self._asking():
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
        with self._asking():
            searcher = self._index().searcher()
            allowed = self._query(matching.filtered(matching.MatchAll(), filters))
            for name in matching.FIELD_WEIGHTS:
                for word, count in searcher.terms_with_prefix(name, "", filter_query=allowed):
                    counts[word] = max(count, counts.get(word, 0))
        counts.pop(fields.BREAK, None)
        return counts

    def digests(self):
        with self._asking():
            held = _digests(self._index())
        yield from held

    def close(self):
        self._state = None

    def count(self):
        with self._asking():
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

    def building(self, timeout=0.0):
        """Hold the lock of who builds this index; it ends with its process. May be nested in one
        thread. Raises TimeoutError."""
        return self._build_lock.held(timeout)

    @contextmanager
    def writing(self, timeout=10.0):
        """Hold the writer's lock against threads and processes; may be nested in one thread."""
        with self._lock.held(timeout):
            yield self

    def apply(self, upserts, delete_pages=(), delete_keys=()):
        with self.writing():
            with self._asking():
                index = self._index()
            # Built before tantivy's writer is opened: an error must not leave the writer open,
            # and an error in an entry must not be taken for damage of the index.
            documents = self._documents(upserts)
            with self._committing():
                self._write(index, documents, delete_pages, delete_keys)

    def _documents(self, entries):
        return [(entry.key, document_of(entry)) for entry in entries]

    def _write(self, index, documents, delete_pages=(), delete_keys=()):
        writer = index.writer(HEAP_BYTES, 1)
        try:
            self._commit(writer, documents, delete_pages, delete_keys)
        finally:
            del writer  # or the traceback of an error would keep tantivy's lock
        index.reload()

    def _commit(self, writer, documents, delete_pages, delete_keys):
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

    def rebuild(self, entries, before_swap=None):
        with generations.new_folder(self.path, self.writing) as folder:
            count = self._fill(folder, entries, before_swap)
        self._state = None
        return count

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
                before_swap(_NewIndex(self, index, folder))
            pointer = self.path / f"current.{folder.name}"
            pointer.write_text(json.dumps({"schema": SCHEMA_VERSION, "generation": folder.name}))
            pointer.replace(self.path / "current")
            generations.remove_all_but(self.path, folder.name)
        return count

    def tidy(self):
        """Delete what a process left that was killed while it rebuilt the index."""
        with contextlib.suppress(TimeoutError, OSError), self.writing(timeout=0):
            current = ""
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError, IndexUnavailable):
                current = self._current_folder().name
            generations.remove_all_but(self.path, current)


class _NewIndex:
    """The index being built, as ``before_swap`` sees it."""

    def __init__(self, engine, index, folder):
        self.engine, self.index, self.folder = engine, index, folder

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


def _stamps_in(folder) -> dict:
    """The stamps of meta.json and of the files that it names."""
    while True:
        meta = _stamp(folder / "meta.json")
        files = checksums.segment_files(folder)
        try:
            stamps = {str(path): checksums.stamp(path) for path in files}
        except FileNotFoundError:
            if _stamp(folder / "meta.json") == meta:
                raise
            continue
        if _stamp(folder / "meta.json") == meta:
            return {"meta": meta, "files": stamps}


def _probe(index, schema) -> None:
    """Ask for the first entry by its key. Raises ValueError when it is not found."""
    searcher = index.searcher()
    if not searcher.num_docs:
        return
    [(_score, address)] = searcher.search(tantivy.Query.all_query(), limit=1, count=False).hits
    document = searcher.doc(address)
    key = document.get_first("key")
    found = searcher.search(tantivy.Query.term_query(schema, "key", key), limit=1, count=False)
    if not found.hits or hit_of(bytes(document.get_first("shown")), 0.0).key != key:
        raise ValueError("an entry of the index is not found in it")


def _longest_unverified(files, ledger, max_bytes, before) -> list[Path]:
    waiting = sorted((ledger.when(path), path) for path in files)
    chosen, size = [], 0
    for moment, path in waiting:
        if moment > before or size >= max_bytes:
            break
        chosen.append(path)
        with contextlib.suppress(OSError):
            size += path.stat().st_size
    return chosen


def _told(wrong) -> str:
    return "; ".join(f"{name}: {problem}" for name, problem in sorted(wrong.items()))


def _is_of_tantivy(error) -> bool:
    """Whether tantivy may have raised it. pyo3's class for a Rust panic is not an Exception and
    cannot be imported."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


_stamp = checksums.stamp


def _stamp_or_none(path):
    try:
        return _stamp(path)
    except OSError:
        return None
