"""The child process that reads one file, and how it is started and supervised.

Parent: ``read_in_child``. Child: this file run as a program; it limits itself before it imports
any library, reads the file, writes its answer as JSON into its working folder, and exits.
"""

import contextlib
import ctypes
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ANSWER = "answer.json"
FOLDER_PREFIX = "hub-extraction-"
STALE_SECONDS = 3600  # no extraction takes as long
PR_SET_PDEATHSIG = 1


def read_in_child(path, filename: str, limits: dict) -> dict:
    """Read the file at ``path``; return the fields of ``Extracted``.

    ``limits`` are the fields of ``Limits``. Raises OSError when no process can be started.
    """
    _delete_stale_folders()
    folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
    try:
        request = {"path": os.path.abspath(path), "filename": filename, "limits": limits,
                   "parent": os.getpid()}
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
            [sys.executable, "-I", "-B", __file__, json.dumps(request)],
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


def _limit_self(limits):
    seconds = int(limits["seconds"])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"],) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # A character is at most 12 bytes of JSON; the rest is for the libraries' own small files.
    file_bytes = limits["characters"] * 12 + 16 * 1024**2
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))


def _exit_with(parent):
    """Have this process killed when ``parent`` ends."""
    with contextlib.suppress(OSError, AttributeError):  # Linux only; elsewhere the alarm ends it
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def main(request: dict):
    _exit_with(request["parent"])
    signal.alarm(int(request["limits"]["seconds"]) + 5)
    _limit_self(request["limits"])
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    # heavy: its libraries are loaded under the limits
    from search.extraction.extractor import Limits, extract

    extracted = extract(
        request["path"], filename=request["filename"], limits=Limits(**request["limits"])
    )
    Path(ANSWER).write_text(json.dumps(extracted.as_dict()), "utf-8")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
    # Without the interpreter's shutdown: a thread of xberg that still runs then may abort the
    # process after the answer was written.
    os._exit(0)
