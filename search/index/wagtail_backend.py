"""Wagtail's own search (the editor's lists and choosers) on the hub's engine and segmentation.

It has an index of its own beside the public one, since editors find drafts and snippets too;
what each editor may see is left to the queryset that Wagtail passes, as with every backend.
"""

import fcntl

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from modelsearch.backends.base import (
    BaseIndex,
    BaseSearchBackend,
    BaseSearchQueryCompiler,
    BaseSearchResults,
    get_model_root,
)
from modelsearch.index import AutocompleteField, RelatedFields, SearchField
from modelsearch.query import And, Boost, MatchAll, Not, Or, Phrase, PlainText

from search.engines.contract import Entry, Filters, IndexUnavailable, Section
from search.engines.tantivy_engine import TantivyEngine
from search.query import planning

AUDIENCE = "editors"
MOST_MATCHES = 2000
_engines = {}


def editors_engine() -> TantivyEngine:
    """The index of the editor's search, made empty when there is none."""
    engine = _engine()
    try:
        engine.count()
    except IndexUnavailable:
        engine.rebuild([])
    return engine


def has_editors_index() -> bool:
    """Whether there is an index that can be read, and whose filling was not cut short."""
    try:
        return bool(_engine().count()) and not _unfinished().exists()
    except IndexUnavailable:
        return False


def ensure_current() -> None:
    """Fill the index anew when the process that was filling it is gone."""
    _engine().tidy()
    try:
        with open(_unfinished()) as left:
            fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (FileNotFoundError, BlockingIOError):
        return
    call_command("wagtail_update_index", verbosity=0, chunk_size=500)


def _unfinished():
    return _engine().path / "unfinished"


def _engine() -> TantivyEngine:
    path = settings.SEARCH_INDEX_DIR / "editors"
    if path not in _engines:
        _engines[path] = TantivyEngine(path)
    return _engines[path]


def _texts(obj, fields):
    """The title-like and the other texts of an object, by its declared search fields."""
    title, rest = [], []
    for field in fields:
        value = field.get_value(obj)
        if isinstance(field, RelatedFields):
            related = value.all() if hasattr(value, "all") else [value] if value else []
            for other in related:
                inner_title, inner = _texts(other, field.fields)
                rest += inner_title + inner
        elif isinstance(field, SearchField | AutocompleteField) and isinstance(value, str):
            is_name = field.field_name in ("title", "name", "name_th", "name_en")
            (title if is_name else rest).append(value)
    return title, rest


def _label(model) -> str:
    return get_model_root(model)._meta.label_lower


def _key(obj) -> str:
    return f"{_label(type(obj))}:{obj.pk}"


def _entry(obj) -> Entry:
    title, rest = _texts(obj, type(obj).get_search_fields())
    return Entry(
        key=_key(obj), kind="page", stage=_label(type(obj)), language="", summary="",
        title=" ".join(dict.fromkeys(title)), sections=[Section("", "", t) for t in rest],
        audience=AUDIENCE, site="", url="", page_id=obj.pk,
    )


class EditorsIndex(BaseIndex):
    """Objects of every indexed model in one tantivy index."""

    def add_items(self, model, items):
        editors_engine().apply([_entry(obj) for obj in items])

    def delete_item(self, item):
        # Not before the object is gone for good. What stays in the index after that does no
        # harm, for hits are looked up in the database.
        key = _key(item)
        transaction.on_commit(
            lambda: editors_engine().apply([], delete_keys=[key]), robust=True
        )

    def reset(self):
        editors_engine().rebuild([])


class Rebuilder:
    """``manage.py wagtail_update_index``: empties the index, then Wagtail adds all objects.

    A file locked by this process says meanwhile that the index is not whole.
    """

    def __init__(self, index):
        self.index = index
        self.unfinished = None

    def start(self):
        _engine().path.mkdir(parents=True, exist_ok=True)
        self.unfinished = open(_unfinished(), "w")  # noqa: SIM115 held until finish
        fcntl.flock(self.unfinished, fcntl.LOCK_EX)
        self.index.reset()
        return self.index

    def finish(self):
        _unfinished().unlink(missing_ok=True)
        self.unfinished.close()


class QueryCompiler(BaseSearchQueryCompiler):
    """Turns modelsearch's query objects into sets of primary keys, best first."""

    DEFAULT_OPERATOR = "and"
    HANDLES_ORDER_BY_EXPRESSIONS = True

    def check(self):
        """Filters stay with the database, so any field may be filtered and ordered by."""

    def primary_keys(self, asked=None) -> list[int] | None:
        """Matches of ``asked``, best first; None for everything."""
        asked = self.query if asked is None else asked
        if isinstance(asked, MatchAll):
            return None
        if isinstance(asked, Boost):
            return self.primary_keys(asked.subquery)
        if isinstance(asked, And | Or):
            return self._combined(asked)
        if isinstance(asked, Not):
            matched = set(self.primary_keys(asked.subquery) or [])
            return [pk for pk in self.queryset.values_list("pk", flat=True) if pk not in matched]
        if not isinstance(asked, PlainText | Phrase):
            raise NotImplementedError(f"{type(asked).__name__} is not supported.")
        return self._matches(asked.query_string)

    def _combined(self, asked):
        lists = [self.primary_keys(part) for part in asked.subqueries]
        if isinstance(asked, Or):
            if None in lists:
                return None
            return list(dict.fromkeys(pk for found in lists for pk in found))
        lists = [found for found in lists if found is not None]
        if not lists:
            return None
        return [pk for pk in lists[0] if all(pk in found for found in lists[1:])]

    def _matches(self, text):
        plan = planning.plan(text)
        if plan.is_empty:
            return []
        filters = Filters([AUDIENCE], stages=[_label(self.queryset.model)])
        answer = planning.run(
            editors_engine(), plan, filters, limit=MOST_MATCHES, facets=False,
            strategies=("phrase", "all"),
        )
        return [hit.page_id for hit in answer.hits]


class AutocompleteQueryCompiler(QueryCompiler):
    """The last word may be unfinished."""

    def _matches(self, text):
        found = super()._matches(text)
        filters = Filters([AUDIENCE], stages=[_label(self.queryset.model)])
        hits = editors_engine().suggest(text, filters, MOST_MATCHES)
        return list(dict.fromkeys(found + [hit.page_id for hit in hits]))


class Results(BaseSearchResults):
    """The matches that the queryset holds, in order of relevance or in the queryset's own."""

    def _queryset(self):
        keys = self.query_compiler.primary_keys()
        queryset = self.query_compiler.queryset
        return keys, queryset if keys is None else queryset.filter(pk__in=keys)

    def _do_search(self):
        keys, queryset = self._queryset()
        if self.prefetch_related:
            queryset = queryset.prefetch_related(*self.prefetch_related)
        if keys is None or not self.query_compiler.order_by_relevance:
            return queryset[self.start : self.stop]
        rank = {pk: number for number, pk in enumerate(keys)}
        present = sorted(queryset.order_by().values_list("pk", flat=True), key=rank.get)
        wanted = present[self.start : self.stop]
        found = {obj.pk: obj for obj in queryset.filter(pk__in=wanted)}
        return [found[pk] for pk in wanted if pk in found]

    def _do_count(self):
        return self._queryset()[1].count()


class SearchBackend(BaseSearchBackend):
    query_compiler_class = QueryCompiler
    autocomplete_query_compiler_class = AutocompleteQueryCompiler
    results_class = Results
    index_class = EditorsIndex
    rebuilder_class = Rebuilder
    catch_indexing_errors = True
