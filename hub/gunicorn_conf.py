"""How gunicorn serves the hub; every value can be set by the environment variable beside it."""

import os
import resource

# The settings are read by what is imported next: texts in the language of the site.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")

from hub.metrics import folder
from hub.processes.memory import Growth
from hub.web.concurrency_limit import MAX_CONCURRENT, MAX_STREAMS, MAX_WAITING
from hub.web.request_body import MAX_LARGE_BODIES

REQUESTS_BETWEEN_LOOKS = 100  # at the memory of a process

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
# Two processes by default: the GIL keeps one process on one core.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# A thread for each response that is being built (WEB_THREADS) or sent (WEB_DOWNLOADS), each that
# waits to be built, and each large body that is being read; the others are for /livez, /readyz and
# refusals. So whatever the first four hold, those answer.
worker_class = "hub.web.worker.Worker"
preload_app = True  # the processes share the memory of what is loaded before they are forked
threads = MAX_CONCURRENT + MAX_STREAMS + MAX_WAITING + MAX_LARGE_BODIES + 16
worker_connections = threads + 1000
timeout = 60
graceful_timeout = 10
keepalive = 15
max_requests = 200_000  # restarts a process now and then, which bounds memory leaks
max_requests_jitter = 20_000
loglevel = os.environ.get("LOG_LEVEL", "warning")
accesslog = "-" if os.environ.get("ACCESS_LOG") else None


def on_starting(server):
    """Allow enough open files: each connection is one, and so is each part of the index. Make the
    folder in which all processes count."""
    if os.environ.get("METRICS_TOKEN"):
        folder.begin(bind)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 8 * worker_connections
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def post_worker_init(worker):
    """Have the application warm up in the new process, and look how it grows."""
    worker.growth = Growth()
    warm_up = getattr(worker.app.wsgi(), "warm_up", None)
    if warm_up:
        warm_up()


def post_request(worker, request, environ, response):
    """Replace a process that has grown too much, as after ``max_requests``."""
    if worker.nr % REQUESTS_BETWEEN_LOOKS == 0 and worker.growth.is_too_much():
        worker.alive = False


def on_exit(server):
    """Nothing is left of what the processes counted."""
    folder.end()


def when_ready(server):
    """Say where to go, once the address answers."""
    address = os.environ.get("BASE_URL", f"http://{bind}")
    print(
        f"\n  The hub is ready     {address}/        (English: {address}/en/)"
        f"\n  Editor's sign-in     {address}/admin/"
        "\n  Stop with Ctrl-C.\n",
        flush=True,
    )
