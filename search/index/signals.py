"""When changes commit, the index takes them in; when a file comes, its text is read; when a name
comes, texts are cut by it."""

from pathlib import Path

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_save

from hub.changelog.recording import changes_recorded, process_started, record, record_pages
from hub.models import BilingualName, HubDocument, KnowledgePage
from hub.reference.loading import add_all
from search.query import corrections

GLOSSARY = Path(__file__).parents[1] / "text/glossary.txt"


def _take_in(sender, **kwargs):
    """Drain the log once per transaction, however many rows it wrote."""
    connection = transaction.get_connection()
    if connection.in_atomic_block and any(
        getattr(entry[1], "is_catch_up", False) for entry in connection.run_on_commit
    ):
        return
    from search.index import cluster
    from search.index.indexer import catch_up

    def drain():
        catch_up()
        cluster.drain()

    drain.is_catch_up = True
    # Robust: whatever fails in the index must not turn a publish into an error.
    transaction.on_commit(drain, robust=True)


def _document_saved(sender, instance, raw=False, **kwargs):
    if raw:
        return
    from search.extraction.tasks import want_text

    want_text(instance)


def _names_of(thing) -> set[str]:
    from search.models import GlossaryTerm

    if isinstance(thing, GlossaryTerm):
        return set(thing.name_list)
    return {thing.name_th, thing.name_en}


def _has_names(sender) -> bool:
    from search.models import GlossaryTerm

    return issubclass(sender, BilingualName | GlossaryTerm)


def _names_before(sender, instance, raw=False, **kwargs):
    """Note the names that a thing has until it is saved."""
    if _has_names(sender) and not raw:
        before = sender.objects.filter(pk=instance.pk).first() if instance.pk else None
        instance._names_before = _names_of(before) if before else set()


def _names_changed(sender, instance, raw=False, **kwargs):
    """Take in anew the pages that contain a word which came or went: it is cut otherwise now."""
    from search.text import vocabulary

    if not _has_names(sender) or raw:
        return
    names = _names_of(instance)
    if "created" in kwargs:  # saved, not deleted
        names ^= getattr(instance, "_names_before", set())
    _recut(vocabulary.words_of(names))
    record("site")  # every process reads the vocabulary again


def _recut(words) -> None:
    """Take in anew the pages that contain any of ``words``."""
    from search.index.indexer import pages_containing

    pks = set().union(*map(pages_containing, words))
    if pks:
        record_pages(KnowledgePage.objects.filter(pk__in=pks))


def _load_glossary() -> dict[str, int]:
    """The words to begin with; once there are any, they are the editors' own."""
    from search.models import GlossaryTerm

    if GlossaryTerm.objects.exists():
        return {"glossary": 0}
    lines = GLOSSARY.read_text("utf-8").splitlines()
    terms = [
        GlossaryTerm(names="\n".join(line.split(" = "))) for line in lines
        if line and not line.startswith("#")
    ]
    for term in terms:
        term.full_clean()
    return {"glossary": add_all(GlossaryTerm, terms)}


def reference_loaded(added) -> dict[str, int]:
    """Load the glossary; names came in without signals of their own."""
    from search.text.vocabulary import groups_of_names, words_of

    glossary = _load_glossary()
    if KnowledgePage.objects.exists() and (glossary["glossary"] or added["areas"]):
        _recut(words_of(name for names in groups_of_names() for name in names))
    return glossary


def connect() -> None:
    pre_save.connect(_names_before)
    post_save.connect(_names_changed)
    post_delete.connect(_names_changed)
    changes_recorded.connect(_take_in)
    process_started.connect(corrections.get_ready)
    post_save.connect(_document_saved, sender=HubDocument)
