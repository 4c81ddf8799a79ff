"""Tasks of Wagtail about an object that is gone when they run end quietly.

A page that is published again replaces its inline objects, so what was enqueued for the former ones
finds nothing, and there is nothing to do. The library's functions raise an error then, which would
stand among the tasks that failed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.apps import apps
from modelsearch.tasks import insert_or_update_object_task
from wagtail.tasks import update_reference_index_task

GONE = "gone"
TASKS = (update_reference_index_task, insert_or_update_object_task)  # of one object, by its key


def ending_when_gone(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` of a label, a model's name and a key; GONE where no object has the key."""

    @wraps(function)
    def run(app_label: str, model_name: str, pk: Any) -> Any:
        model = apps.get_model(app_label, model_name)
        try:
            return function(app_label, model_name, pk)
        except model.DoesNotExist:
            if model.objects.filter(pk=pk).exists():
                raise
            return GONE

    return run


def end_quietly() -> None:
    for task in TASKS:
        if not hasattr(task.func, "__wrapped__"):
            # Everybody who enqueues or runs the task has this object, which is frozen.
            object.__setattr__(task, "func", ending_when_gone(task.func))
