"""What search does by the clock: mends itself, and follows a cluster."""


def repair() -> None:
    """What a killed process left, put right without anybody's doing."""
    from search.extraction.tasks import requeue_lost_tasks
    from search.index import indexer, wagtail_backend

    requeue_lost_tasks()
    indexer.ensure()
    indexer.engine().tidy()
    wagtail_backend.ensure_current()


def follow_cluster() -> None:
    """Bring the search cluster up to date."""
    from search.index import cluster, indexer

    cluster.ensure_current(indexer.engine())
