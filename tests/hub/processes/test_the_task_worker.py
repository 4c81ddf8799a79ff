"""A task is run again at once when the database went away under it; a real failure is not."""

import pytest
from django.db import OperationalError
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from hub.processes.backoff import Backoff
from hub.processes.task_worker import MAX_TRIES, TaskWorker

pytestmark = pytest.mark.django_db(transaction=True)
calls = []


@task
def note(errors: list) -> None:
    """Fails with the error named by ``errors`` at each call, then succeeds."""
    calls.append(errors)
    if len(calls) <= len(errors):
        raise {"away": OperationalError, "wrong": ValueError}[errors[len(calls) - 1]]("test")


@pytest.fixture(autouse=True)
def worker(db, settings, monkeypatch):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    DBTaskResult.objects.all().delete()
    calls.clear()
    monkeypatch.setattr(TaskWorker, "backoff", Backoff(first=0, longest=0))
    return TaskWorker(
        queue_names=["default"], interval=0, batch=True, backend_name="default",
        startup_delay=False, max_tasks=None, worker_id="test", excluded_queue_names=[])


def failing(monkeypatch, name, times):
    """The database is away when ``DBTaskResult.<name>`` is called, ``times`` times."""
    real, left = getattr(DBTaskResult, name), [times]

    def method(self, *arguments):
        if left[0]:
            left[0] -= 1
            raise OperationalError("away")
        return real(self, *arguments)

    monkeypatch.setattr(DBTaskResult, name, method)


@pytest.mark.parametrize(("errors", "status", "tries"), [
    ([], "SUCCESSFUL", 1), (["away"], "SUCCESSFUL", 2), (["wrong"], "FAILED", 1),
    (["away"] * MAX_TRIES, "FAILED", MAX_TRIES),
])
def test_only_errors_of_the_database_are_tried_again(worker, errors, status, tries):
    note.enqueue(errors=errors)
    worker.run()
    result = DBTaskResult.objects.get()
    assert (result.status, len(calls), len(result.worker_ids)) == (status, tries, tries)


def test_a_result_that_could_not_be_written_is_tried_again_at_once(worker, monkeypatch):
    failing(monkeypatch, "set_successful", 1)
    failing(monkeypatch, "set_failed", 1)
    note.enqueue(errors=[])
    worker.run()
    assert DBTaskResult.objects.get().status == "SUCCESSFUL"
    assert len(calls) == 2


def test_a_failure_that_could_not_be_written_is_tried_until_it_is(worker, monkeypatch):
    failing(monkeypatch, "set_failed", 2)
    note.enqueue(errors=["wrong"] * 3)
    worker.run()
    result = DBTaskResult.objects.get()
    assert (result.status, len(calls)) == ("FAILED", 3)
    assert result.exception_class_path == "builtins.ValueError"
