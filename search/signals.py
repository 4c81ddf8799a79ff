"""When changes commit, the index takes them in; when a file comes, its text is read."""

from django.db import transaction
from django.db.models.signals import post_save

from hub.changes import changes_recorded, schedule_looked
from hub.models import HubDocument


def _take_in(sender, **kwargs):
    """Drain the log once per transaction, however many rows it wrote."""
    connection = transaction.get_connection()
    if connection.in_atomic_block and any(
        getattr(entry[1], "is_catch_up", False) for entry in connection.run_on_commit
    ):
        return
    from search import cluster
    from search.indexer import catch_up

    def drain():
        catch_up()
        cluster.drain()

    drain.is_catch_up = True
    # Robust: whatever fails in the index must not turn a publish into an error.
    transaction.on_commit(drain, robust=True)


def _document_saved(sender, instance, raw=False, **kwargs):
    if raw:
        return
    from search.tasks import want_text

    want_text(instance)


def _look_after_cluster(sender, wait, **kwargs):
    """Bring the search cluster up to date, beside the schedule so that it is not held up."""
    from search import cluster
    from search.indexer import catch_up, engine

    catch_up()
    if wait:
        cluster.look_after(engine())
    else:
        cluster.look_after_in_background(engine())


def connect() -> None:
    schedule_looked.connect(_look_after_cluster)
    changes_recorded.connect(_take_in)
    post_save.connect(_document_saved, sender=HubDocument)
