"""Records which documents are handouts, as pages, drafts and documents are saved and deleted."""

from django.contrib.contenttypes.models import ContentType
from django.db.models.signals import post_save, pre_delete
from wagtail.models import Revision

from courses.models import CurriculumPage, DownloadCount, Handout, KnownHandout
from hub.access.readers import anybody
from hub.models import HubDocument


def connect_signals() -> None:
    post_save.connect(_on_handout_saved, sender=Handout)
    post_save.connect(_on_revision_saved, sender=Revision)
    pre_delete.connect(_on_document_deleted, sender=HubDocument)


def _on_handout_saved(sender, instance, raw=False, **kwargs):
    """A row of ``Handout`` is published content, or the first draft of an unpublished page."""
    if raw:
        return
    known, _created = KnownHandout.objects.get_or_create(
        document_id=instance.document_id, page_id=instance.page_id
    )
    name = "was_closed" if instance.facilitator_only else "was_public"
    if instance.page.live and not getattr(known, name):
        setattr(known, name, True)
        known.save(update_fields=[name])


def _on_revision_saved(sender, instance, raw=False, **kwargs):
    """The handouts of a draft have no rows before it is published; its revision names them."""
    if raw or instance.content_type != ContentType.objects.get_for_model(CurriculumPage):
        return
    page_pk = int(instance.object_id)
    documents = {row.get("document") for row in instance.content.get("handouts", [])} - {None}
    known = KnownHandout.objects.filter(page=page_pk, document__in=documents)
    for pk in documents - set(known.values_list("document", flat=True)):
        if HubDocument.objects.filter(pk=pk).exists():
            KnownHandout.objects.get_or_create(document_id=pk, page_id=page_pk)


def _on_document_deleted(sender, instance, **kwargs):
    """Its download counts stay, under its title if the file was open to everybody until now."""
    title = instance.title if anybody().may_have(instance) else ""
    DownloadCount.objects.filter(document=instance.pk).update(title=title)
