"""When changes commit, the index takes them in; when a file comes, its text is read; when time
passes, what was cut short is taken up again."""

from django.db import transaction
from django.db.models.signals import post_save

from hub.changes import changes_recorded, time_passed
from hub.models import HubDocument


def _take_in(sender, **kwargs):
    """Drain the log once per transaction, however many rows it wrote."""
    connection = transaction.get_connection()
    if connection.in_atomic_block and any(
        getattr(entry[1], "is_catch_up", False) for entry in connection.run_on_commit
    ):
        return
    from search.indexer import catch_up

    def drain():
        catch_up()

    drain.is_catch_up = True
    # Robust: whatever fails in the index must not turn a publish into an error.
    transaction.on_commit(drain, robust=True)


def _document_saved(sender, instance, raw=False, **kwargs):
    if raw:
        return
    from search.tasks import want_text

    want_text(instance)


def _look_after(sender, **kwargs):
    """What a killed process left, put right without anybody's doing."""
    from search import indexer, wagtail_backend
    from search.tasks import take_up_again

    take_up_again()
    indexer.ensure()
    indexer.engine().tidy()
    wagtail_backend.look_after()


def connect() -> None:
    changes_recorded.connect(_take_in)
    time_passed.connect(_look_after)
    post_save.connect(_document_saved, sender=HubDocument)
