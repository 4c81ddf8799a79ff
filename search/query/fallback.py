"""The engine for one call of a reader: the cluster, or the local index standing in for it.

The local index is up to date whenever the cluster may be, so it answers whenever the cluster
does not: when it fails, when it was left alone after a failure, when it does not hold all entries,
and while pages wait to be sent to it.
"""

import logging

from search.engines.contract import IndexUnavailable
from search.index import cluster
from search.index.indexer import engine as local_engine

logger = logging.getLogger(__name__)
CLUSTER_SECONDS = 0.5  # for all requests of one call
DRAIN_SECONDS = 0.2


class FallbackEngine:
    """What a reader asks of an engine. ``stood_in`` says that the cluster should have answered
    and did not."""

    def __init__(self, local, target=None, stood_in=False):
        self._local, self._target, self.stood_in = local, target, stood_in
        self._engine = target and target.engine.within(CLUSTER_SECONDS)

    def search(self, *arguments):
        return self._ask("search", *arguments)

    def suggest(self, *arguments):
        return self._ask("suggest", *arguments)

    def _ask(self, what, *arguments):
        if self._target is not None:
            self._local.count()  # without it nobody could stand in, and nothing would be sent
            try:
                with self._target.minding():
                    self._target.look(self._engine, self._local)
                    return getattr(self._engine, what)(*arguments)
            except IndexUnavailable as error:
                logger.info("The local index stands in: %s", error)
                self._target, self.stood_in = None, True
        return getattr(self._local, what)(*arguments)


def engine() -> FallbackEngine:
    """The engine for one call, after the cluster was sent what waits for it."""
    target, local = cluster.cluster(), local_engine()
    if target is None:
        return FallbackEngine(local)
    if cluster.waiting():
        cluster.drain(DRAIN_SECONDS)
        if cluster.waiting():
            # Counts of the cluster would tell of pages that were closed since.
            return FallbackEngine(local, stood_in=target.breaker.is_open)
    if not target.breaker.allows():
        return FallbackEngine(local, stood_in=True)
    return FallbackEngine(local, target)
