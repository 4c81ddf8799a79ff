"""A cache that may be away: the memory of the process stands in for it, and nobody waits.

An error of the cache opens a breaker: for ``SECONDS_CLOSED_OFF`` all requests use the process's
memory, then one tries the cache again. So counts of rate limits go on while it is away, in each
process for itself. What was written meanwhile is brought to the cache when it is back: a counter is
added to the one there, anything else replaces it, so that nothing deleted comes back either.
"""

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)
SECONDS_CLOSED_OFF = 10
SECONDS_BETWEEN_LOGS = 60
MAX_ENTRIES = 20_000  # in memory meanwhile
NETWORK_SECONDS = 0.5  # to connect to a cache and to hear from it
COUNTS = ("add", "incr")
_MISSING = object()


@dataclass
class Outage:
    """What the threads of a process know of one cache; an instance of the cache is a thread's."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    error: str = ""  # of the last attempt; empty while the cache answers
    try_at: float = 0.0  # by the monotonic clock
    logged_at: float = float("-inf")
    # (key, version) → (when it expires, whether it replaces what the cache has), of what was
    # written meanwhile
    written: dict[tuple[str, int | None], tuple[float | None, bool]] = field(default_factory=dict)


_outages: dict[str, Outage] = {}


def with_fallback(config: dict[str, Any]) -> dict[str, Any]:
    """The settings of a cache that may be away, of ``config``, the settings of what it wraps."""
    backend = import_string(config["BACKEND"])
    if issubclass(backend, LocMemCache):
        return config | {"OPTIONS": {"MAX_ENTRIES": MAX_ENTRIES} | config.get("OPTIONS", {})}
    if issubclass(backend, RedisCache):
        timeouts = dict.fromkeys(("socket_timeout", "socket_connect_timeout"), NETWORK_SECONDS)
        config = config | {"OPTIONS": timeouts | config.get("OPTIONS", {})}
    return {
        "BACKEND": f"{__name__}.{FallbackCache.__name__}", "LOCATION": str(config["LOCATION"]),
        "OPTIONS": {"cache": config},
    }


class FallbackCache(BaseCache):
    """The cache of ``OPTIONS["cache"]``, or this process's memory while that is away."""

    def __init__(self, location, params):
        super().__init__(params)
        config = dict(params["OPTIONS"]["cache"])
        backend = import_string(config.pop("BACKEND"))
        self.remote = backend(config.pop("LOCATION"), config)
        self.memory = LocMemCache(
            f"while {location} is away", {"OPTIONS": {"MAX_ENTRIES": MAX_ENTRIES}})
        self.outage = _outages.setdefault(location, Outage())

    # Which of the two

    def _ask(self, name, *arguments, **options):
        """(the answer of the method ``name``, whether it is the memory's)."""
        if self._is_tried_now():
            try:
                if self.outage.error:
                    self._bring_back()
                answer = getattr(self.remote, name)(*arguments, **options)
            except (ValueError, TypeError):  # the caller's: no such counter, no such key
                raise
            except Exception as error:
                self._note_error(error)
            else:
                self._note_answer()
                return answer, False
        return getattr(self.memory, name)(*arguments, **options), True

    def _read(self, name, *arguments, **options):
        return self._ask(name, *arguments, **options)[0]

    def _write(self, name, key, *arguments, version, until=None):
        """As ``_read``; what the memory keeps, until ``until``, is noted."""
        answer, in_memory = self._ask(name, key, *arguments, version=version)
        written = self.outage.written
        if in_memory:
            with self.outage.lock:
                before = written.get((key, version))
                if before and name in COUNTS:
                    until = before[0]
                if before or len(written) < MAX_ENTRIES:
                    replaces = name not in COUNTS or bool(before and before[1])
                    written[key, version] = (until, replaces)
        return answer

    def _is_tried_now(self) -> bool:
        outage = self.outage
        if not outage.error:
            return True
        with outage.lock:
            if time.monotonic() < outage.try_at:
                return False
            outage.try_at = time.monotonic() + SECONDS_CLOSED_OFF  # the others go on meanwhile
            return True

    def _note_answer(self) -> None:
        if self.outage.error:
            with self.outage.lock:
                self.outage.error = ""
            logger.warning("The cache is back.")

    def _note_error(self, error) -> None:
        outage = self.outage
        with outage.lock:
            now = time.monotonic()
            if not outage.error:  # what an earlier outage left is out of date
                self.memory.clear()
                outage.written.clear()
            outage.error = type(error).__name__
            outage.try_at = now + SECONDS_CLOSED_OFF
            if now < outage.logged_at + SECONDS_BETWEEN_LOGS:
                return
            outage.logged_at = now
        logger.error("The cache is away; this process counts in its memory: %r", error)

    def _bring_back(self) -> None:
        """Write to the cache what was written while it was away. Raises its errors."""
        with self.outage.lock:
            written = dict(self.outage.written)
        for (key, version), (until, replaces) in written.items():
            value = self.memory.get(key, _MISSING, version=version)
            seconds = None if until is None else round(until - time.time())
            if value is _MISSING or (seconds is not None and seconds <= 0):
                self.remote.delete(key, version=version)
            elif replaces:
                self.remote.set(key, value, timeout=seconds, version=version)
            else:
                added = self.remote.add(key, value, timeout=seconds, version=version)
                if not added and type(value) is int:
                    self.remote.incr(key, value, version=version)
            with self.outage.lock:
                self.outage.written.pop((key, version), None)

    # Django's interface

    def get(self, key, default=None, version=None):
        return self._read("get", key, default, version=version)

    def get_many(self, keys, version=None):
        return self._read("get_many", list(keys), version=version)

    def has_key(self, key, version=None):
        return self._read("has_key", key, version=version)

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        return self._write("set", key, value, timeout, version=version,
                           until=self.get_backend_timeout(timeout))

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        return self._write("add", key, value, timeout, version=version,
                           until=self.get_backend_timeout(timeout))

    def touch(self, key, timeout=DEFAULT_TIMEOUT, version=None):
        return self._write("touch", key, timeout, version=version,
                           until=self.get_backend_timeout(timeout))

    def delete(self, key, version=None):
        return self._write("delete", key, version=version)

    def incr(self, key, delta=1, version=None):
        return self._write("incr", key, delta, version=version)

    def clear(self):
        return self._read("clear")

    def close(self, **kwargs):
        self.remote.close(**kwargs)


def state() -> str:
    """"ok", or the error for which the memory of the process stands in for the cache."""
    cache = caches["default"]
    cache.get("readyz")
    return cache.outage.error or "ok" if isinstance(cache, FallbackCache) else "ok"
