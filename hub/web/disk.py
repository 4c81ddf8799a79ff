"""Whether the disk with the hub's data takes writes."""

import errno
import logging
import os
import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

logger = logging.getLogger(__name__)
ROOM_BYTES = 50 * 1024**2  # below it the log warns: an upload or a rebuilt index may need as much
PROBE_BYTES = 64 * 1024
FULL = {errno.ENOSPC, errno.EDQUOT}


def disk_state(folder: Path | None = None) -> str:
    """``ok``, ``nearly full`` (writes go on), ``full``, or the name of the error of a write.

    Writes a small file into ``folder``, by default DATA_DIR, and removes it: what a quota or a
    file system mounted read-only allows, only a write tells.
    """
    folder = folder or settings.DATA_DIR
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(os.urandom(PROBE_BYTES))
            probe.flush()
            os.fsync(probe.fileno())
        free = shutil.disk_usage(folder).free
    except OSError as error:
        state = "full" if error.errno in FULL else errno.errorcode.get(error.errno or 0, "error")
        logger.error("The disk of %s takes no writes: %s", folder, error)
        return state
    if free < ROOM_BYTES:
        logger.warning("The disk of %s has %d MB left.", folder, free // 1024**2)
        return "nearly full"
    return "ok"


def is_disk_full(error: BaseException | None) -> bool:
    """Whether ``error``, or what it came from, says that a disk is full: this machine's, or the
    database server's."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        if isinstance(error, DatabaseError) and (
            "disk is full" in str(error) or "No space left" in str(error)
        ):
            return True
        # SQLite says only "disk I/O error" where its journal cannot grow.
        if isinstance(error, DatabaseError) and "disk I/O error" in str(error):
            return disk_state() == "full"
        error = error.__cause__ or error.__context__
    return False
