"""The jobs that the scheduler runs for search."""

from search.editors import wagtail_backend
from search.extraction.tasks import requeue_lost_tasks
from search.index import cluster, indexer, upkeep


def repair() -> None:
    """Finish what a killed process left: extractions, and changes that no index has taken in."""
    requeue_lost_tasks()
    indexer.catch_up()


def look_after_indexes() -> None:
    """Check, mend and build the public index and the editors', which may take minutes."""
    upkeep.look_after()
    wagtail_backend.look_after()


def update_cluster() -> None:
    """Bring the search cluster up to date."""
    cluster.ensure_current(indexer.engine())
