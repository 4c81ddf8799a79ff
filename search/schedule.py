"""What search does by the clock: mends itself, and follows a cluster."""


def mend() -> None:
    """What a killed process left, put right without anybody's doing."""
    from search import indexer, wagtail_backend
    from search.tasks import take_up_again

    take_up_again()
    indexer.ensure()
    indexer.engine().tidy()
    wagtail_backend.look_after()


def cluster(sender, once=False, **kwargs):
    """Bring the search cluster up to date, beside the schedule so that it is not held up."""
    from search import cluster as kept
    from search.indexer import catch_up, engine

    catch_up()
    if once:
        kept.look_after(engine())
    else:
        kept.look_after_in_background(engine())
