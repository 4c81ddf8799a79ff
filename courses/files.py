"""Who may have the file of a handout, also by an address that was guessed or kept.

A file belongs to the curricula that hand it out now, handed it out in an earlier version, or will
when a draft is published. Of a file that is closed, or was when it was last handed out, only
facilitators may have the bytes; nobody has them without being let into one of those curricula.
Who works with the document in the editor has it there.
"""

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.db.models.signals import post_save, pre_delete
from wagtail.models import ReferenceIndex, Revision, get_page_models

from courses.models import CurriculumPage, DownloadCount, Handout, KnownHandout, may_facilitate
from hub.models import HubDocument
from hub.wagtail_hooks import may_change_document


def is_a_handout(document) -> bool:
    """Whether ``document`` is handed out, was once, or will be when a draft is published."""
    return (
        KnownHandout.objects.filter(document=document).exists()
        or Handout.objects.filter(document=document).exists()
    )


def refuse_unless_handed_out(document, request) -> None:
    """Raises PermissionDenied when ``document``, a handout, is not for the user."""
    if may_change_document(request.user, document):
        return
    facilitates = may_facilitate(request.user)
    closed = bool(closed_documents([document.pk]))
    if closed and not facilitates:
        raise PermissionDenied
    shown = Q(handouts__document=document) | Q(
        known_handouts__document=document, known_handouts__was_public=True
    )
    if facilitates:
        shown |= Q(known_handouts__document=document, known_handouts__was_closed=True)
    pages = CurriculumPage.objects.live().not_expired().filter(shown).distinct()
    if any(page.lets_in(request) for page in pages):
        return
    if not closed and _used_elsewhere(document):
        return  # and the rule of that place decides
    raise PermissionDenied


def _used_elsewhere(document) -> bool:
    """Whether a page refers to ``document`` otherwise: as an attachment, in its text."""
    pages = [ContentType.objects.get_for_model(model) for model in get_page_models()]
    references = ReferenceIndex.get_references_to(document).filter(content_type__in=pages)
    return references.exclude(model_path__startswith="handouts.").exists()


def closed_documents(pks) -> set[int]:
    """Those of ``pks`` that are kept for facilitators.

    Facilitators' files of a curriculum as it stands published, and what was one when it was taken
    out, unless a published curriculum hands it to everybody now.
    """
    handouts = Handout.objects.filter(document__in=list(pks))
    published = Q(page__first_published_at__isnull=False) | Q(page__live=True)
    closed = set(
        handouts.filter(published, facilitator_only=True).values_list("document", flat=True)
    )
    once = KnownHandout.objects.filter(document__in=list(pks), was_closed=True)
    open_now = handouts.filter(facilitator_only=False, page__live=True)
    return closed | (
        set(once.values_list("document", flat=True))
        - set(open_now.values_list("document", flat=True))
    )


# Keeping track


def _handout_saved(sender, instance, raw=False, **kwargs):
    """A row is what is published, or the first draft of a page that is not yet."""
    if raw:
        return
    known, _made = KnownHandout.objects.get_or_create(
        document_id=instance.document_id, page_id=instance.page_id
    )
    name = "was_closed" if instance.facilitator_only else "was_public"
    if instance.page.live and not getattr(known, name):
        setattr(known, name, True)
        known.save(update_fields=[name])


def _draft_saved(sender, instance, raw=False, **kwargs):
    """Files of a draft are in no row before it is published."""
    if raw or instance.content_type != ContentType.objects.get_for_model(CurriculumPage):
        return
    page_pk = int(instance.object_id)
    found = {row.get("document") for row in instance.content.get("handouts", [])} - {None}
    known = KnownHandout.objects.filter(page=page_pk, document__in=found)
    for pk in found - set(known.values_list("document", flat=True)):
        if HubDocument.objects.filter(pk=pk).exists():
            KnownHandout.objects.get_or_create(document_id=pk, page_id=page_pk)


def _document_goes(sender, instance, **kwargs):
    """How often it was downloaded stays, under its title if that was open to all until now."""
    title = "" if closed_documents([instance.pk]) else instance.title
    DownloadCount.objects.filter(document=instance.pk).update(title=title)


def connect() -> None:
    post_save.connect(_handout_saved, sender=Handout)
    post_save.connect(_draft_saved, sender=Revision)
    pre_delete.connect(_document_goes, sender=HubDocument)
