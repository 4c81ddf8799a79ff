"""The jobs that the scheduler runs for search."""

from search.editors import wagtail_backend
from search.extraction.tasks import requeue_lost_tasks
from search.index import cluster, indexer


def repair() -> None:
    """Finish what a killed process left: extractions, the public index, the editors' index."""
    requeue_lost_tasks()
    indexer.ensure_current()
    indexer.engine().tidy()
    wagtail_backend.ensure_current()


def update_cluster() -> None:
    """Bring the search cluster up to date."""
    cluster.ensure_current(indexer.engine())
