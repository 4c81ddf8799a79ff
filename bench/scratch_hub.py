"""A hub of its own in a temporary folder, for one benchmark, and what the figures share."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def in_environment() -> None:
    """Start again with the repository's environment when its packages are not at hand."""
    python = ROOT / ".venv/bin/python"
    if sys.prefix == sys.base_prefix and python.exists():
        os.execv(python, [str(python), *sys.argv])
    sys.path.insert(0, str(ROOT))


@contextmanager
def scratch_hub():
    """Set Django up on a fresh SQLite database; yields the Thai home page."""
    folder = tempfile.mkdtemp(prefix="hub-bench-")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "hub.settings", "DEVELOPMENT": "1", "DATA_DIR": folder,
        "DATABASE_URL": f"sqlite:///{folder}/hub.sqlite3",
        "TASKS_BACKEND": "django_tasks.backends.dummy.DummyBackend",
    }
    import logging

    import django

    django.setup()
    logging.disable(logging.WARNING)  # the index that is not there yet is no news here
    from django.core.management import call_command

    from hub.models import HomePage
    from hub.reference.loading import load_reference

    try:
        call_command("migrate", verbosity=0)
        load_reference()
        yield HomePage.objects.get(locale__language_code="th")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def served_hub(port):
    """The demonstration behind gunicorn as `./run` serves it; yields (address, environment)."""
    folder = tempfile.mkdtemp(prefix="hub-bench-")
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "DEVELOPMENT": "1", "DATA_DIR": folder, "PORT": str(port), "BASE_URL": address,
        "DATABASE_URL": f"sqlite:///{folder}/hub.sqlite3",
    }
    quiet = {"cwd": ROOT, "env": environment, "stdout": subprocess.DEVNULL}
    try:
        subprocess.run([sys.executable, "manage.py", "prepare"], check=True, **quiet)
        with gunicorn("hub.wsgi", f"{address}/readyz", environment):
            yield address, environment
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def shell(code, environment) -> str:
    """What ``code`` prints in the shell of the hub that ``environment`` describes."""
    return subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-v0", "-c", code],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    ).stdout


@contextmanager
def gunicorn(application, probe, environment):
    """Serve ``application`` with the hub's own settings of gunicorn until the block ends."""
    command = [sys.executable, "-m", "gunicorn", "--config", "hub/gunicorn_conf.py", application]
    with serving(command, probe, ROOT, environment):
        yield


def plain_gunicorn(python, application, port) -> list[str]:
    """The command that serves another ``application`` than the hub: two processes of four threads,
    and connections that stay open as the hub's do."""
    return [
        str(python), "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2",
        "--worker-class", "gthread", "--threads", "4", "--keep-alive", "15",
        "--log-level", "error", application,
    ]


@contextmanager
def serving(command, probe, folder, environment):
    """Run ``command`` in ``folder`` until the block ends, which begins when ``probe`` answers."""
    import urllib.request

    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    try:
        for _attempt in range(600):
            try:
                urllib.request.urlopen(probe, timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
            if process.poll() is not None:
                raise SystemExit(f"{command[-1]} ended before it answered at {probe}")
        else:
            raise SystemExit(f"{command[-1]} did not answer at {probe}")
        yield
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:  # answers under way on a busy machine
            process.kill()
            process.wait()


def percentile(seconds, share) -> float:
    """The ``share`` (0 to 1) quantile of durations in seconds, in milliseconds."""
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * share))] * 1000


def timed(call, inputs) -> list[float]:
    """Seconds that ``call`` took for each of ``inputs``."""
    taken = []
    for value in inputs:
        start = time.perf_counter()
        call(value)
        taken.append(time.perf_counter() - start)
    return taken


def line_of_times(name, seconds) -> str:
    return (
        f"{name:<44} p50 {percentile(seconds, 0.5):7.2f} ms   "
        f"p95 {percentile(seconds, 0.95):7.2f} ms   mean {statistics.mean(seconds) * 1000:7.2f} ms"
    )
