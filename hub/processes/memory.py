"""Memory that the processes of a hub share, and memory that they give back.

A forked process shares the pages of its parent until one of the two writes to them. So whoever
forks the processes of a hub first loads what all of them need.
"""

import ctypes
import gc
import logging
import resource
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.dispatch import Signal
from django.urls import get_resolver
from django.utils import translation
from wagtail import hooks

logger = logging.getLogger(__name__)
loading_for_all = Signal()  # sent before processes are forked, for apps to load what all need
M_ARENA_MAX = -8  # of malloc.h
ARENAS = 2  # by default glibc makes up to eight for each core, and each keeps what was freed
MAX_GROWTH = 200 * 2**20  # bytes after which a process is replaced by a new one


def limit_arenas() -> None:
    """Have the threads of this process and of those that it forks share a few heaps."""
    with suppress(OSError, AttributeError):  # glibc only
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Return what was freed to the system. Takes some milliseconds."""
    gc.collect()
    with suppress(OSError, AttributeError):  # glibc only
        ctypes.CDLL(None).malloc_trim(0)


def share() -> None:
    """Load what every process needs, to be called by a process without threads before it forks.

    What cannot be loaded now, because the database is away, each process loads by itself. No
    connection is left open: two processes must not use the same one.
    """
    limit_arenas()
    get_resolver().url_patterns  # noqa: B018 imports the views
    hooks.search_for_hooks()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("Page")  # reads the catalogue
    for _receiver, error in loading_for_all.send_robust(None):
        if isinstance(error, Exception):
            logger.info("Each process loads by itself what could not be loaded: %s", error)
    connections.close_all()
    give_back()
    gc.freeze()  # the collector would write into every object


def taken() -> int:
    """Bytes of memory that this process has, shared ones included, files that it maps not; 0 where
    the system does not tell. Takes some microseconds."""
    with suppress(OSError, ValueError):
        _size, resident, of_files, *_rest = Path("/proc/self/statm").read_text().split()
        return (int(resident) - int(of_files)) * resource.getpagesize()
    return 0


class Growth:
    """How much memory this process has taken since it began its work.

    Libraries do not give everything back: nlpo3 keeps each dictionary that it has loaded.
    """

    def __init__(self) -> None:
        limit_arenas()
        gc.freeze()
        self.at_first = taken()

    def is_too_much(self) -> bool:
        """Whether this process had better end for a new one, even when it has given back what it
        can."""
        if taken() - self.at_first <= MAX_GROWTH:
            return False
        give_back()
        if taken() - self.at_first <= MAX_GROWTH:
            return False
        logger.warning("This process has taken more than %d MiB and ends for a new one.",
                       MAX_GROWTH // 2**20)
        return True
