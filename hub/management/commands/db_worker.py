"""The worker of django-tasks-db, which here outlives its database."""

from django_tasks_db.management.commands import db_worker

from hub.processes.task_worker import TaskWorker

# The command has no option for the class of its worker.
db_worker.Worker = TaskWorker


class Command(db_worker.Command):
    """Found before the command of django-tasks-db, because ``hub`` stands first in the apps."""
