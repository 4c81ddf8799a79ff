"""The WSGI application that gunicorn serves."""

import os
from threading import Thread

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")
application = get_wsgi_application()

from hub.changelog.recording import process_started  # noqa: E402 - apps are loaded only now
from hub.processes import memory  # noqa: E402

memory.share()


def warm_up() -> None:
    """Let the apps warm up in the background, so that the first requests do not wait; called in
    each process of the server, not in the one that forks them."""
    Thread(target=process_started.send_robust, args=(type(application),), daemon=True).start()


application.warm_up = warm_up
