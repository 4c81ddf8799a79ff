"""Keeps the local index up to date with the change log.

The log is drained when the transaction that wrote to it commits, and before every search that
finds unprocessed rows: an index that fell behind, because a process was killed or could not write,
is brought up to date by the next search. Nothing here that a request calls builds an index: that
is for ``search.index.upkeep`` and for the command.
"""

import logging
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from hub.models import Attachment, KnowledgePage, OutboxEntry
from hub.models.outbox_entry import KEPT
from search.engines.contract import (
    Engine,
    Filters,
    IndexUnavailable,
    ParsedQuery,
    QueryTerm,
)
from search.engines.fields import document_of
from search.engines.tantivy_engine import FOLDER, TantivyEngine
from search.index.entries import EntryBuilder
from search.index.history import History
from search.index.progress import Progress
from search.models import ClusterQueueEntry

logger = logging.getLogger(__name__)
BATCH_SIZE = 500
BUILD_SECONDS = 6 * 3600  # that the command waits for another process to end its build
_engines = {}
_seen = {}  # path of an index → the generation of the change log that it has taken in completely


def engine() -> TantivyEngine:
    """The engine of this process, created once."""
    path = settings.SEARCH_INDEX_DIR / FOLDER
    if path not in _engines:
        _engines[path] = TantivyEngine(path)
    return _engines[path]


def is_behind(generation: str, pending: int) -> bool:
    """Whether the log may hold changes that the index has not taken in: unprocessed ones, or those
    that another version of the hub has processed for its own index."""
    return bool(pending) or _seen.get(engine().path) != generation


def catch_up(timeout=2.0) -> int:
    """Index the changes that this index has not taken in; returns how many.

    Does not raise when there is no index or another process holds the writer's lock: publishing
    and reading go on, and the changes stay for the next call.
    """
    count = 0
    try:
        generation = OutboxEntry.objects.state().indexed
        while number := _take_in_a_batch(timeout):
            count += number
        _seen[engine().path] = generation
    except IndexUnavailable as error:
        logger.info("Changes wait for the search index: %s", error)
    except TimeoutError:
        logger.info("Another process is writing the search index.")
    return count


def _take_in_a_batch(timeout) -> int:
    """Take in some changes; how many, 0 when that is all for now."""
    target = engine()
    # Raises where there is no index, before any entry is built.
    if not _waiting(Progress(target.folder()))[0]:
        return 0
    with target.writing(timeout=timeout):
        progress = Progress(target.folder())
        changes, present = _waiting(progress)
        if progress.has_missed(present):
            # Another version of the hub took in more than the log keeps while this one was idle.
            target.set_aside()
            raise IndexUnavailable("it fell behind by more changes than the log keeps")
        pks = _apply(target, changes)
        _mark_processed([change.pk for change in changes if change.processed_at is None], pks)
        stored = progress.add([change.pk for change in changes], present)
    return len(changes) if stored else 0


def _waiting(progress) -> tuple[list[OutboxEntry], list[int]]:
    """The first changes to take in, oldest first, and the ids of all that the log has."""
    rows = list(OutboxEntry.objects.order_by("pk").values_list("pk", "processed_at"))
    pks = [pk for pk, moment in rows if moment is None or pk not in progress.taken][:BATCH_SIZE]
    found = OutboxEntry.objects.filter(pk__in=pks).order_by("pk") if pks else []
    return list(found), [pk for pk, _moment in rows]


def _mark_processed(changes, pages) -> None:
    """Mark the changes as processed and queue their pages for the cluster, in one transaction."""
    with transaction.atomic():
        if settings.SEARCH_URL:
            ClusterQueueEntry.objects.enqueue(pages)
        OutboxEntry.objects.mark_processed(changes)


def affected_pages(changes) -> set[int]:
    """Ids of all pages whose entries ``changes`` affect."""
    pks = {c.object_id for c in changes if c.kind == OutboxEntry.Kind.PAGE}
    of_documents = (OutboxEntry.Kind.DOCUMENT, OutboxEntry.Kind.TEXT)
    documents = {c.object_id for c in changes if c.kind in of_documents}
    if documents:
        pks |= set(pages_with_documents(documents))
    # A translation that comes or goes changes which lists include the other languages' pages.
    changed = KnowledgePage.objects.filter(pk__in=pks).values("translation_key")
    pks |= set(
        KnowledgePage.objects.filter(translation_key__in=changed).values_list("pk", flat=True)
    )
    return {pk for pk in pks if pk is not None}


