"""The search backend of Wagtail's admin (lists and choosers), with the hub's own engine.

It has an index of its own beside the public one, since editors find drafts and snippets too. What
each editor may see is decided by the queryset that Wagtail passes, as with every backend. While
there is no complete index, the database is asked for names with the words.
"""

import fcntl
import logging

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.db.models import CharField, Q, TextField
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
from search.engines.tantivy_engine import FOLDER, TantivyEngine
from search.index import upkeep
from search.query import planning

logger = logging.getLogger(__name__)
AUDIENCE = "editors"
NAMES = ("title", "name", "name_th", "name_en")
MAX_MATCHES = 2000
_engines = {}


def editors_engine() -> TantivyEngine:
    """The index of the editors' search; where it is missing, an empty one that is to be filled."""
    engine = _engine()
    try:
        engine.count()
    except IndexUnavailable:
        engine.path.mkdir(parents=True, exist_ok=True)
        _incomplete_marker().touch()
        engine.rebuild([])
    return engine


def has_editors_index() -> bool:
    """Whether there is a readable index that was filled completely."""
    try:
        return bool(_engine().count()) and not _incomplete_marker().exists()
    except IndexUnavailable:
        return False


def look_after() -> None:
    """Set the index aside when it is damaged. Fill it where there is none, or when the process that
    was filling it has ended."""
    engine = _engine()
    engine.tidy()
    try:
        with engine.building():
            if problem := upkeep.check_and_mend(engine):
                logger.error("The editors' index was damaged and is filled again: %s", problem)
            if not engine.is_readable():
                editors_engine()
            if _is_abandoned():
                call_command("wagtail_update_index", verbosity=0, chunk_size=500)
    except TimeoutError:
        return  # another process looks after it


def _is_abandoned() -> bool:
    """Whether the index is incomplete and no process is filling it."""
    try:
        with open(_incomplete_marker()) as marker:
            fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (FileNotFoundError, BlockingIOError):
        return False
    return True


def _incomplete_marker():
    return _engine().path / "incomplete"


def _engine() -> TantivyEngine:
    path = settings.SEARCH_INDEX_DIR / FOLDER / "editors"
    if path not in _engines:
        _engines[path] = TantivyEngine(path)
    return _engines[path]


def _texts(obj, fields):
    """The names and the other texts of an object, from its search fields."""
    title, rest = [], []
    for field in fields:
        value = field.get_value(obj)
        if isinstance(field, RelatedFields):
            related = value.all() if hasattr(value, "all") else [value] if value else []
            for other in related:
                inner_title, inner = _texts(other, field.fields)
                rest += inner_title + inner
        elif isinstance(field, SearchField | AutocompleteField) and isinstance(value, str):
            is_name = field.field_name in NAMES
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
        # Only when the deletion commits. An entry left in the index does no harm, because hits
        # are looked up in the database.
        key = _key(item)
        transaction.on_commit(
            lambda: editors_engine().apply([], delete_keys=[key]), robust=True
        )

    def reset(self):
        editors_engine().rebuild([])


class Rebuilder:
    """``manage.py wagtail_update_index``: empties the index, then Wagtail adds all objects.

    A file locked by this process marks the index as incomplete meanwhile.
    """

    def __init__(self, index):
        self.index = index
        self.marker = None

    def start(self):
        _engine().path.mkdir(parents=True, exist_ok=True)
        self.marker = open(_incomplete_marker(), "w")  # noqa: SIM115 held until finish
        fcntl.flock(self.marker, fcntl.LOCK_EX)
        self.index.reset()
        return self.index

    def finish(self):
        _incomplete_marker().unlink(missing_ok=True)
        self.marker.close()


class QueryCompiler(BaseSearchQueryCompiler):
    """Turns modelsearch's query objects into sets of primary keys, best first."""

    DEFAULT_OPERATOR = "and"
    HANDLES_ORDER_BY_EXPRESSIONS = True

    def check(self):
        """The database filters and orders, so any field is allowed."""

    def primary_keys(self, query=None) -> list[int] | None:
        """Matches of ``query``, best first; None for everything."""
        query = self.query if query is None else query
        if isinstance(query, MatchAll):
            return None
        if isinstance(query, Boost):
            return self.primary_keys(query.subquery)
        if isinstance(query, And | Or):
            return self._combined(query)
        if isinstance(query, Not):
            matched = set(self.primary_keys(query.subquery) or [])
            return [pk for pk in self.queryset.values_list("pk", flat=True) if pk not in matched]
        if not isinstance(query, PlainText | Phrase):
            raise NotImplementedError(f"{type(query).__name__} is not supported.")
        return self._matches(query.query_string)

    def _combined(self, query):
        lists = [self.primary_keys(part) for part in query.subqueries]
        if isinstance(query, Or):
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
        try:
            if has_editors_index():
                return self._ask_index(plan)
        except IndexUnavailable:
            pass  # the engine has asked for a check
        return self._named(plan)

    def _ask_index(self, plan):
        filters = Filters([AUDIENCE], stages=[_label(self.queryset.model)])
        answer = planning.run(
            _engine(), plan, filters, limit=MAX_MATCHES, facets=False,
            strategies=("phrase", "all"),
        )
        return [hit.page_id for hit in answer.hits]

    def _named(self, plan) -> list[int]:
        """Keys of what has all the words in its names, or, where it has none, in its texts."""
        model = self.queryset.model
        stored = {f.name for f in model._meta.fields if isinstance(f, CharField | TextField)}
        texts = [f.field_name for f in model.get_search_fields()
                 if isinstance(f, SearchField | AutocompleteField) and f.field_name in stored]
        texts = [name for name in texts if name in NAMES] or texts
        found = self.queryset if texts else self.queryset.none()
        for word in plan.words:
            has_word = Q()
            for name in texts:
                has_word |= Q(**{f"{name}__icontains": word})
            found = found.filter(has_word)
        return list(found.order_by("-pk").values_list("pk", flat=True)[:MAX_MATCHES])


class AutocompleteQueryCompiler(QueryCompiler):
    """Also matches titles whose last word is not finished yet."""

    def _ask_index(self, plan):
        found = super()._ask_index(plan)
        filters = Filters([AUDIENCE], stages=[_label(self.queryset.model)])
        hits = _engine().suggest(plan.text, filters, MAX_MATCHES)
        return list(dict.fromkeys(found + [hit.page_id for hit in hits]))


class Results(BaseSearchResults):
    """The matches within the queryset, by relevance or in the queryset's order."""

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
