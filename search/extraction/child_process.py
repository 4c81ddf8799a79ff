"""The child process that reads one file, and how it is started and watched.

Parent: ``read_in_child``. Child: this file run as a program; it limits itself before it imports
any library, reads, writes its answer as JSON into the folder it was given, and ends.
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
FOLDERS = "hub-extraction-"
LEFT_BEHIND = 3600  # seconds; no reading takes as long
PR_SET_PDEATHSIG = 1


def read_in_child(path, filename: str, limits: dict) -> dict:
    """Read the file at ``path``; return the fields of ``Extracted``.

    ``limits`` are the fields of ``Limits``. Raises OSError when no process can be started.
    """
    _forget_folders_of_killed_processes()
    folder = Path(tempfile.mkdtemp(prefix=FOLDERS))
    try:
        order = {"path": os.path.abspath(path), "filename": filename, "limits": limits,
                 "parent": os.getpid()}
        code, said = _run(order, folder, limits["seconds"])
        if code is None or code == -signal.SIGXCPU:
            return {"status": "timeout", "detail": f"more than {limits['seconds']} s"}
        if code:
            # Rust aborts and Python raises when the address space is used up.
            full = re.search("memory allocation|MemoryError|bad_alloc", said)
            return {"status": "too_big" if full else "failed", "detail": f"{code}: {said[-500:]}"}
        return json.loads((folder / ANSWER).read_text("utf-8"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _forget_folders_of_killed_processes():
    for folder in Path(tempfile.gettempdir()).glob(FOLDERS + "*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > LEFT_BEHIND:
                shutil.rmtree(folder, ignore_errors=True)


def _run(order, folder, seconds):
    """The child's exit code (None when it ran out of time) and what it said on its way."""
    # Only what a program needs to start: no database address, no secret key.
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder), "TMPDIR": str(folder), "XDG_CACHE_HOME": str(folder),
        "LANG": "C.UTF-8",
        # Threads and their arenas reserve address space, which is what the limit counts.
        "MALLOC_ARENA_MAX": "2", "RAYON_NUM_THREADS": "1", "TOKIO_WORKER_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    with open(folder / "said", "w+b") as said:
        child = subprocess.Popen(
            [sys.executable, "-I", "-B", __file__, json.dumps(order)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said,
            cwd=folder, env=environment, start_new_session=True,
        )
        try:
            code = child.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)  # with whatever it started
            child.wait()
        said.seek(0)
        return code, said.read(50_000).decode("utf-8", "replace").strip()


def _limit_self(limits):
    seconds = int(limits["seconds"])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"],) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # A character is at most 12 bytes of JSON; the rest is for the libraries' own small files.
    file_bytes = limits["characters"] * 12 + 16 * 1024**2
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))


def _end_with(parent):
    """End when the process that asked is killed, and by the clock in any case."""
    with contextlib.suppress(OSError, AttributeError):  # Linux has it, others wait for the clock
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def main(order: dict):
    _end_with(order["parent"])
    signal.alarm(int(order["limits"]["seconds"]) + 5)
    _limit_self(order["limits"])
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from search.extraction.extractor import Limits, extract

    extracted = extract(
        order["path"], filename=order["filename"], limits=Limits(**order["limits"])
    )
    Path(ANSWER).write_text(json.dumps(extracted.as_dict()), "utf-8")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
    # Not by way of the interpreter's own end: a thread of xberg's that still runs then aborts the
    # process now and again, with the answer already written.
    os._exit(0)
