"""Receivers: committed changes are indexed, new files are read, and pages whose words are
segmented otherwise because a name came or went are indexed again."""

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_save

from hub.changelog.recording import changes_recorded, process_started, record
from hub.models import BilingualName, HubDocument
from hub.processes.memory import loading_for_all
from search.extraction.tasks import request_text
from search.index import cluster, glossary, indexer, vocabulary
from search.models import GlossaryTerm
from search.query import corrections


def _index_on_commit(sender, **kwargs):
    """Drain the change log once per transaction, however many rows it wrote."""
    connection = transaction.get_connection()
    if connection.in_atomic_block and any(
        getattr(entry[1], "is_catch_up", False) for entry in connection.run_on_commit
    ):
        return

    def drain():
        indexer.catch_up()
        cluster.drain()

    drain.is_catch_up = True
    # Robust: whatever fails in the index must not turn a publish into an error.
    transaction.on_commit(drain, robust=True)


def _document_saved(sender, instance, raw=False, **kwargs):
    if not raw:
        request_text(instance)


def _names_of(thing) -> set[str]:
    if isinstance(thing, GlossaryTerm):
        return set(thing.name_list)
    return {thing.name_th, thing.name_en}


def _has_names(sender) -> bool:
    return issubclass(sender, BilingualName | GlossaryTerm)


def _remember_names(sender, instance, raw=False, **kwargs):
    """Keep the names that an object has before it is saved."""
    if _has_names(sender) and not raw:
        before = sender.objects.filter(pk=instance.pk).first() if instance.pk else None
        instance._names_before = _names_of(before) if before else set()


def _names_changed(sender, instance, raw=False, **kwargs):
    """Index pages again that contain a word which came or went: it is segmented otherwise now."""
    if not _has_names(sender) or raw:
        return
    names = _names_of(instance)
    if "created" in kwargs:  # saved, not deleted
        names ^= getattr(instance, "_names_before", set())
    glossary.reindex_pages_containing(vocabulary.custom_words(names))
    record("site")  # every process reads the vocabulary again


def connect() -> None:
    pre_save.connect(_remember_names)
    post_save.connect(_names_changed)
    post_delete.connect(_names_changed)
    changes_recorded.connect(_index_on_commit)
    loading_for_all.connect(vocabulary.load_for_all)
    process_started.connect(corrections.warm_up)
    post_save.connect(_document_saved, sender=HubDocument)
