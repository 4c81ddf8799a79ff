"""Keeps the local index up with the change log.

The log is drained where it is written (when the transaction commits), and once more before every
search that finds rows waiting: an index that fell behind, because a process was killed or could
not write, catches up by itself with the next reader. There is nothing to restart.
"""

import logging
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from hub.models import Attachment, KnowledgePage, OutboxEntry
from hub.models.outbox_entry import KEPT
from search.engines.contract import Engine, Filters, IndexUnavailable, ParsedQuery
from search.engines.fields import document_of
from search.engines.tantivy_engine import TantivyEngine
from search.index.entries import EntryBuilder
from search.models import ClusterPending
from search.query.planning import terms_of

logger = logging.getLogger(__name__)
CHANGES_AT_ONCE = 500
_engines = {}


def engine() -> TantivyEngine:
    """The engine of this process, opened once."""
    path = settings.SEARCH_INDEX_DIR
    if path not in _engines:
        _engines[path] = TantivyEngine(path)
    return _engines[path]


def catch_up(timeout=2.0) -> int:
    """Take the waiting changes into the index; returns how many were taken.

    Never raises for want of an index or of the writer's lock: publishing and reading go on, and
    the rows wait for the next call.
    """
    taken = 0
    try:
        while OutboxEntry.objects.unprocessed().exists():
            with engine().writing(timeout=timeout):
                changes = list(OutboxEntry.objects.unprocessed()[:CHANGES_AT_ONCE])
                if not changes:
                    break
                pks = _apply(engine(), changes)
                _applied([change.pk for change in changes], pks)
                taken += len(changes)
    except IndexUnavailable as error:
        logger.warning("The search index is not available: %s", error)
    except TimeoutError:
        logger.info("Another process is writing the search index.")
    return taken


def _applied(changes, pages) -> None:
    """Mark the changes as taken in here; from the same moment their pages wait for the cluster."""
    with transaction.atomic():
        if settings.SEARCH_URL:
            ClusterPending.objects.want(pages)
        OutboxEntry.objects.mark_processed(changes)


def pages_of(changes) -> set[int]:
    """Ids of all pages that look otherwise in the index after ``changes``."""
    pks = {c.object_id for c in changes if c.kind == OutboxEntry.Kind.PAGE}
    documents = {c.object_id for c in changes if c.kind == OutboxEntry.Kind.DOCUMENT}
    if documents:
        pks |= set(pages_holding(documents))
    # A translation that comes or goes changes in whose lists its twins stand.
    changed = KnowledgePage.objects.filter(pk__in=pks).values("translation_key")
    pks |= set(
        KnowledgePage.objects.filter(translation_key__in=changed).values_list("pk", flat=True)
    )
    return {pk for pk in pks if pk is not None}


def _apply(target, changes) -> set[int]:
    """Bring the pages of ``changes`` up to the present state of the database; returns their ids."""
    pks = pages_of(changes)
    # Read now, not at the time of the change: whatever was committed since is taken in as well,
    # and applying a change twice does no harm.
    if pks:
        target.apply(list(EntryBuilder().entries(pks)), delete_pages=pks)
    return pks


def pages_containing(text) -> set[int]:
    """Ids of the pages whose text or files have ``text`` in them, however it was cut."""
    asked = ParsedQuery("string", (terms_of(text),))
    found, offset = set(), 0
    try:
        while hits := engine().search(
            asked, Filters(audiences=None), offset, CHANGES_AT_ONCE, facets=False
        ).hits:
            found |= {hit.page_id for hit in hits}
            offset += len(hits)
    except IndexUnavailable:
        pass  # whoever builds it anew cuts all texts as they are to be cut
    return found


def pages_holding(document_ids):
    """Ids of the pages whose readers can open any of the documents, of whatever page type."""
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
    """Build the index anew beside the old one and swap it in; returns how many entries it has.

    Readers keep the old index until the swap. Changes committed while it was built are applied
    to the new one under the writer's lock.
    """
    target = engine()
    mark = OutboxEntry.objects.aggregate(Max("pk"))["pk__max"] or 0
    waiting = list(OutboxEntry.objects.unprocessed())

    def finish(new):
        # Asked once: a row that commits between two askings would be marked and never taken in.
        late = list(OutboxEntry.objects.filter(pk__gt=mark))
        _apply(new, late)
        if late and late[-1].pk - mark > KEPT:  # some of them may be forgotten already
            pks = _compared(new.digests()).page_ids
            new.apply(list(EntryBuilder().entries(pks)), pks)
        waiting.extend(late)

    count = target.rebuild(EntryBuilder().entries(), before_swap=finish)
    _applied([change.pk for change in waiting], pages_of(waiting))
    return count


def ensure() -> None:
    """Build the index when there is none that can be read; else catch up."""
    try:
        engine().count()
    except IndexUnavailable:
        rebuild()
    catch_up()


@dataclass(frozen=True)
class Difference:
    """What the index holds otherwise than the database, as sorted keys."""

    missing: list[str]  # in the index
    surplus: list[str]  # only in the index
    changed: list[str]  # held, but not as the database has it now

    def __bool__(self):
        return bool(self.missing or self.surplus or self.changed)

    @property
    def page_ids(self) -> set[int]:
        """The pages that the keys belong to."""
        return {int(key.split(":")[1]) for key in self.missing + self.surplus + self.changed}


def difference(target: Engine | None = None) -> Difference:
    """Compare an index, or else the local one, with the database, word by word."""
    catch_up()
    return _compared((target or engine()).digests())


def _compared(digests) -> Difference:
    wanted = {entry.key: document_of(entry)["digest"] for entry in EntryBuilder().entries()}
    held = dict(digests)
    return Difference(
        sorted(wanted.keys() - held.keys()), sorted(held.keys() - wanted.keys()),
        sorted(key for key in wanted.keys() & held.keys() if wanted[key] != held[key]),
    )


def repair(found: Difference, target: Engine | None = None) -> None:
    """Take the pages of ``found`` into the index anew."""
    target = target or engine()
    with target.writing(timeout=60):
        target.apply(list(EntryBuilder().entries(found.page_ids)), found.page_ids)
