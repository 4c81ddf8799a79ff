"""The worker of background tasks, which outlives its database.

django-tasks-db ends its worker at the first error of the database that is not a lock, and marks a
task as failed that met one. Here the worker waits and goes on, and the task is taken up again.
"""

import logging
import time
from typing import Any

from django.db import connections
from django.db.models import Q
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from hub.processes import last_seen
from hub.processes.backoff import DATABASE_AWAY, Backoff
from hub.processes.memory import Growth, give_back

logger = logging.getLogger(__name__)
MAX_TRIES = 5  # of one task
AWAY = {f"{error.__module__}.{error.__qualname__}" for error in DATABASE_AWAY}


class TaskWorker(Worker):
    """A worker whose loop begins again when the database was away, and which ends between two tasks
    when they have left too much in memory."""

    backoff = Backoff(longest=10.0)
    growth: Growth | None = None
    _unfinished: DBTaskResult[Any, Any] | None = None
    _running = False

    @property
    def running(self) -> bool:
        """Whether to go on. The loop asks before each look for a task: it is noted as at work."""
        if self._running:
            last_seen.note(last_seen.WORKER)
        return self._running

    @running.setter
    def running(self, running: bool) -> None:
        self._running = running

    def run(self) -> None:
        self.growth = Growth()
        while self.running:
            began = time.monotonic()
            try:
                self._restart_unfinished()
                return super().run()
            except DATABASE_AWAY as error:
                connections.close_all()
                if time.monotonic() - began > self.backoff.longest:
                    self.backoff.reset()
                seconds = self.backoff.next()
                logger.warning(
                    "The database is away (%s); the worker goes on in %.0f s.",
                    str(error).strip(), seconds,
                )
                time.sleep(seconds)

    def run_task(self, db_task_result: DBTaskResult[Any, Any]) -> None:
        """Run the task; one that failed because the database was away is run again.

        Where the failure cannot even be written down, the task stays marked as running until the
        loop begins again, or until the schedule finds it if this process is killed meanwhile
        (``requeue_lost_tasks``).
        """
        self._unfinished = db_task_result
        mark_failed = db_task_result.set_failed

        def log_and_mark_failed(error: BaseException) -> None:
            if not isinstance(error, DATABASE_AWAY):
                logger.error("The task %s failed.", db_task_result.task_path, exc_info=error)
            mark_failed(error)

        # The library keeps the error to itself at the verbosity of a service.
        db_task_result.set_failed = log_and_mark_failed
        super().run_task(db_task_result)
        if db_task_result.exception_class_path in AWAY:
            self._restart_unfinished()
        self._unfinished = None
        give_back()
        if self.growth and self.growth.is_too_much():
            self.running = False

    def _restart_unfinished(self) -> None:
        task = self._unfinished
        if task and len(task.worker_ids) < MAX_TRIES:
            lost = Q(status="RUNNING") | Q(status="FAILED", exception_class_path__in=AWAY)
            DBTaskResult.objects.filter(lost, pk=task.pk).update(
                status="READY", started_at=None, finished_at=None)
        self._unfinished = None
