"""The hub's search cluster, when SEARCH_URL names one: whether to ask it, and what it waits for.

The local index is always kept too and is taken in first; from the same transaction on, the pages
that changed wait here for the cluster (``ClusterPending``). They are sent when a change commits,
before a search, and by ``manage.py keep_schedule``. A cluster that fails is left alone for a
while by this process, so that it costs publishing and reading next to nothing.
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
from search.models import ClusterPending

logger = logging.getLogger(__name__)
PAGES_AT_ONCE = 5  # while somebody waits
LONG_TEXT = 300_000  # characters; more is not segmented while somebody waits
PAGES_IN_BACKGROUND = 200
LOOK_SECONDS = 10.0  # between looks at whether the cluster holds as much as the local index
_engines = {}


class Breaker:
    """Open after a failure for ``seconds``; then one call may try, and the others wait for it."""

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
                logger.warning("The search cluster is left alone for a while: %s", reason)
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
    """A cluster as this process sees it: the engine, the breaker, the last look at it."""

    def __init__(self, url, lock_path):
        self.engine = ClusterEngine(client_of(address_of(url)), lock_path)
        self.breaker = Breaker()
        self._looked_at = None

    def __str__(self):
        return str(self.engine.client.address)

    @contextmanager
    def minding(self):
        """Tell the breaker how the block went; IndexUnavailable goes on to the caller."""
        try:
            yield
        except IndexUnavailable as error:
            self.breaker.failed(error)
            self._looked_at = None
            raise
        self.breaker.succeeded()

    def look(self, engine, local) -> None:
        """Raise IndexMismatch when the cluster holds more or fewer entries than ``local``.

        Asks now and then only. Nothing may be waiting for the cluster when this is called.
        """
        now = time.monotonic()
        if self._looked_at is not None and now < self._looked_at + LOOK_SECONDS:
            return
        engine.look_again()
        held, wanted = engine.count(), local.count()
        # What differs may be on its way, or have come through between the two counts.
        on_its_way = held != wanted and (OutboxEntry.objects.unprocessed().exists() or waiting())
        if held != wanted and not on_its_way and engine.count() != local.count():
            raise IndexMismatch(f"the cluster holds {held} entries of {wanted}")
        self._looked_at = now


def cluster() -> Cluster | None:
    """The cluster of this process, made once; None when the hub has none."""
    url = settings.SEARCH_URL
    if not url:
        return None
    if url not in _engines:
        _engines[url] = Cluster(url, settings.SEARCH_INDEX_DIR / "cluster.lock")
    return _engines[url]


def waiting() -> bool:
    """Whether pages wait for the cluster. Plain SQL, because every search asks."""
    table = connection.ops.quote_name(ClusterPending._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
        return cursor.fetchone() is not None


def drain(seconds=0.3, patient=False) -> int:
    """Send waiting pages for about ``seconds``; returns how many were taken.

    Unless ``patient``, somebody waits: long texts are left for later, and so is a cluster that
    failed just now. Never raises for want of a cluster: the rows wait for the next call.
    """
    target = cluster()
    if target is None or not waiting() or not (patient or target.breaker.allows()):
        return 0
    at_once = PAGES_IN_BACKGROUND if patient else PAGES_AT_ONCE
    taken, deadline = 0, time.monotonic() + seconds
    try:
        with target.engine.writing(timeout=min(0.05, seconds)), target.minding():
            while (left := deadline - time.monotonic()) > 0:
                # Read before the pages: what changes from here on is marked anew.
                rows = list(ClusterPending.objects.order_by("pk")[:at_once])
                entries = list(EntryBuilder().entries([row.page_id for row in rows]))
                is_long = sum(len(s.text) for e in entries for s in e.sections) > LONG_TEXT
                if not rows or (is_long and not patient):
                    break
                _send(target.engine.within(left), rows, entries)
                taken += len(rows)
    except TimeoutError:
        logger.info("Another process is writing to the search cluster.")
    except IndexUnavailable as error:
        logger.info("Pages wait for the search cluster: %s", error)
    return taken


def _send(engine, rows, entries) -> None:
    try:
        engine.apply(entries, delete_pages=[row.page_id for row in rows])
    except DocumentsRejected as error:
        logger.error("The search cluster refused entries: %s", error)
        refused = {int(key.split(":")[1]) for key in error.keys}
        ClusterPending.objects.taken([row for row in rows if row.page_id not in refused])
        raise
    ClusterPending.objects.taken(rows)


def drain_all() -> None:
    """Send whatever waits, however long it takes; IndexUnavailable when some is left."""
    while drain(60, patient=True):
        pass
    if waiting():
        raise IndexUnavailable("pages are still waiting to be sent")


def rebuild() -> int:
    """Build the cluster's index anew beside the old one and swap it in; returns its entries.

    Whatever changes meanwhile waits, because the writer's lock is held, and is sent afterwards.
    """
    target = cluster()
    with target.engine.writing(timeout=60), target.minding():
        count = target.engine.rebuild(EntryBuilder().entries())
    drain_all()
    return count


def ensure_current(local) -> None:
    """Bring the cluster up to date; build its index when it has none that is whole."""
    target = cluster()
    if target is None or not target.breaker.allows():
        return
    try:
        try:
            _compare(target, local)
        except IndexMismatch:
            time.sleep(1)  # what was being written when it was counted has come through by then
            _compare(target, local)
    except IndexMismatch as error:
        logger.warning("The index of the search cluster is built anew: %s", error)
        _rebuild_if_possible()
    except (IndexUnavailable, TimeoutError) as error:
        logger.info("The search cluster is not up to date: %s", error)


def _compare(target, local) -> None:
    """Send what waits; IndexMismatch when the cluster's index is none or holds another number."""
    with target.minding():
        target.engine.look_again()
        target.engine.count()
    drain_all()
    with target.minding():
        target.look(target.engine, local)


def _rebuild_if_possible() -> None:
    try:
        rebuild()
    except (IndexUnavailable, TimeoutError) as error:
        logger.warning("The index of the search cluster could not be built: %s", error)
