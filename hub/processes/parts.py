"""The three parts of a hub, as ``manage.py serve`` runs them."""

import sys

from hub import gunicorn_conf
from hub.processes.supervisor import Part


def parts() -> list[Part]:
    """The server, the worker of background tasks and the schedule, in the order of their end."""
    manage = [sys.executable, "manage.py"]
    return [
        Part(
            "The server", "เซิร์ฟเวอร์",
            [sys.executable, "-m", "gunicorn", "--config", "hub/gunicorn_conf.py", "hub.wsgi"],
            stop_seconds=gunicorn_conf.graceful_timeout + 10,
        ),
        # Longer than a task takes: reading a file ends after a minute.
        Part(
            "The worker of background tasks", "ตัวทำงานเบื้องหลัง",
            [*manage, "db_worker", "--interval", "0.5", "--verbosity", "0"], stop_seconds=90,
        ),
        Part("The schedule", "ตัวตั้งเวลา", [*manage, "keep_schedule"], stop_seconds=30),
    ]
