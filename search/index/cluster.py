"""The hub's search cluster, when SEARCH_URL names one: whether to ask it, and what is to be sent.

The local index is always maintained and updated first; the transaction that marks a change as
processed also queues the changed pages for the cluster (``ClusterQueueEntry``). They are sent when
a change commits, before a search, and by ``manage.py keep_schedule``. After a failure this process
does not ask the cluster for a while, so that publishing and reading are not slowed down.
"""

import logging
import threading
import time
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from hub.models import OutboxEntry
from search.engines.cluster.client import address_of, client_of
from search.engines.cluster.engine import ClusterEngine, DocumentsRejected, IndexMismatch
from search.engines.contract import IndexUnavailable
from search.index.entries import EntryBuilder
from search.models import ClusterQueueEntry

logger = logging.getLogger(__name__)
BATCH_SIZE = 5  # pages, while a request waits
LONG_TEXT = 300_000  # characters; more is not segmented while a request waits
BACKGROUND_BATCH_SIZE = 200
SIZE_CHECK_SECONDS = 10.0  # between comparisons of the numbers of entries
_engines = {}


class CircuitBreaker:
    """Open for ``seconds`` after a failure; then one call may try within ``trial`` seconds."""

    def __init__(self, seconds=10.0, trial=2.0):
        self.seconds, self.trial = seconds, trial
        self._lock = threading.Lock()
        self._open_until = None

    def allows(self) -> bool:
        with self._lock:
            if self._open_until is None:
                return True
            now = time.monotonic()
            if now < self._open_until:
                return False
            self._open_until = now + self.trial
            return True

    def failed(self, reason) -> None:
        with self._lock:
            if self._open_until is None:
                logger.warning("The search cluster is not used for a while: %s", reason)
            self._open_until = time.monotonic() + self.seconds

    @property
    def is_open(self) -> bool:
        return self._open_until is not None

    def succeeded(self) -> None:
        with self._lock:
            if self._open_until is not None:
                logger.warning("The search cluster answers again.")
            self._open_until = None


class Cluster:
    """A cluster as this process sees it: engine, breaker and the time of the last size check."""

    def __init__(self, url, lock_path):
        self.engine = ClusterEngine(client_of(address_of(url)), lock_path)
        self.breaker = CircuitBreaker()
        self._checked_at = None

    def __str__(self):
        return str(self.engine.client.address)

    @contextmanager
    def reporting_to_breaker(self):
        """Report success or failure of the block to the breaker; reraises IndexUnavailable."""
        try:
            yield
        except IndexUnavailable as error:
            self.breaker.failed(error)
            self._checked_at = None
            raise
        self.breaker.succeeded()

    def check_size(self, engine, local) -> None:
        """Raise IndexMismatch when the cluster has more or fewer entries than ``local``.

        Compares every SIZE_CHECK_SECONDS only. No page may be queued when this is called.
        """
        now = time.monotonic()
        if self._checked_at is not None and now < self._checked_at + SIZE_CHECK_SECONDS:
            return
        engine.forget_index()
        actual, expected = engine.count(), local.count()
        # A difference may be about to be sent, or have been sent between the two counts.
        in_progress = actual != expected and (
            OutboxEntry.objects.unprocessed().exists() or has_pending()
        )
        if actual != expected and not in_progress and engine.count() != local.count():
            raise IndexMismatch(f"the cluster has {actual} of {expected} entries")
        self._checked_at = now


def cluster() -> Cluster | None:
    """The cluster of this process, created once; None when the hub has none."""
    url = settings.SEARCH_URL
    if not url:
        return None
    if url not in _engines:
        _engines[url] = Cluster(url, settings.SEARCH_INDEX_DIR / "cluster.lock")
    return _engines[url]


def has_pending() -> bool:
    """Whether pages are queued for the cluster. Plain SQL, because every search calls it."""
    table = connection.ops.quote_name(ClusterQueueEntry._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
        return cursor.fetchone() is not None


def drain(seconds=0.3, in_background=False) -> int:
    """Send queued pages for about ``seconds``; returns how many were sent.

    Unless ``in_background``, a request waits: long texts are left for later, and nothing is sent
    while the breaker is open. Does not raise when the cluster is unavailable: the pages stay
    queued.
    """
    target = cluster()
    if target is None or not has_pending() or not (in_background or target.breaker.allows()):
        return 0
    batch_size = BACKGROUND_BATCH_SIZE if in_background else BATCH_SIZE
    sent, deadline = 0, time.monotonic() + seconds
    try:
        with target.engine.writing(timeout=min(0.05, seconds)), target.reporting_to_breaker():
            while (left := deadline - time.monotonic()) > 0:
                # Read before the pages: what changes from now on gets a new version.
                rows = list(ClusterQueueEntry.objects.order_by("pk")[:batch_size])
                entries = list(EntryBuilder().entries([row.page_id for row in rows]))
                is_long = sum(len(s.text) for e in entries for s in e.sections) > LONG_TEXT
                if not rows or (is_long and not in_background):
                    break
                _send(target.engine.within(left), rows, entries)
                sent += len(rows)
    except TimeoutError:
        logger.info("Another process is writing to the search cluster.")
    except IndexUnavailable as error:
        logger.info("Pages wait for the search cluster: %s", error)
    return sent


def _send(engine, rows, entries) -> None:
    try:
        engine.apply(entries, delete_pages=[row.page_id for row in rows])
    except DocumentsRejected as error:
        logger.error("The search cluster rejected entries: %s", error)
        rejected = {int(key.split(":")[1]) for key in error.keys}
        ClusterQueueEntry.objects.remove_sent([row for row in rows if row.page_id not in rejected])
        raise
    ClusterQueueEntry.objects.remove_sent(rows)


def drain_all() -> None:
    """Send all queued pages, however long it takes. Raises IndexUnavailable when some are left."""
    while drain(60, in_background=True):
        pass
    if has_pending():
        raise IndexUnavailable("pages are still queued")


def rebuild() -> int:
    """Build a new index in the cluster and swap it in; returns the number of its entries.

    Changes meanwhile stay queued, because the writer's lock is held, and are sent afterwards.
    """
    target = cluster()
    with target.engine.writing(timeout=60), target.reporting_to_breaker():
        count = target.engine.rebuild(EntryBuilder().entries())
    drain_all()
    return count


def ensure_current(local) -> None:
    """Bring the cluster up to date; build its index when it has no complete one."""
    target = cluster()
    if target is None or not target.breaker.allows():
        return
    try:
        try:
            _compare(target, local)
        except IndexMismatch:
            time.sleep(1)  # a write that was in progress during the count has finished by then
            _compare(target, local)
    except IndexMismatch as error:
        logger.warning("The index of the search cluster is rebuilt: %s", error)
        _rebuild_if_possible()
    except (IndexUnavailable, TimeoutError) as error:
        logger.info("The search cluster is not up to date: %s", error)


def _compare(target, local) -> None:
    """Send queued pages. Raises IndexMismatch when the cluster has no index or another number of
    entries."""
    with target.reporting_to_breaker():
        target.engine.forget_index()
        target.engine.count()
    drain_all()
    with target.reporting_to_breaker():
        target.check_size(target.engine, local)


def _rebuild_if_possible() -> None:
    try:
        rebuild()
    except (IndexUnavailable, TimeoutError) as error:
        logger.warning("The index of the search cluster could not be built: %s", error)
