"""What the forms of one request name, asked about for all their fields and rows at once.

A form with rows has a chooser and a list of choices in each row. Left alone, every one of them asks
the database: whether its user may know the title, for the object, for the choices. The forms of a
request tell here that they exist; the first question is then asked for everything that they name.
Without a request nothing is shared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any

from django import forms
from django.core.exceptions import EmptyResultSet
from django.db import models
from django.forms.models import ModelChoiceIterator
from django.http import HttpRequest
from modelcluster.fields import ParentalManyToManyField
from modelcluster.forms import ClusterForm
from wagtail import blocks
from wagtail.admin.rich_text import DraftailRichTextArea
from wagtail.admin.widgets import BaseChooser
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.rich_text import extract_references_from_rich_text

from hub.access.choosing import (
    LONGEST_ID,
    Reference,
    choosable,
    current_request,
    knowable,
    reference,
)

Named = tuple[Any, Any]  # a model, and an id of it


def named_in(field: forms.Field, value: Any) -> list[Named]:
    """Model and id of everything that ``value``, cleaned by ``field``, posted or initial, names."""
    if value in (None, ""):
        return []
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        is_chooser = isinstance(field.widget, BaseChooser)
        model = field.widget.model_class if is_chooser else field.queryset.model
        if not is_chooser and reference(model, 0) is None:
            return []
        several = isinstance(field, forms.ModelMultipleChoiceField)
        return [(model, getattr(item, "pk", item)) for item in (value if several else [value])]
    if isinstance(field, blocks.BlockField):
        return named_in_block(field.block, value)
    if isinstance(field.widget, DraftailRichTextArea):
        found = extract_references_from_rich_text(str(value))
        return [(model, pk) for model, pk, *_path in found]
    return []


def named_in_block(block: blocks.Block, value: Any) -> list[Named]:
    """As ``named_in``, of the value of a block."""
    return [(model, pk) for model, pk, *_path in block.extract_references(value)]


def references_among(named: Iterable[Named]) -> frozenset[Reference]:
    """Those of ``named`` that not everybody may choose."""
    return frozenset(ref for model, pk in named if (ref := reference(model, pk)))


class Chosen:
    """What the forms of a request name: who may know or choose it, the objects, the choices."""

    def __init__(self) -> None:
        self._new_forms: list[ClusterForm] = []
        self._forms_posted: list[ClusterForm] = []
        self._shown: set[Reference] = set()
        self._objects_shown: dict[Any, set[int]] = defaultdict(set)
        self._objects: dict[tuple[Any, int], models.Model | None] = {}
        self._answers: dict[tuple[Any, Any, Reference], bool] = {}
        self._choices: dict[Any, list[Any]] = {}

    @classmethod
    def of(cls, request: HttpRequest) -> Chosen:
        kept: Chosen | None = getattr(request, "_hub_chosen", None)
        if kept is None:
            kept = request._hub_chosen = cls()  # type: ignore[attr-defined]
        return kept

    @classmethod
    def present(cls) -> Chosen | None:
        """Of the request that is answered now; None in commands and tasks."""
        request = current_request()
        return None if request is None else cls.of(request)

    def add(self, form: ClusterForm) -> None:
        self._new_forms.append(form)
        if form.is_bound:
            self._forms_posted.append(form)

    # Questions

    def knows(self, user: Any, ref: Reference) -> bool:
        """Whether ``user`` may see the title of ``ref``."""
        self._look_at_forms()
        return bool(self._among(knowable, user, [ref], self._shown))

    def choosable(self, user: Any, references: Iterable[Reference]) -> set[Reference]:
        """Those of ``references`` that ``user`` may choose."""
        references = list(references)
        posted: set[Reference] = set()
        if any((choosable, user.pk, ref) not in self._answers for ref in references):
            for form in self._forms_posted:
                posted |= references_among(_posted_in(form))
            self._forms_posted = []
        return self._among(choosable, user, references, posted)

    def _among(
        self, asked: Callable[..., set[Reference]], user: Any, references: list[Reference],
        others: set[Reference],
    ) -> set[Reference]:
        """``asked(user, references)``; asks about ``others`` in the same breath."""
        if any((asked, user.pk, ref) not in self._answers for ref in references):
            wanted = {
                ref for ref in others.union(references)
                if (asked, user.pk, ref) not in self._answers
            }
            found = asked(user, wanted)
            self._answers |= {(asked, user.pk, ref): ref in found for ref in wanted}
        return {ref for ref in references if self._answers[asked, user.pk, ref]}

    def find(self, model: Any, value: Any) -> Any:
        """The object of ``model`` that ``value``, an id or an object, stands for.

        None where no form names it; a page comes as its own type, with its parent.
        """
        pk = _whole_number(getattr(value, "pk", value))
        if pk is None:
            return None
        self._look_at_forms()
        stored = Page if issubclass(model, Page) else model
        if (stored, pk) not in self._objects and pk in self._objects_shown[stored]:
            wanted = [p for p in self._objects_shown[stored] if (stored, p) not in self._objects]
            found = {row.pk: row for row in _fetched(stored, wanted)}
            self._objects |= {(stored, p): found.get(p) for p in wanted}
        kept = self._objects.get((stored, pk))
        return kept if isinstance(kept, model) else None

    def choices(self, queryset: models.QuerySet[Any]) -> list[Any]:
        """The rows of ``queryset``, read once for all fields that offer the same."""
        self._look_at_forms()
        try:
            key = (queryset.model, queryset.db, queryset.query.sql_with_params())
        except EmptyResultSet:
            return []
        try:
            kept = self._choices.get(key)
        except TypeError:  # a parameter of the query that has no hash
            return list(queryset)
        if kept is None:
            kept = self._choices[key] = list(queryset)
        return kept

    # Forms

    def _look_at_forms(self) -> None:
        new, self._new_forms = self._new_forms, []
        _read_rows_of_rows(new)
        for form in new:
            named = _shown_in(form)
            self._shown |= references_among(named)
            for model, value in named:
                pk = _whole_number(value)
                if isinstance(model, type) and pk is not None:
                    self._objects_shown[Page if issubclass(model, Page) else model].add(pk)


def _whole_number(value: Any) -> int | None:
    """``value``, if it is an id that a database takes."""
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID else None


def _names_anything(field: forms.Field) -> bool:
    return (
        isinstance(field, forms.ModelChoiceField | blocks.BlockField)
        or isinstance(field.widget, DraftailRichTextArea)
    )


def _shown_in(form: ClusterForm) -> list[Named]:
    found = []
    for name, field in form.fields.items():
        if _names_anything(field):
            found += named_in(field, form[name].value())
    return found


def _posted_in(form: ClusterForm) -> list[Named]:
    found = []
    for name, field in form.fields.items():
        if _names_anything(field) and not field.disabled:
            found += named_in(field, form[name].data)
    return found


def _fetched(model: Any, pks: list[int]) -> Iterable[Any]:
    rows = model.objects.filter(pk__in=pks)
    if model is Page:
        return _with_parents(list(rows.specific(defer=True)))
    if model is get_image_model():
        rows = rows.prefetch_renditions()
    return rows


def _with_parents(pages: list[Any]) -> list[Any]:
    """``pages``, each of which knows its parent without asking for it."""
    paths = {page.path: page._get_basepath(page.path, page.depth - 1) for page in pages}
    parents = {p.path: p for p in Page.objects.filter(path__in=set(paths.values()))}
    for page in pages:
        if parent := parents.get(paths[page.path]):
            page._cached_parent_obj = parent  # where treebeard keeps it
    return pages


def _read_rows_of_rows(rows: Iterable[ClusterForm]) -> None:
    """Read many-to-many rows, as the parties of clauses, for all ``rows`` of a form at once."""
    waiting: dict[Any, list[ClusterForm]] = defaultdict(list)
    for form in rows:
        for name, value in form.initial.items():
            if isinstance(value, models.QuerySet) and value._result_cache is None:
                field = form._meta.model._meta.get_field(name)
                is_row = form.instance.pk and not isinstance(form.instance, Page)
                if is_row and isinstance(field, ParentalManyToManyField):
                    waiting[field].append(form)
    for field, waiting_forms in waiting.items():
        links = field.remote_field.through._base_manager.filter(
            **{f"{field.m2m_field_name()}__in": [form.instance.pk for form in waiting_forms]}
        ).values_list(field.m2m_column_name(), field.m2m_reverse_name())
        targets: dict[Any, set[Any]] = defaultdict(set)
        for source, target in links:
            targets[source].add(target)
        among = field.related_model._default_manager.filter(
            pk__in=set().union(*targets.values()))
        ordered = list(among) if targets else []
        for form in waiting_forms:
            of_row = targets[form.instance.pk]
            form.initial[field.name] = [target for target in ordered if target.pk in of_row]


# What forms and choosers do otherwise


def _remembered(build: Callable[..., None]) -> Callable[..., None]:
    @wraps(build)
    def build_and_remember(form: ClusterForm, *args: Any, **kwargs: Any) -> None:
        build(form, *args, **kwargs)
        if chosen := Chosen.present():
            chosen.add(form)

    return build_and_remember


def _found_together(get_instance: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(get_instance)
    def instance_found_together(chooser: Any, value: Any) -> Any:
        chosen = Chosen.present()
        if chosen is None or value in (None, ""):
            return get_instance(chooser, value)
        return chosen.find(chooser.model_class, value) or get_instance(chooser, value)

    return instance_found_together


def _read_once(iterate: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    @wraps(iterate)
    def choices_read_once(choices: ModelChoiceIterator[Any]) -> Iterator[Any]:
        chosen = Chosen.present()
        if chosen is None:
            yield from iterate(choices)
            return
        if choices.field.empty_label is not None:
            yield ("", choices.field.empty_label)
        for row in chosen.choices(choices.queryset):
            yield choices.choice(row)

    return choices_read_once


def install() -> None:
    """Let forms ask together; called once, when the apps are ready."""
    for owner, name, together in (
        (ClusterForm, "__init__", _remembered),
        (BaseChooser, "get_instance", _found_together),
        (ModelChoiceIterator, "__iter__", _read_once),
    ):
        setattr(owner, name, together(getattr(owner, name)))
