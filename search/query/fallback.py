"""The engine for one call of a reader: the cluster, with the local index as its fallback, with a
plain search of the database as the last one.

The local index is always updated first, so it answers whenever the cluster does not: when it
fails, while its circuit breaker is open, when entries are missing in it, and while pages wait to be
sent to it. Where there is no local index, or it cannot be read, the cluster is not asked either:
nothing tells whether it is up to date. A request never builds an index; ``search.index.upkeep``
does.
"""

import logging

from search.engines.contract import IndexUnavailable
from search.index import cluster
from search.index.indexer import engine as local_engine
from search.query.background import background
from search.query.plain_search import PlainSearch

logger = logging.getLogger(__name__)
CLUSTER_SECONDS = 0.5  # for all requests of one call
DRAIN_SECONDS = 0.2


class FallbackEngine:
    """The reading part of an engine; never raises IndexUnavailable.

    ``fell_back``: the cluster should have answered and did not. ``is_plain``: the database did,
    from then on for the whole call.
    """

    def __init__(self, local, target=None, fell_back=False):
        self._local, self._target, self.fell_back = local, target, fell_back
        self._engine = target and target.engine.within(CLUSTER_SECONDS)
        self.is_plain = False

    def search(self, *arguments):
        return self._call("search", *arguments)

    def suggest(self, *arguments):
        return self._call("suggest", *arguments)

    def _call(self, method, *arguments):
        if not self.is_plain:
            try:
                return self._ask_index(method, *arguments)
            except IndexUnavailable as error:
                logger.info("A plain search answers for the search index: %s", error)
                self.is_plain = True
        return getattr(PlainSearch(), method)(*arguments)

    def _ask_index(self, method, *arguments):
        if self._target is not None:
            self._local.count()  # raises where there is no local index to fall back to
            try:
                with self._target.reporting_to_breaker():
                    self._target.check_size(self._engine, self._local)
                    return getattr(self._engine, method)(*arguments)
            except IndexUnavailable as error:
                logger.info("The local index answers for the cluster: %s", error)
                self._target, self.fell_back = None, True
        return getattr(self._local, method)(*arguments)


def drain() -> None:
    """Send pending pages to the cluster for a moment."""
    cluster.drain(DRAIN_SECONDS)


def engine() -> FallbackEngine:
    """The engine for one call; pending pages are sent to the cluster beside it."""
    target, local = cluster.cluster(), local_engine()
    if target is None:
        return FallbackEngine(local)
    if cluster.has_pending():
        background.run(drain)
        if cluster.has_pending():
            # The cluster's counts would include pages that became private since.
            return FallbackEngine(local, fell_back=target.breaker.is_open)
    if not target.breaker.allows():
        return FallbackEngine(local, fell_back=True)
    return FallbackEngine(local, target)
