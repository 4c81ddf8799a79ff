"""The three parts of a hub, as ``manage.py serve`` runs them."""

from django.core.management import execute_from_command_line
from gunicorn.app.wsgiapp import run as run_gunicorn

from hub import gunicorn_conf
from hub.processes.supervisor import Part


def parts() -> list[Part]:
    """The server, the worker of background tasks and the schedule, in the order of their end."""
    return [
        Part(
            "The server", "เซิร์ฟเวอร์",
            run_gunicorn, ["gunicorn", "--config", "hub/gunicorn_conf.py", "hub.wsgi"],
            stop_seconds=gunicorn_conf.graceful_timeout + 10,
        ),
        # Longer than a task takes: reading a file ends after a minute.
        Part(
            "The worker of background tasks", "ตัวทำงานเบื้องหลัง",
            execute_from_command_line,
            ["manage.py", "db_worker", "--interval", "0.5", "--verbosity", "0"], stop_seconds=90,
        ),
        Part(
            "The schedule", "ตัวตั้งเวลา",
            execute_from_command_line, ["manage.py", "keep_schedule"], stop_seconds=30,
        ),
    ]
