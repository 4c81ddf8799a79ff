"""Whether everything that a stored draft names by key is still there, asked once for all its rows.

A page with unpublished changes is rebuilt from its last revision. modelcluster then looks for every
object that the page and each of its rows name, one after the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from modelcluster.models import get_all_child_relations

Keys = tuple[type[models.Model], str]  # a model, and the name of its field that keys refer to


def all_are_there(model: type[models.Model], data: dict[str, Any]) -> bool:
    """Whether each key in ``data``, a serialised ``model`` with its rows, leads somewhere.

    One query for each model that is named. ValidationError for a key of the wrong kind, as from
    modelcluster.
    """
    named: dict[Keys, set[Any]] = defaultdict(set)
    for keys, value in _named_in(model, data):
        named[keys].add(value)
    return all(
        values <= set(
            of._default_manager.filter(**{f"{field}__in": values}).values_list(field, flat=True)
        )
        for (of, field), values in named.items()
    )


def _named_in(model: type[models.Model], data: dict[str, Any]) -> Iterator[tuple[Keys, Any]]:
    for name, value in data.items():
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            continue  # a field of an earlier version
        if value is not None and isinstance(field, models.ForeignKey):
            target = field.target_field
            yield (field.related_model, target.name), target.to_python(value)
    for relation in get_all_child_relations(model):
        for row in data.get(relation.get_accessor_name(), ()):
            yield from _named_in(relation.related_model, row)
