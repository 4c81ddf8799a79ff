"""Numbers published versions, and restores a page as it was in one of them.

A type with ``keeps_versions`` gets a version at each publication whose content differs from the
version before, in the transaction that publishes; see ``content_digest`` for what is content.
Chain links, and whatever else a type names in ``unversioned``, are read as they are now.
"""

import hashlib
import json
from collections import defaultdict

from django.core.exceptions import FieldDoesNotExist
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone
from modelcluster.fields import ParentalKey
from modelcluster.models import get_all_child_relations, model_from_serializable_data
from wagtail.fields import StreamField
from wagtail.models import COMMENTS_RELATION_NAME, Page, PageLogEntry
from wagtail.signals import page_published

from hub.models import KnowledgePage, PublishedVersion

# Of the page as a whole, not of one version.
OF_THE_PAGE = (
    "content_type_id", "path", "depth", "numchild", "url_path", "slug", "live", "draft_title",
    "translation_key", "locale_id", "alias_of_id", "first_published_at", "live_revision_id",
    "latest_revision_id", "expire_at", "expired", "go_live_at", "is_demonstration",
)
NOT_CONTENT = {field.name for field in Page._meta.get_fields()} - {"title"} | {
    COMMENTS_RELATION_NAME, "comments", "page_ptr", "knowledgepage_ptr", "is_demonstration",
    "changes",
}
NOT_CONTENT_OF_A_ROW = {"pk", "id", "sort_order", "locale", "translation_key"}


# Numbering


@transaction.atomic
def number_publication(page, revision) -> PublishedVersion | None:
    """The version of the published ``revision``; None for a page without versions.

    Concurrent publications of a page run in turn, so that numbers have no gaps or duplicates.
    """
    if not page.keeps_versions or not page.live or str(revision.object_id) != str(page.pk):
        return None  # scheduled for later, or an alias that shows another page's revision
    list(Page.objects.select_for_update().filter(pk=page.pk).values_list("pk"))
    latest = page.published_versions.first()
    digest = content_digest(type(page), revision.content)
    note = page.changes.strip()
    if latest and latest.digest == digest:
        others = page.published_versions.exclude(pk=latest.pk)
        if note and not others.filter(note=note).exists():
            PublishedVersion.objects.filter(pk=latest.pk).update(note=note)
        return latest
    if page.published_versions.filter(note=note).exists():
        note = ""  # still stands in the page from an earlier version
    return page.published_versions.create(
        number=latest.number + 1 if latest else 1, revision=revision, digest=digest, note=note,
        published_at=page.last_published_at or timezone.now(),
        published_by_id=PageLogEntry.objects.filter(
            revision=revision, action="wagtail.publish.schedule"
        ).values_list("user", flat=True).last(),
    )


def content_digest(model, content) -> str:
    """A digest of the content of a revision: equal when readers see no difference.

    Left out are the page's address and dates, comments, the editor's note on what changed, what
    the type names in ``unversioned``, and the numbers that rows and blocks get when saved.
    """
    bare = _bare(model, content, NOT_CONTENT | set(model.unversioned))
    text = json.dumps(bare, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _bare(model, data, left_out) -> dict:
    rows = {r.get_accessor_name(): r.related_model for r in get_all_child_relations(model)}
    bare = {}
    for name, value in data.items():
        if name in left_out:
            continue
        if name in rows:
            bare[name] = [_bare(rows[name], row, NOT_CONTENT_OF_A_ROW) for row in value]
            continue
        field = _field(model, name)
        if field is None or isinstance(field, ParentalKey):
            continue
        if isinstance(field, StreamField):
            value = _without_ids(json.loads(value) if isinstance(value, str) else value)
        elif field.many_to_many:
            value = sorted(value)
        bare[name] = value
    return bare


def _field(model, name):
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if field.concrete else None


def _without_ids(value):
    """A stream's value as stored, without the numbers of its blocks."""
    if isinstance(value, list):
        return [_without_ids(item) for item in value]
    if isinstance(value, dict):
        is_block = {"type", "value"} <= value.keys()
        return {k: _without_ids(v) for k, v in value.items() if not (is_block and k == "id")}
    return value


# Reading


def as_published(version, page):
    """``page`` as its version ``version`` was, at today's address of the page.

    What ``revision.as_object()`` makes, in as many queries as there are models it refers to:
    that method asks once for each row of each list. What names something that was deleted since
    is left out; ``missing`` counts how often.
    """
    left_out = {COMMENTS_RELATION_NAME, *page.unversioned}
    content = {k: v for k, v in version.revision.content.items() if k not in left_out}
    wanted = defaultdict(set)
    _collect(type(page), content, wanted)
    found = {model: model._default_manager.in_bulk(keys) for model, keys in wanted.items()}
    shown = _row(type(page), content, found)
    for name in OF_THE_PAGE:
        setattr(shown, name, getattr(page, name))
    shown.pk = page.pk
    shown.last_published_at = version.published_at
    return shown


def _links(model):
    """The fields of ``model`` that name other objects, its place in the page left out."""
    for field in model._meta.concrete_fields + model._meta.many_to_many:
        is_above = isinstance(field, ParentalKey) or getattr(field.remote_field, "parent_link", 0)
        is_wagtails = issubclass(model, Page) and field.name in NOT_CONTENT
        if field.related_model and not is_above and not is_wagtails:
            yield field


def _collect(model, data, wanted):
    """Add to ``wanted`` the keys of what ``data`` and its rows name: model → keys."""
    for field in _links(model):
        value = data.get(field.name)
        wanted[field.related_model].update(value or [] if field.many_to_many else [value])
    for relation in get_all_child_relations(model):
        for row in data.get(relation.get_accessor_name(), []):
            _collect(relation.related_model, row, wanted)


def _row(model, data, found):
    """The instance that ``data`` describes with all its rows, holding objects of ``found``.

    None when it cannot be without something that is not found.
    """
    rows = {r.get_accessor_name(): r.related_model for r in get_all_child_relations(model)}
    links = list(_links(model))
    many = {field.name for field in links if field.many_to_many}
    own = {name: value for name, value in data.items() if name not in rows and name not in many}
    instance = model_from_serializable_data(model, own, check_fks=False)
    instance.missing = 0
    for field in links:
        objects, value = found[field.related_model], data.get(field.name)
        if field.many_to_many:
            present = [objects[key] for key in value or [] if key in objects]
            instance.missing += len(value or []) - len(present)
            setattr(instance, field.name, present)
        elif value is not None:
            if value not in objects and not field.null:
                return None
            instance.missing += value not in objects
            setattr(instance, field.name, objects.get(value))
    for name in rows.keys() & data.keys():
        made = [_row(rows[name], row, found) for row in data[name]]
        kept = [row for row in made if row is not None]
        for place, row in enumerate(kept):
            row.sort_order = place
        instance.missing += len(made) - len(kept) + sum(row.missing for row in kept)
        setattr(instance, name, kept)
    return instance


# Signals


def _published(sender, instance, revision, **kwargs):
    if isinstance(instance, KnowledgePage):
        number_publication(instance, revision)


def _logged(sender, instance, **kwargs):
    """The signal of a publication does not say whose it is; the log that follows it does."""
    if instance.action == "wagtail.publish" and instance.user_id and instance.revision_id:
        PublishedVersion.objects.filter(
            revision=instance.revision_id, page=instance.page_id, published_by=None
        ).update(published_by=instance.user_id)


def connect() -> None:
    """Connect to publications, and to the log entries that name the publisher."""
    page_published.connect(_published)
    models.signals.post_save.connect(_logged, sender=PageLogEntry)
