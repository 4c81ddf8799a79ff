"""Which revisions of pages and snippets are kept, and the job that deletes the others.

Wagtail keeps every revision for ever, and each holds the whole page. A revision stays while
something needs it: a published version, the live page, a workflow, a review, a schedule, or because
it is the newest. Of the others all of a week stay, then the last of each day, and after
``REVISION_DAYS`` none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from wagtail.models import Comment, Revision

from hub.models.clock import deletes_by_age

ALL_FOR = timedelta(days=7)
AT_A_TIME = 100  # revisions; SQLite's write lock is held for one such batch


def superfluous(created: dict[int, datetime], now: datetime, days: int) -> set[int]:
    """Of the revisions of one object, id → time of creation, those that age does not keep.

    Kept are the newest, those of the last 7 days, and the last of each day in the last ``days``
    days; one from the future, of a clock that was wrong, is kept too.
    """
    oldest = now - timedelta(days=days)
    all_from = max(oldest, now - ALL_FOR)
    last_of: dict[date, int] = {}
    kept = set()
    for pk, time in sorted(created.items(), key=lambda item: (item[1], item[0])):
        newest = pk
        if time > all_from:
            kept.add(pk)
        if time > oldest:
            last_of[timezone.localtime(time).date()] = pk
    return created.keys() - kept - {*last_of.values()} - {newest} if created else set()


@deletes_by_age
def prune() -> int:
    """A job: delete the revisions that nothing needs, in short transactions; returns how many."""
    if not settings.REVISION_DAYS:
        return 0
    pks = iter(sorted(_superfluous() - _used()))
    deleted = 0
    while batch := list(islice(pks, AT_A_TIME)):
        deleted += _delete(batch)
    return deleted


def _superfluous() -> set[int]:
    now, found = timezone.now(), set()
    for created in _by_object():
        found |= superfluous(created, now, settings.REVISION_DAYS)
    return found


def _by_object() -> Iterator[dict[int, datetime]]:
    rows = Revision.objects.order_by("base_content_type_id", "object_id").values_list(
        "base_content_type_id", "object_id", "pk", "created_at")
    for _object, revisions in groupby(rows.iterator(), key=lambda row: row[:2]):
        yield {pk: time for *_of, pk, time in revisions}


def _pointers() -> Iterator[models.ForeignKey[Any, Any]]:
    """Every foreign key to a revision, those of apps that are not written yet too."""
    for relation in Revision._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (
            relation.one_to_many or relation.one_to_one
        ):
            yield relation.field


def _is_of_the_history(field: Any) -> bool:
    """Whether ``field`` is of a log entry, which may outlive the revision that it names."""
    return field.remote_field.on_delete is models.DO_NOTHING and field.null


def _used(pks: Iterable[int] | None = None) -> set[int]:
    """The revisions, of all or of ``pks``, that something needs."""
    scheduled = Revision.objects.exclude(approved_go_live_at=None)
    if pks is not None:
        scheduled = scheduled.filter(pk__in=pks)
    found = set(scheduled.values_list("pk", flat=True))
    for field in _pointers():
        if _is_of_the_history(field) or field.model is Comment:
            continue
        rows = field.model._base_manager.exclude(**{field.attname: None})
        if pks is not None:
            rows = rows.filter(**{f"{field.attname}__in": pks})
        found.update(rows.values_list(field.attname, flat=True))
    return found


@transaction.atomic
def _delete(pks: list[int]) -> int:
    """Delete those of ``pks`` that are still not needed; whoever wants to refer to one waits."""
    locked = set(Revision.objects.select_for_update().filter(pk__in=pks)
                 .order_by("pk").values_list("pk", flat=True))
    gone = locked - _used(locked)
    _hand_on_comments(gone)
    for field in filter(_is_of_the_history, _pointers()):
        field.model._base_manager.filter(**{f"{field.attname}__in": gone}).update(
            **{field.name: None})
    Revision.objects.filter(pk__in=gone).defer("content").delete()
    return len(gone)


def _hand_on_comments(gone: set[int]) -> None:
    """Comments begin with the next revision, as they do when Wagtail deletes one."""
    for comment in Comment.objects.filter(revision_created__in=gone).select_related(
        "revision_created"
    ).defer("revision_created__content"):
        of = comment.revision_created
        later = Revision.objects.filter(
            base_content_type=of.base_content_type_id, object_id=of.object_id,
            created_at__gte=of.created_at).exclude(pk__in=gone).order_by("created_at", "pk")
        Comment.objects.filter(pk=comment.pk).update(
            revision_created=later.values_list("pk", flat=True).first())
