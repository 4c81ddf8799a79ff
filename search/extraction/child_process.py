"""Starts and supervises the child process that reads one file; ``child.py`` is its program."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ANSWER = "answer.json"  # in the child's working folder
FOLDER_PREFIX = "hub-extraction-"
STALE_SECONDS = 3600  # no extraction takes as long
CHILD = Path(__file__).with_name("child.py")


def read_in_child(path, filename: str, limits: dict) -> dict:
    """Read the file at ``path``; return the fields of ``Extracted``.

    ``limits`` are the fields of ``Limits``. Raises OSError when no process can be started.
    """
    _delete_stale_folders()
    folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
    try:
        request = {"path": os.path.abspath(path), "filename": filename, "limits": limits,
                   "parent": os.getpid(), "answer": ANSWER}
        code, stderr = _run(request, folder, limits["seconds"])
        if code is None or code == -signal.SIGXCPU:
            return {"status": "timeout", "detail": f"more than {limits['seconds']} s"}
        if code:
            # Rust aborts and Python raises when the address space is used up.
            full = re.search("memory allocation|MemoryError|bad_alloc", stderr)
            return {"status": "too_big" if full else "failed", "detail": f"{code}: {stderr[-500:]}"}
        return json.loads((folder / ANSWER).read_text("utf-8"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _delete_stale_folders():
    for folder in Path(tempfile.gettempdir()).glob(FOLDER_PREFIX + "*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def _run(request, folder, seconds):
    """The child's exit code (None when it ran out of time) and its standard error."""
    # Only what a program needs to start: no database address, no secret key.
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder), "TMPDIR": str(folder), "XDG_CACHE_HOME": str(folder),
        "LANG": "C.UTF-8",
        # Threads and their arenas reserve address space, to which the limit applies.
        "MALLOC_ARENA_MAX": "2", "RAYON_NUM_THREADS": "1", "TOKIO_WORKER_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    with open(folder / "stderr", "w+b") as stderr:
        child = subprocess.Popen(
            [sys.executable, "-I", "-B", str(CHILD), json.dumps(request)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr,
            cwd=folder, env=environment, start_new_session=True,
        )
        try:
            code = child.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)  # and its own children
            child.wait()
        stderr.seek(0)
        return code, stderr.read(50_000).decode("utf-8", "replace").strip()
