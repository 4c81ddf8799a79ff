"""The worker of background tasks, which outlives its database.

django-tasks-db ends its worker at the first error of the database that is not a lock, and marks a
task as failed that met one. Here the worker waits and goes on, and the task is taken up again.
"""

import logging
import time
from typing import Any

from django.db import connections
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from hub.processes.backoff import DATABASE_AWAY, Backoff

logger = logging.getLogger(__name__)
MAX_TRIES = 5  # of one task
AWAY = {f"{error.__module__}.{error.__qualname__}" for error in DATABASE_AWAY}


class TaskWorker(Worker):
    """A worker whose loop begins again when the database was away."""

    backoff = Backoff(longest=10.0)

    def run(self) -> None:
        while self.running:
            began = time.monotonic()
            try:
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

        Where the failure cannot even be written down, the task stays marked as running, and the
        schedule finds it (``requeue_lost_tasks``).
        """
        super().run_task(db_task_result)
        if (
            db_task_result.exception_class_path in AWAY
            and len(db_task_result.worker_ids) < MAX_TRIES
        ):
            failed = DBTaskResult.objects.filter(pk=db_task_result.pk, status="FAILED")
            failed.update(status="READY", started_at=None, finished_at=None)
