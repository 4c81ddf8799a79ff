"""Access to the files of handouts, whichever way their addresses were obtained.

A file belongs to the curricula that hand it out now, handed it out in an earlier version, or will
when a draft is published. A file that is closed, or was when it was last handed out, is for
facilitators only. Nobody gets a file without access to one of those curricula, except people who
work with the document in the editor.
"""

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from wagtail.models import ReferenceIndex, get_page_models

from courses.models import CurriculumPage, Handout, KnownHandout
from courses.models.handout import closed_documents
from courses.permissions import may_facilitate
from hub.files.permissions import may_change_document


def is_handout(document) -> bool:
    """Whether ``document`` is a handout, was one, or will be when a draft is published."""
    return (
        KnownHandout.objects.filter(document=document).exists()
        or Handout.objects.filter(document=document).exists()
    )


def check_handout_access(document, request) -> None:
    """Raise PermissionDenied when ``document``, a handout, is not for the user of ``request``."""
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
    if not closed and _is_used_elsewhere(document):
        return  # the rules of that place decide
    raise PermissionDenied


def _is_used_elsewhere(document) -> bool:
    """Whether a page refers to ``document`` other than as a handout: attached, or in its text."""
    pages = [ContentType.objects.get_for_model(model) for model in get_page_models()]
    references = ReferenceIndex.get_references_to(document).filter(content_type__in=pages)
    return references.exclude(model_path__startswith="handouts.").exists()
