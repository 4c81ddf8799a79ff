"""Keeps the local index up to date with the change log.

The log is drained when the transaction that wrote to it commits, and before every search that
finds unprocessed rows: an index that fell behind, because a process was killed or could not write,
is brought up to date by the next search.
"""

import logging
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Max

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
from search.engines.tantivy_engine import TantivyEngine
from search.index.entries import EntryBuilder
from search.models import ClusterQueueEntry

logger = logging.getLogger(__name__)
BATCH_SIZE = 500
_engines = {}


def engine() -> TantivyEngine:
    """The engine of this process, created once."""
    path = settings.SEARCH_INDEX_DIR
    if path not in _engines:
        _engines[path] = TantivyEngine(path)
    return _engines[path]


def catch_up(timeout=2.0) -> int:
    """Index the unprocessed changes; returns how many.

    Does not raise when there is no index or another process holds the writer's lock: publishing
    and reading go on, and the changes stay for the next call.
    """
    count = 0
    try:
        while OutboxEntry.objects.unprocessed().exists():
            with engine().writing(timeout=timeout):
                changes = list(OutboxEntry.objects.unprocessed()[:BATCH_SIZE])
                if not changes:
                    break
                pks = _apply(engine(), changes)
                _mark_processed([change.pk for change in changes], pks)
                count += len(changes)
    except IndexUnavailable as error:
        logger.warning("The search index is not available: %s", error)
    except TimeoutError:
        logger.info("Another process is writing the search index.")
    return count


def _mark_processed(changes, pages) -> None:
    """Mark the changes as processed and queue their pages for the cluster, in one transaction."""
    with transaction.atomic():
        if settings.SEARCH_URL:
            ClusterQueueEntry.objects.enqueue(pages)
        OutboxEntry.objects.mark_processed(changes)


def affected_pages(changes) -> set[int]:
    """Ids of all pages whose entries ``changes`` affect."""
    pks = {c.object_id for c in changes if c.kind == OutboxEntry.Kind.PAGE}
    documents = {c.object_id for c in changes if c.kind == OutboxEntry.Kind.DOCUMENT}
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


def rebuild() -> int:
    """Build a new index and swap it in; returns the number of its entries.

    Readers use the old index until the swap. Changes committed meanwhile are applied to the new
    one under the writer's lock.
    """
    target = engine()
    last = OutboxEntry.objects.aggregate(Max("pk"))["pk__max"] or 0
    changes = list(OutboxEntry.objects.unprocessed())

    def finish(new):
        # Queried once: a row committed between two queries would be marked without being indexed.
        late = list(OutboxEntry.objects.filter(pk__gt=last))
        _apply(new, late)
        if late and late[-1].pk - last > KEPT:  # some of them may have been deleted already
            pks = _compared(new.digests()).page_ids
            new.apply(list(EntryBuilder().entries(pks)), pks)
        changes.extend(late)

    count = target.rebuild(EntryBuilder().entries(), before_swap=finish)
    _mark_processed([change.pk for change in changes], affected_pages(changes))
    return count


def ensure_current() -> None:
    """Index unprocessed changes; build the index first when there is no readable one."""
    try:
        engine().count()
    except IndexUnavailable:
        rebuild()
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
