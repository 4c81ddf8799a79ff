"""What the demonstration leaves to the worker succeeds: a list of failed tasks is no noise."""

import pytest
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from demonstration.loader import Loader

pytestmark = [pytest.mark.django_db, pytest.mark.thorough, pytest.mark.editors_search]


def test_no_task_of_the_demonstration_fails(hub, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    Loader().load()
    waiting = DBTaskResult.objects.ready()
    kinds = set(waiting.values_list("task_path", flat=True))
    assert waiting.count() > 1000 and {
        "wagtail.tasks.update_reference_index_task",
        "modelsearch.tasks.insert_or_update_object_task",
        "search.extraction.tasks.extract_text",
    } <= kinds
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    assert not DBTaskResult.objects.exclude(status="SUCCESSFUL").exists()
    # Inline objects that a page has replaced: what the tasks would fail on.
    assert DBTaskResult.objects.filter(return_value="gone").exists()
