"""What search does by the clock: mends itself, and follows a cluster."""


def mend() -> None:
    """What a killed process left, put right without anybody's doing."""
    from search.extraction.tasks import take_up_again
    from search.index import indexer, wagtail_backend

    take_up_again()
    indexer.ensure()
    indexer.engine().tidy()
    wagtail_backend.look_after()


def follow_cluster() -> None:
    """Bring the search cluster up to date."""
    from search.index import cluster, indexer

    cluster.look_after(indexer.engine())
