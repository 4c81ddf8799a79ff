"""Writes the change log: one row in the same transaction as each change of public content.

Signals, not calls, because Wagtail changes pages in many places (publish, unpublish, move,
delete, privacy, scheduled tasks) and all of them save through the models.
"""

from django.db.models import Q
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import Signal
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    Page,
    PageViewRestriction,
    Site,
)
from wagtail.signals import page_slug_changed, post_page_move

from hub.models import (
    Area,
    HubDocument,
    HubImage,
    KnowledgePage,
    Organisation,
    OutboxEntry,
    Topic,
)

changes_recorded = Signal()  # sent inside the transaction, after rows were added to the log
process_started = Signal()  # sent in a thread of each new server process


def record(kind, object_id=None) -> None:
    """Add an outbox entry; others see it when the transaction commits."""
    OutboxEntry.objects.create(kind=kind, object_id=object_id)
    changes_recorded.send(OutboxEntry)


def record_pages(pages) -> None:
    """Add an outbox entry for each page of a queryset."""
    OutboxEntry.objects.bulk_create(
        OutboxEntry(kind=OutboxEntry.Kind.PAGE, object_id=pk)
        for pk in pages.values_list("pk", flat=True)
    )
    changes_recorded.send(OutboxEntry)


def record_moved_files(request, action_type, objects, action) -> None:
    """The hook ``after_bulk_action``: Wagtail moves files to a collection without a signal."""
    if action_type != "add_to_collection":
        return
    for file in objects:
        if isinstance(file, HubDocument):
            record("document", file.pk)
    record("site")


def _page_changed(sender, instance, raw=False, **kwargs):
    if issubclass(sender, Page) and not raw:
        record("page", instance.pk)


def _page_deleted(sender, instance, **kwargs):
    if issubclass(sender, Page):
        record("page", instance.pk)
        # Its translations too: later, the deleted page cannot be asked for them.
        record_pages(Page.objects.filter(translation_key=instance.translation_key))


def _subtree_changed(sender, instance, **kwargs):
    record_pages(Page.objects.filter(
        Q(path__startswith=instance.path) | Q(alias_of__path__startswith=instance.path)))


def _privacy_changed(sender, instance, **kwargs):
    for page in Page.objects.filter(Q(pk=instance.page_id) | Q(alias_of=instance.page_id)):
        _subtree_changed(sender, page)


def _privacy_groups_changed(sender, instance, **kwargs):
    if isinstance(instance, PageViewRestriction):
        _privacy_changed(sender, instance)
    else:
        _collection_changed(sender, instance)


def _document_changed(sender, instance, **kwargs):
    record("document", instance.pk)


def _collection_changed(sender, instance, **kwargs):
    collection = instance if isinstance(instance, Collection) else instance.collection
    documents = HubDocument.objects.filter(collection__path__startswith=collection.path)
    OutboxEntry.objects.bulk_create(
        OutboxEntry(kind=OutboxEntry.Kind.DOCUMENT, object_id=pk)
        for pk in documents.values_list("pk", flat=True)
    )
    record("site")  # pages and packs show its pictures


def _name_changed(sender, instance, created=False, **kwargs):
    """A topic or an area was renamed: the pages that show it changed with it."""
    record("site")
    if not created:
        record_pages(instance.knowledgepage_set.all())


def _organisation_changed(sender, instance, created=False, **kwargs):
    """Its name stands on pages that credit it, and on others that no page records."""
    record("site")
    if not created:
        record_pages(
            KnowledgePage.objects.filter(contributors__organisation=instance).order_by().distinct()
        )


def _site_changed(sender, **kwargs):
    record("site")


def connect() -> None:
    """Connect to every signal of a change in what visitors see or may see."""
    post_save.connect(_page_changed)
    post_delete.connect(_page_deleted)
    for signal in (post_save, post_delete):
        signal.connect(_privacy_changed, sender=PageViewRestriction)
        signal.connect(_collection_changed, sender=CollectionViewRestriction)
        signal.connect(_document_changed, sender=HubDocument)
        signal.connect(_site_changed, sender=HubImage)
        signal.connect(_site_changed, sender=Site)
    for model in (Topic, Area):
        post_save.connect(_name_changed, sender=model)
        post_delete.connect(_site_changed, sender=model)
    post_save.connect(_organisation_changed, sender=Organisation)
    post_delete.connect(_site_changed, sender=Organisation)
    post_save.connect(_collection_changed, sender=Collection)
    page_slug_changed.connect(_subtree_changed)
    post_page_move.connect(_subtree_changed)
    for restriction in (PageViewRestriction, CollectionViewRestriction):
        m2m_changed.connect(_privacy_groups_changed, sender=restriction.groups.through)


