"""Which handouts are kept from a reader, whichever way their addresses were obtained.

A file belongs to the curricula that hand it out now, handed it out in an earlier version, or will
when a draft is published. A file that is closed, or was when it was last handed out, is for
facilitators only. Nobody gets a file without access to one of those curricula, except people who
work with the document in the editor.
"""

from django.contrib.contenttypes.models import ContentType
from wagtail.models import ReferenceIndex, get_page_models

from courses.models import Handout, KnownHandout
from courses.models.handout import closed_among, uses_of
from courses.permissions import facilitates
from hub.access.readers import Reader


def is_handout(document) -> bool:
    """Whether ``document`` is a handout, was one, or will be when a draft is published."""
    return (
        KnownHandout.objects.filter(document=document).exists()
        or Handout.objects.filter(document=document).exists()
    )


def refused_handouts(pks, reader: Reader) -> set[int]:
    """The hook ``refused_documents``: those of the documents ``pks`` that are handouts and not for
    ``reader``."""
    uses = uses_of(pks, reader.readable)
    if not uses:
        return set()
    is_facilitator = facilitates(reader)
    closed, handouts = closed_among(uses), {use.document for use in uses}
    shown = {
        use.document for use in uses if use.is_readable
        and (use.is_now or use.was_published or (is_facilitator and use.is_closed))
    }
    refused = handouts - shown
    # For a file that is used elsewhere too, the rules of that place decide.
    refused -= _used_elsewhere(refused - closed)
    return refused if is_facilitator else refused | closed


def _used_elsewhere(pks) -> set[int]:
    """Those of the documents that a page refers to other than as a handout: attached to it, or in
    its text."""
    if not pks:
        return set()
    document = Handout.document.field.related_model
    pages = [ContentType.objects.get_for_model(model) for model in get_page_models()]
    references = ReferenceIndex.objects.filter(
        to_content_type=ContentType.objects.get_for_model(document),
        to_object_id__in=map(str, pks), content_type__in=pages,
    ).exclude(model_path__startswith="handouts.")
    return {int(pk) for pk in references.values_list("to_object_id", flat=True)}
