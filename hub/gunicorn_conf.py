"""How gunicorn serves the hub; every value can be set by the environment variable beside it."""

import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
# Two processes by default: the GIL keeps one process on one core.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# A thread for each response that is being sent, so that slow downloads delay no pages; how many
# build a response at a time, WEB_THREADS, is limited by hub/web/concurrency_limit.py.
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "8")) + int(os.environ.get("WEB_DOWNLOADS", "200")) + 8
timeout = 60
graceful_timeout = 10
keepalive = 15
max_requests = 200_000  # restarts a process now and then, which bounds memory leaks
max_requests_jitter = 20_000
loglevel = os.environ.get("LOG_LEVEL", "warning")
accesslog = "-" if os.environ.get("ACCESS_LOG") else None


def when_ready(server):
    """Say where to go, once the address answers."""
    address = os.environ.get("BASE_URL", f"http://{bind}")
    print(
        f"\n  The hub is ready     {address}/        (English: {address}/en/)"
        f"\n  Editor's sign-in     {address}/admin/"
        "\n  Stop with Ctrl-C.\n",
        flush=True,
    )
