"""The program that reads one file in a process of its own, under limits.

Started by ``child_process.py``: limits itself before it imports any library, reads the file, writes
its answer as JSON into its working folder, and exits.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1


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
    Path(request["answer"]).write_text(json.dumps(extracted.as_dict()), "utf-8")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
    # Without the interpreter's shutdown: a thread of xberg that still runs then may abort the
    # process after the answer was written.
    os._exit(0)
