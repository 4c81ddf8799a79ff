"""The folder in which the processes of one server count, for the library to add up.

It is in memory where the machine has such a folder: the files are mapped, and one that cannot grow
on a full disk would end its process.
"""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # read by prometheus_client
IN_MEMORY = Path("/dev/shm")


def begin(server: str) -> None:
    """Make an empty folder for the server that listens on ``server``, before its processes are."""
    place = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    name = hashlib.sha256(f"{server} {os.getuid()} {os.getcwd()}".encode()).hexdigest()[:12]
    folder = place / f"hub-metrics-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ[VARIABLE] = str(folder)


def end() -> None:
    """Remove the folder of ``begin``."""
    if folder := os.environ.get(VARIABLE):
        shutil.rmtree(folder, ignore_errors=True)