def _apply(target, changes) -> set[int]:
    """Index the affected pages as they are in the database now; returns their ids.

    What was committed after the changes is included, so applying a change twice is harmless.
    """
    pks = affected_pages(changes)
    if pks:
        target.apply(list(EntryBuilder().entries(pks)), delete_pages=pks)
    return pks


def pages_containing(text) -> set[int]:
    """Ids of the pages whose text or files contain ``text``, however it was segmented."""
    query = ParsedQuery("string", (QueryTerm.of(text),))
    found, offset = set(), 0
    try:
        while hits := engine().search(
            query, Filters(audiences=None), offset, BATCH_SIZE, facets=False
        ).hits:
            found |= {hit.page_id for hit in hits}
            offset += len(hits)
    except IndexUnavailable:
        pass  # a rebuild segments all texts again
    return found


def pages_with_documents(document_ids):
    """Ids of the pages, of any type, whose readers can open one of the documents."""
    found = set(
        Attachment.objects.filter(document__in=document_ids).values_list("page_id", flat=True)
    )
    for relation in Attachment.document.field.related_model._meta.related_objects:
        model = relation.related_model
        field = next((f for f in model._meta.fields if f.name == "page"), None)
        if field and issubclass(field.related_model or object, KnowledgePage):
            found |= set(
                model.objects.filter(
                    **{f"{relation.field.name}__in": document_ids}
                ).values_list("page_id", flat=True)
            )
    return found


def rebuild(timeout=BUILD_SECONDS) -> int:
    """Build a new index and swap it in; returns the number of its entries.

    One process builds at a time; raises TimeoutError when another still does after ``timeout``
    seconds. Readers use the old index until the swap. Changes committed meanwhile are applied to
    the new one under the writer's lock.
    """
    with engine().building(timeout):
        return _build()


def _build() -> int:
    target = engine()
    changes = list(OutboxEntry.objects.order_by("pk"))
    last = changes[-1].pk if changes else 0

    def finish(new):
        # Queried once: a row committed between two queries would be marked without being indexed.
        late = list(OutboxEntry.objects.filter(pk__gt=last).order_by("pk"))
        _apply(new, late)
        if late and late[-1].pk - last > KEPT:  # some of them may have been deleted already
            pks = _compared(new.digests()).page_ids
            new.apply(list(EntryBuilder().entries(pks)), pks)
        changes.extend(late)
        pks = [change.pk for change in changes]
        Progress(new.folder).add(pks, pks)

    count = target.rebuild(EntryBuilder().entries(), before_swap=finish)
    unmarked = [change for change in changes if change.processed_at is None]
    _mark_processed([change.pk for change in unmarked], affected_pages(unmarked))
    History(target.path).count("built")
    target.verify()  # what was written is read back once, and needs not be when it is opened
    return count


def build_if_missing(timeout=0.0) -> bool:
    """Build the index where there is none that can be read; whether one was built.

    Raises TimeoutError when another process still builds it after ``timeout`` seconds.
    """
    if engine().is_readable():
        return False
    with engine().building(timeout):
        if engine().is_readable():  # the other process has built it
            return False
        _build()
    return True


def ensure_current() -> None:
    """Build the index when there is no readable one, or wait for who builds it; index unprocessed
    changes. For commands; never called in a request."""
    build_if_missing(BUILD_SECONDS)
    catch_up()


@dataclass(frozen=True)
class Difference:
    """How an index differs from the database, as sorted keys."""

    missing: list[str]  # in the index
    surplus: list[str]  # not in the database
    changed: list[str]  # in both, with different content

    def __bool__(self):
        return bool(self.missing or self.surplus or self.changed)

    @property
    def page_ids(self) -> set[int]:
        """The pages that the keys belong to."""
        return {int(key.split(":")[1]) for key in self.missing + self.surplus + self.changed}


def difference(target: Engine | None = None) -> Difference:
    """Compare an index, by default the local one, with the database, by the entries' digests."""
    catch_up()
    return _compared((target or engine()).digests())


def _compared(digests) -> Difference:
    expected = {entry.key: document_of(entry)["digest"] for entry in EntryBuilder().entries()}
    actual = dict(digests)
    return Difference(
        sorted(expected.keys() - actual.keys()), sorted(actual.keys() - expected.keys()),
        sorted(key for key in expected.keys() & actual.keys() if expected[key] != actual[key]),
    )


def repair(found: Difference, target: Engine | None = None) -> None:
    """Index the pages of ``found`` again."""
    target = target or engine()
    with target.writing(timeout=60):
        target.apply(list(EntryBuilder().entries(found.page_ids)), found.page_ids)
