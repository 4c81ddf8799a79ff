"""Fills a hub with copies of its knowledge pages, table by table: 10,000 pages in about a minute.

Each round copies every live page with its rows, topics and chain. What names a page or a row that
is copied too names its copy of the same round, so no page gets more replications or links than
the original has. Copies have no drafts and no earlier versions.
"""

import uuid
from collections import defaultdict
from datetime import time

from django.db import connection, models, transaction
from modelcluster.models import get_all_child_relations
from wagtail.models import Page

from hub.models import KnowledgePage

LEFT_EMPTY = {"latest_revision_id", "live_revision_id", "alias_of_id", "locked_by_id", "locked_at"}
ROWS_AT_ONCE = 20_000


def fill(count):
    """Copy live pages until the hub has ``count`` pages; then build the indexes anew."""
    missing = count - Page.objects.count()
    if missing > 0:
        with transaction.atomic():
            _Copier().copy(missing)


class _Copier:
    def __init__(self):
        self.pages = list(KnowledgePage.objects.live().specific().order_by("path"))
        self.rows = defaultdict(dict)  # model → primary key → values by column
        self.joins = defaultdict(list)  # model of a many-to-many relation → values by column
        for page in self.pages:
            self._read_page(page)
        self.written = defaultdict(list)
        self.last_pk = {}
        self.last_step = {}
        self.url_paths = dict(Page.objects.values_list("path", "url_path"))

    # What there is

    def _read_page(self, page):
        for model in (Page, KnowledgePage, type(page)):
            self._read_rows(model, model._meta.pk.column, page.pk)
        for relation in get_all_child_relations(type(page)):
            if not relation.related_model.__module__.startswith("wagtail."):
                self._read_rows(relation.related_model, relation.field.column, page.pk)

    def _read_rows(self, model, column, value):
        for row in _select(model, column, value):
            pk = row[model._meta.pk.column]
            self.rows[model][pk] = row
            for field in model._meta.local_many_to_many:
                through = field.remote_field.through
                if through._meta.auto_created:
                    self.joins[through] += _select(through, field.m2m_column_name(), pk)

    # Copies

    def copy(self, missing):
        for number in range(-(-missing // len(self.pages))):
            kept = {page.pk for page in self.pages[: missing - number * len(self.pages)]}
            self._copy_round(number, kept)
            if sum(map(len, self.written.values())) > ROWS_AT_ONCE:
                self._write()
        self._write()
        self._count_children()

    def _copy_round(self, number, kept):
        """The pages ``kept`` and their rows, once more."""
        self.uuids = defaultdict(lambda: uuid.uuid4().hex)
        chosen = {
            (model, pk): row for model, rows in self.rows.items() for pk, row in rows.items()
            if self._page_of(model, pk, row) in kept
        }
        self.copies = {(_root(model), pk): self._next_pk(model) for model, pk in chosen
                       if not model._meta.parents}
        self.paths = {}
        for (model, _pk), row in chosen.items():
            copy = self._copied(model, row)
            if model is Page:
                self._place(copy, row, number)
            self.written[model].append(copy)
        for through, joins in self.joins.items():
            for row in joins:
                copy = self._copied(through, row)
                if copy != row:
                    copy["id"] = self._next_pk(through)
                    self.written[through].append(copy)

    def _page_of(self, model, pk, row):
        if issubclass(model, Page):
            return pk
        return next(row[field.column] for field in model._meta.concrete_fields
                    if field.is_relation and issubclass(field.related_model, KnowledgePage)
                    and field.name in ("page", "knowledgepage_ptr"))

    def _copied(self, model, row):
        copy = dict(row)
        for field in model._meta.local_concrete_fields:
            value = row[field.column]
            if value is None or field.column in LEFT_EMPTY:
                copy[field.column] = None
            elif field.is_relation:
                copy[field.column] = self.copies.get((_root(field.related_model), value), value)
            elif field.primary_key:
                copy[field.column] = self.copies.get((_root(model), value), value)
            elif isinstance(field, models.UUIDField):
                copy[field.column] = self.uuids[str(value)]
        return copy

    def _place(self, copy, row, number):
        parent = row["path"][:-Page.steplen]
        parent = self.paths.get(parent, parent)
        copy["path"] = self.paths[row["path"]] = parent + self._next_step(parent)
        copy["slug"] = f"{row['slug'][:240]}-copy-{number}"
        copy["url_path"] = f"{self.url_paths[parent]}{copy['slug']}/"
        self.url_paths[copy["path"]] = copy["url_path"]

    def _next_pk(self, model):
        if model not in self.last_pk:
            self.last_pk[model] = model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0
        self.last_pk[model] += 1
        return self.last_pk[model]

    def _next_step(self, parent):
        if parent not in self.last_step:
            below = Page.objects.filter(
                path__startswith=parent, depth=len(parent) // Page.steplen + 1)
            last = below.aggregate(last=models.Max("path"))["last"]
            self.last_step[parent] = Page._str2int(last[-Page.steplen:]) if last else 0
        self.last_step[parent] += 1
        return Page._int2str(self.last_step[parent]).rjust(Page.steplen, Page.alphabet[0])

    # The database

    def _write(self):
        quoted = connection.ops.quote_name
        with connection.cursor() as cursor:
            for model in sorted(self.written, key=lambda model: len(model.mro())):
                rows, columns = self.written[model], list(self.written[model][0])
                cursor.executemany(
                    f"INSERT INTO {quoted(model._meta.db_table)} "
                    f"({', '.join(map(quoted, columns))}) "
                    f"VALUES ({', '.join(['%s'] * len(columns))})",
                    [[row[column] for column in columns] for row in rows],
                )
        self.written.clear()

    def _count_children(self):
        children = defaultdict(int)
        for path in Page.objects.values_list("path", flat=True):
            children[path[:-Page.steplen]] += 1
        for page in Page.objects.only("path", "numchild"):
            if page.numchild != children[page.path]:
                Page.objects.filter(pk=page.pk).update(numchild=children[page.path])


def _root(model):
    """The model whose primary key ``model`` shares."""
    return Page if issubclass(model, Page) else model


def _select(model, column, value):
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM {quoted(model._meta.db_table)} WHERE {quoted(column)} = %s", [value])
        names = [each[0] for each in cursor.description]
        # SQLite gives times, and takes none.
        return [
            {name: str(value) if isinstance(value, time) else value
             for name, value in zip(names, row, strict=True)}
            for row in cursor.fetchall()
        ]
